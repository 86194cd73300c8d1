private import Foundation
private import Glibc
private import Synchronization

/// A publisher's web server on this host, on plain sockets, so that it can answer as badly as real ones
/// do: less than it says, slowly, or without an end.
package final class PublisherServer: Sendable {
    package struct Asked: Sendable {
        /// Path and query.
        package let target: String
        /// By their names in lower case.
        package let headers: [String: String]
    }

    package struct Answer: Sendable {
        package var status = 200
        package var headers: [String: String] = [:]
        package var body: [UInt8] = []
        /// What it says that it has; nil says the truth.
        package var statedLength: Int?
        /// Sends the body in pieces of this size, with a pause before each.
        package var piece = Int.max
        package var pause: Duration = .zero

        package init(
            _ status: Int = 200, _ body: [UInt8] = [], headers: [String: String] = [:]
        ) {
            self.status = status
            self.body = body
            self.headers = headers
        }
    }

    package let port: Int
    private let listening: Int32
    private let state = Mutex(State())

    private struct State {
        var answers: [String: @Sendable (Asked) -> Answer] = [:]
        var asked: [Asked] = []
    }

    package struct NoSocket: Error { let code: Int32 }

    package init() throws {
        let listening = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listening, $0, length) == 0 && listen(listening, 16) == 0
                    && getsockname(listening, $0, &length) == 0
            }
        }
        guard bound else { throw NoSocket(code: errno) }
        self.listening = listening
        port = Int(UInt16(bigEndian: address.sin_port))
        signal(SIGPIPE, SIG_IGN)
        Thread.detachNewThread { [self] in acceptAll() }
    }

    package var root: String { "http://127.0.0.1:\(port)" }

    /// What was asked so far, in order.
    package var asked: [Asked] { state.withLock { $0.asked } }

    package func serve(_ target: String, _ answer: @escaping @Sendable (Asked) -> Answer) {
        state.withLock { $0.answers[target] = answer }
    }

    /// Serves `body` under an ETag, and 304 to who has it.
    package func serve(_ target: String, _ body: [UInt8], etag: String) {
        serve(target) { asked in
            asked.headers["if-none-match"] == etag
                ? Answer(304, headers: ["etag": etag]) : Answer(200, body, headers: ["etag": etag])
        }
    }

    /// Nobody listens there any more.
    package func stop() { shutdown(listening, Int32(SHUT_RDWR)) }

    private func acceptAll() {
        while true {
            let connection = accept(listening, nil, nil)
            if connection < 0 { break }
            Thread.detachNewThread { [self] in
                converse(connection)
                close(connection)
            }
        }
        close(listening)
    }

    private func converse(_ connection: Int32) {
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !String(decoding: head, as: UTF8.self).contains("\r\n\r\n"), head.count < 1 << 16 {
            let got = read(connection, &buffer, buffer.count)
            if got <= 0 { return }
            head += buffer[..<got]
        }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let asked = Asked(target: String(words[1]), headers: headers)
        let answer = state.withLock { state in
            state.asked.append(asked)
            return state.answers[asked.target]
        }
        send(answer?(asked) ?? Answer(404), to: connection)
    }

    private func send(_ answer: Answer, to connection: Int32) {
        var head = "HTTP/1.1 \(answer.status) X\r\nconnection: close\r\n"
        if answer.status != 304 {
            head += "content-length: \(answer.statedLength ?? answer.body.count)\r\n"
        }
        for (name, value) in answer.headers.sorted(by: { $0.key < $1.key }) {
            head += "\(name): \(value)\r\n"
        }
        guard write(Array((head + "\r\n").utf8)[...], to: connection) else { return }
        var rest = answer.body[...]
        while !rest.isEmpty {
            let piece = rest.prefix(answer.piece)
            rest = rest.dropFirst(piece.count)
            if answer.pause > .zero {
                usleep(UInt32(answer.pause / .microseconds(1)))
            }
            guard write(piece, to: connection) else { return }
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, to connection: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.write(connection, $0.baseAddress, $0.count) }
            if sent <= 0 { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }
}
