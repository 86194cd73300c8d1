private import Foundation
private import Glibc
private import Synchronization

/// A small HTTP proxy on this host that connects (CONNECT) to where a test says, on plain sockets.
package final class ConnectProxy: Sendable {
    package enum Reply: Sendable {
        /// Connects to a port of this host, whatever was asked for.
        case connect(port: Int)
        /// Answers with a status and connects to nothing.
        case refuse(status: Int)
    }

    package struct Asked: Sendable, Equatable {
        /// What it was to connect to.
        package let target: String
        /// The header with the account.
        package let authorization: String?

        package init(target: String, authorization: String?) {
            self.target = target
            self.authorization = authorization
        }
    }

    package let port: Int
    private let listening: Int32
    private let reply: @Sendable (Asked) -> Reply
    private let log = Mutex<[Asked]>([])

    package struct NoSocket: Error { let code: Int32 }

    package init(_ reply: @escaping @Sendable (Asked) -> Reply) throws {
        let listening = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = Self.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listening, $0, length) == 0 && listen(listening, 16) == 0
                    && getsockname(listening, $0, &length) == 0
            }
        }
        guard bound else { throw NoSocket(code: errno) }
        self.listening = listening
        self.reply = reply
        port = Int(UInt16(bigEndian: address.sin_port))
        signal(SIGPIPE, SIG_IGN)
        Thread.detachNewThread { [self] in acceptAll() }
    }

    /// What it was asked for so far, in order.
    package var asked: [Asked] { log.withLock { $0 } }

    /// Nobody listens there any more.
    package func stop() { shutdown(listening, Int32(SHUT_RDWR)) }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return address
    }

    private func acceptAll() {
        while true {
            let connection = accept(listening, nil, nil)
            if connection < 0 { break }
            Thread.detachNewThread { [self] in
                serve(connection)
                close(connection)
            }
        }
        close(listening)
    }

    private func serve(_ connection: Int32) {
        guard let asked = read(connection) else { return }
        log.withLock { $0.append(asked) }
        switch reply(asked) {
        case .refuse(let status):
            send(Array("HTTP/1.1 \(status) No\r\ncontent-length: 0\r\n\r\n".utf8), to: connection)
        case .connect(let port):
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(server) }
            var address = Self.loopback(port: port)
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard connected else {
                send(Array("HTTP/1.1 502 No\r\n\r\n".utf8), to: connection)
                return
            }
            send(Array("HTTP/1.1 200 Yes\r\n\r\n".utf8), to: connection)
            Self.carry(connection, server)
        }
    }

    private func read(_ connection: Int32) -> Asked? {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8), head.count < 1 << 16 {
            guard Glibc.read(connection, &byte, 1) == 1 else { return nil }
            head.append(byte)
        }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3, words[0] == "CONNECT" else { return nil }
        let account = lines.first { $0.lowercased().hasPrefix("proxy-authorization:") }
        return Asked(
            target: String(words[1]),
            authorization: account.map {
                $0.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
            })
    }

    /// Both ways, until either side has ended.
    private static func carry(_ one: Int32, _ other: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var waiting = [
                pollfd(fd: one, events: Int16(POLLIN), revents: 0),
                pollfd(fd: other, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waiting, 2, 10_000) > 0 else { return }
            for (from, to) in [(0, other), (1, one)] where waiting[from].revents != 0 {
                let got = Glibc.read(waiting[from].fd, &buffer, buffer.count)
                guard got > 0 else { return }
                var sent = 0
                while sent < got {
                    let more = buffer.withUnsafeBytes {
                        Glibc.write(to, $0.baseAddress.map { $0 + sent }, got - sent)
                    }
                    guard more > 0 else { return }
                    sent += more
                }
            }
        }
    }

    private func send(_ bytes: [UInt8], to connection: Int32) {
        _ = bytes.withUnsafeBytes { Glibc.write(connection, $0.baseAddress, $0.count) }
    }
}
