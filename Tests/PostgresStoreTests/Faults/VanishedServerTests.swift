import EventSourcing
import Foundation
import Glibc
import Postgres
import PostgresStore
import Subprocess
import Support
import SystemPackage
import Testing

/// A server that vanishes without a word: its machine lost power, or a cable was pulled. Nothing comes
/// back any more, not even a refusal (I9).
@Suite(.timeLimit(.minutes(3))) struct VanishedServerTests {
    @Test(
        "an append in flight is given up, and what became of it is found out", .enabled(if: isRoot))
    func appendsEnd() async throws {
        try await withStoreDatabase { direct in
            try await withWire(to: direct) { wire in
                var options = wire.options
                options.parameters["tcp_user_timeout"] = "1500"
                options.parameters["connect_timeout"] = "2"
                let store = PostgresEventStore(options: options, patience: .seconds(3))
                let service = Task { try await store.run() }
                let stream = newStream()
                _ = try await store.append(request(stream))
                try await wire.cut()
                let command = request(stream, at: 1)
                let lost = await #expect(throws: EventStoreError.self) {
                    _ = try await store.append(command)
                }
                #expect(lost?.isRetryable == true, "\(String(describing: lost))")
                try await wire.mend()
                try await eventually { (try? await store.append(command)) != nil }
                #expect(try await store.read(stream, after: 0, limit: 10).count == 2)
                service.cancel()
                try await service.value
            }
        }
    }

    @Test("what the settings don't say is said for them", .enabled(if: isRoot))
    func defaults() async throws {
        try await withStoreDatabase { direct in
            try await withWire(to: direct) { wire in
                let connection = try await Connection.open(wire.options)
                #expect(
                    Self.patience(to: wire.address)
                        == Patience(unacknowledged: 30_000, idle: 10, interval: 5, count: 4))
                await connection.close()
                var options = wire.options
                options.connectionString += " tcp_user_timeout=7000 keepalives_idle=77"
                let own = try await Connection.open(options)
                #expect(
                    Self.patience(to: wire.address)
                        == Patience(unacknowledged: 7000, idle: 77, interval: 5, count: 4))
                await own.close()
            }
        }
    }

    static var isRoot: Bool { geteuid() == 0 && access("/usr/sbin/ip", X_OK) == 0 }

    private struct Patience: Equatable {
        let unacknowledged: Int32
        let idle: Int32
        let interval: Int32
        let count: Int32
    }

    /// Of this process's one socket to `address`.
    private static func patience(to address: String) -> Patience? {
        for descriptor in Int32(3)..<4096 {
            var peer = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &peer) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getpeername(descriptor, $0, &length)
                }
            }
            guard status == 0, peer.sin_family == sa_family_t(AF_INET),
                peer.sin_addr.s_addr == inet_addr(address)
            else { continue }
            func option(_ name: Int32) -> Int32 {
                var value: Int32 = -1
                var length = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(descriptor, Int32(IPPROTO_TCP), name, &value, &length)
                return value
            }
            return Patience(
                unacknowledged: option(TCP_USER_TIMEOUT), idle: option(TCP_KEEPIDLE),
                interval: option(TCP_KEEPINTVL), count: option(TCP_KEEPCNT))
        }
        return nil
    }
}

/// A network of its own between this machine and a forwarder to a PostgreSQL, whose far end can be
/// pulled out.
private struct Wire {
    let space: String
    let inside: String
    let address: String
    let options: ConnectionOptions

    func cut() async throws { try await ip(["-n", space, "link", "set", inside, "down"]) }

    func mend() async throws { try await ip(["-n", space, "link", "set", inside, "up"]) }
}

private func ip(_ words: [String]) async throws {
    let run = try await Subprocess.run(
        .path("/usr/sbin/ip"), arguments: Arguments(words), output: .discarded,
        error: .string(limit: 10_000))
    guard run.terminationStatus.isSuccess else {
        throw EventStoreError(
            .failed, "ip \(words.joined(separator: " ")): \(run.standardError)")
    }
}

/// Passes on every connection to a socket of PostgreSQL's.
private let forwarder = """
    import socket, sys, threading
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((sys.argv[1], 5432))
    listener.listen(64)
    def pump(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
    print("ready", flush=True)
    while True:
        client, _ = listener.accept()
        server = socket.socket(socket.AF_UNIX)
        server.connect(sys.argv[2])
        for pair in ((client, server), (server, client)):
            threading.Thread(target=pump, args=pair, daemon=True).start()
    """

private func withWire(
    to options: ConnectionOptions, _ body: (Wire) async throws -> Void
) async throws {
    let id = String(UUID().uuidString.prefix(6)).lowercased()
    let (space, outside, inside) = ("pf-\(id)", "pfo\(id)", "pfi\(id)")
    let net = "10.213.\(UInt8.random(in: 1...254))"
    var through = options
    through.parameters["host"] = "\(net).2"
    through.parameters["port"] = "5432"
    let wire = Wire(space: space, inside: inside, address: "\(net).2", options: through)
    try await ip(["netns", "add", space])
    let outcome: Result<Void, any Error>
    do {
        try await ip(["link", "add", outside, "type", "veth", "peer", "name", inside])
        try await ip(["link", "set", inside, "netns", space])
        try await ip(["addr", "add", "\(net).1/30", "dev", outside])
        try await ip(["-n", space, "addr", "add", "\(net).2/30", "dev", inside])
        for words in [["link", "set", outside, "up"], ["-n", space, "link", "set", inside, "up"]] {
            try await ip(words)
        }
        let socket = (options.parameters["host"] ?? "") + "/.s.PGSQL.5432"
        let forwarding = Process()
        forwarding.executableURL = URL(filePath: "/usr/sbin/ip")
        forwarding.arguments = [
            "netns", "exec", space, "python3", "-c", forwarder, wire.address, socket,
        ]
        let said = Pipe()
        forwarding.standardOutput = said
        try forwarding.run()
        defer { kill(forwarding.processIdentifier, SIGKILL) }
        let output = said.fileHandleForReading
        // It says when it listens.
        await withCheckedContinuation { heard in
            Thread.detachNewThread {
                _ = output.availableData
                heard.resume()
            }
        }
        outcome = .success(try await body(wire))
    } catch {
        outcome = .failure(error)
    }
    // Takes the wire with it.
    try await ip(["netns", "del", space])
    try outcome.get()
}
