private import Foundation
private import Glibc
package import Postgres
private import Synchronization

/// Stands between clients and a PostgreSQL, understands where the protocol's messages end, and cuts
/// a connection exactly between two of them.
///
/// Source: PostgreSQL's manual, "Frontend/Backend Protocol": a byte that says what it is, then a
/// big-endian length that counts itself; only the first message of a client has no such byte.
package final class PostgresProxy: Sendable {
    /// Who sends the messages that are counted.
    package enum Side: String, Sendable, CaseIterable {
        case client, server
    }

    /// Where a connection is cut: when so many messages of one side have passed on. The next one is
    /// not passed on any more, in neither direction.
    package struct Cut: Sendable {
        package let side: Side
        package let messages: Int

        package init(_ side: Side, after messages: Int) {
            self.side = side
            self.messages = messages
        }
    }

    private struct State {
        var cut: Cut?
        var counts: [Side: Int] = [:]
        var isClosed = false
    }

    /// How to connect through it.
    package let options: ConnectionOptions
    private let directory: String
    private let server: String
    /// Connections on which this was ever said are counted and cut, no others.
    private let word: [UInt8]
    private let listener: Int32
    private let state = Mutex(State())

    /// Listens, in a directory of its own, for clients of `options`.
    package init(to options: ConnectionOptions, cutting word: String) throws {
        directory = try makeTestDirectory("proxy")
        server = (options.parameters["host"] ?? "") + "/.s.PGSQL.5432"
        self.word = Array(word.utf8)
        var through = options
        through.parameters["host"] = directory
        self.options = through
        listener = try Self.socket(directory + "/.s.PGSQL.5432") { bind($0, $1, $2) }
        guard listen(listener, 64) == 0 else { throw ProxyError(call: "listen") }
        Self.thread { [self] in accept() }
    }

    package func close() {
        state.withLock { $0.isClosed = true }
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Counts from 0 again, and cuts once.
    package func arm(_ cut: Cut) {
        state.withLock {
            $0.cut = cut
            $0.counts = [:]
        }
    }

    /// - Returns: Whether the cut that was armed has been made.
    package func disarm() -> Bool {
        state.withLock { state in
            defer { state.cut = nil }
            return state.cut == nil
        }
    }

    // MARK: Connections

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            guard let server = try? Self.socket(server, { connect($0, $1, $2) }) else {
                Glibc.close(client)
                continue
            }
            let connection = Proxied(client: client, server: server)
            Self.thread { [self] in
                pass(from: .client, on: connection, isFirst: true)
                connection.end()
            }
            Self.thread { [self] in
                pass(from: .server, on: connection, isFirst: false)
                connection.end()
            }
        }
    }

    /// Passes on message by message until one side ends or the connection is cut.
    private func pass(from side: Side, on connection: Proxied, isFirst: Bool) {
        let (source, target) =
            side == .client
            ? (connection.client, connection.server) : (connection.server, connection.client)
        var isFirst = isFirst
        while let message = Self.message(source, isFirst: isFirst) {
            if side == .client, !isFirst, message.firstRange(of: word) != nil {
                connection.isCounted.store(true, ordering: .relaxed)
            }
            isFirst = false
            if connection.isCounted.load(ordering: .relaxed), mustCut(side) { return }
            guard Self.send(message, to: target) else { return }
        }
    }

    private func mustCut(_ side: Side) -> Bool {
        state.withLock { state in
            guard let cut = state.cut, cut.side == side else { return false }
            let passed = state.counts[side, default: 0]
            if passed == cut.messages {
                state.cut = nil
                return true
            }
            state.counts[side] = passed + 1
            return false
        }
    }

    // MARK: Bytes

    private static func message(_ descriptor: Int32, isFirst: Bool) -> [UInt8]? {
        guard var message = read(isFirst ? 4 : 5, from: descriptor) else { return nil }
        let length = message.suffix(4).reduce(0) { $0 << 8 | Int($1) }
        guard length >= 4, let rest = read(length - 4, from: descriptor) else { return nil }
        message += rest
        return message
    }

    private static func read(_ count: Int, from descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < count {
            let got = recv(descriptor, &buffer, min(buffer.count, count - bytes.count), 0)
            guard got > 0 else { return nil }
            bytes += buffer[..<got]
        }
        return bytes
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    private static func socket(
        _ path: String,
        _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8CString)
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else {
            throw ProxyError(call: "bind to a path of \(bytes.count) bytes")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            for (place, byte) in bytes.enumerated() { room[place] = UInt8(bitPattern: byte) }
        }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            Glibc.close(descriptor)
            throw ProxyError(call: path)
        }
        return descriptor
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) {
        Thread.detachNewThread(body)
    }
}

/// Both ends of one connection.
private final class Proxied: Sendable {
    let client: Int32
    let server: Int32
    let isCounted = Atomic(false)
    private let ends = Atomic(0)

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
    }

    /// Called once for each direction: the first ends both, the second frees the descriptors.
    func end() {
        for descriptor in [client, server] { shutdown(descriptor, Int32(SHUT_RDWR)) }
        guard ends.add(1, ordering: .acquiringAndReleasing).newValue == 2 else { return }
        for descriptor in [client, server] { close(descriptor) }
    }
}

package struct ProxyError: Error, CustomStringConvertible {
    let call: String
    package var description: String { "the proxy can't \(call)" }
}
