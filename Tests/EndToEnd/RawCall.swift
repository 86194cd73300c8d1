import APIContract
import Foundation
import Glibc
import Support

/// A POST as no client of ours would send it, over a plain socket.
struct RawCall {
    let server: String
    let token: String
    let path: String
    let key: String
    let body: [UInt8]

    /// - Returns: The problem that it is answered with; nil when it was accepted.
    func send() throws -> Problem? {
        let answer = try exchange()
        guard let end = answer.range(of: Data("\r\n\r\n".utf8)),
            let line = String(data: answer[..<end.lowerBound], encoding: .utf8)?
                .split(separator: "\r\n").first,
            let status = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else {
            throw InstallationError(
                "not an HTTP answer: \(String(decoding: answer, as: UTF8.self))")
        }
        if (200..<300).contains(status) { return nil }
        let problem = try WireJSON.decode(Problem.self, from: Data(answer[end.upperBound...]))
        guard problem.status == status else {
            throw InstallationError("status \(status), but the problem says \(problem.status)")
        }
        return problem
    }

    private func exchange() throws -> Data {
        let parts = server.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]) else {
            throw InstallationError("'\(server)' is not HOST:PORT")
        }
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr(String(parts[0]))
        address.sin_port = port.bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw InstallationError("no connection: errno \(errno)") }
        write(head + body, to: connection)
        return read(from: connection)
    }

    private var head: [UInt8] {
        Array(
            """
            POST /api/v1/\(path) HTTP/1.1\r
            host: \(server)\r
            authorization: Bearer \(token)\r
            idempotency-key: \(key)\r
            content-type: application/json\r
            content-length: \(body.count)\r
            connection: close\r
            \r

            """.utf8)
    }

    /// A server that has seen enough may hang up before the end; what it answered says why.
    private func write(_ bytes: [UInt8], to connection: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    private func read(from connection: Int32) -> Data {
        var answer = Data()
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            if count <= 0 { return answer }
            answer += buffer[..<count]
        }
    }
}
