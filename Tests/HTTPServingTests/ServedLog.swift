import APIContract
import Application
import AsyncHTTPClient
import EventSourcing
import FoundationEssentials
import HTTPAPI
import HTTPServing
import Logging
import NIOCore
import NIOHTTP1
import PatchManagement
import Postgres
import PostgresStore
import Projections
import Signing
import Support
import Synchronization

/// A server on loopback over a log of its own in a real PostgreSQL, and somebody who asks it.
final class ServedLog: Sendable {
    let useCases: UseCases
    let clock: SetClock
    /// Its database.
    let options: ConnectionOptions
    private let port: Int

    init(useCases: UseCases, clock: SetClock, options: ConnectionOptions, port: Int) {
        self.options = options
        self.useCases = useCases
        self.clock = clock
        self.port = port
    }

    /// An answer as it came over the wire.
    struct Reply {
        let status: Int
        fileprivate let headers: HTTPHeaders
        let body: Data

        var problem: Problem { get throws { try WireJSON.decode(Problem.self, from: body) } }
        var text: String { String(decoding: body, as: UTF8.self) }

        func header(_ name: String) -> String? { headers.first(name: name) }

        func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
            try WireJSON.decode(type, from: body)
        }
    }

    func get(_ path: String, as token: String? = nil) async throws -> Reply {
        try await send("GET", path, token: token, headers: [:], body: "")
    }

    /// - Parameter key: nil leaves the header out.
    func post(
        _ path: String, _ body: String, as token: String?, key: String? = UUID().uuidString,
        ifMatch: String? = nil
    ) async throws -> Reply {
        var headers: [String: String] = [:]
        headers["Idempotency-Key"] = key
        headers["If-Match"] = ifMatch
        return try await send("POST", path, token: token, headers: headers, body: body)
    }

    func send(
        _ method: String, _ path: String, token: String?, headers: [String: String], body: String
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = HTTPMethod(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if !body.isEmpty { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let content = try await response.body.collect(upTo: 1 << 24)
        return Reply(
            status: Int(response.status.code), headers: response.headers,
            body: Data(content.readableBytesView))
    }

    /// A token for somebody with `roles`, made by the administrator.
    func token(_ person: String, _ roles: String..., by administrator: String) async throws
        -> TokenResource
    {
        let list = roles.map { "\"\($0)\"" }.joined(separator: ",")
        let reply = try await post(
            "/api/v1/tokens",
            #"{"person":"\#(person)","roles":[\#(list)],"expires_in_seconds":3600}"#,
            as: administrator)
        return try reply.decode()
    }

    func administrator() async throws -> String {
        guard let token = try await useCases.installAdministrator() else {
            throw EventStoreError(.failed, "there is an administrator already")
        }
        return token
    }
}

/// A clock that stands where a test puts it, ahead of the real one.
final class SetClock: Sendable {
    private let ahead = Mutex(Duration.zero)

    var now: Timestamp { Timestamp(Date()) + ahead.withLock { $0 } }

    func advance(by duration: Duration) { ahead.withLock { $0 += duration } }
}

/// Runs `body` with a served log.
///
/// - Parameters:
///   - routes: By default the API.
///   - isProjecting: False leaves the read models behind.
func withServedLog(
    routes: @escaping @Sendable (UseCases) -> Routes = { APIRoutes.all($0) },
    isProjecting: Bool = true, _ body: (ServedLog) async throws -> Void
) async throws {
    try await TestCluster.shared.makeTemplate("served") { try await Schema.migrate($0) }
    try await Turnstile.shared.pass {
        try await withDatabase(template: "served") { options in
            try await serve(options, routes, isProjecting: isProjecting, body)
        }
    }
}

private func serve(
    _ options: ConnectionOptions, _ routes: (UseCases) -> Routes, isProjecting: Bool,
    _ body: (ServedLog) async throws -> Void
) async throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let store = PostgresEventStore(options: options, patience: .seconds(5))
    let pool = ConnectionPool(options)
    let clock = SetClock()
    let keys = try makeTestDirectory("keys")
    defer { try? FileManager.default.removeItem(atPath: keys) }
    let useCases = UseCases(
        bus: CommandBus(store: store), store: store, reads: PostgresReadModel(pool: pool),
        sealedLog: PostgresSealedLog(store: store),
        subjectKeys: SubjectKeyDirectory(path: keys), now: { clock.now }, newID: { UUID() })
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let server = APIServer(
        routes: routes(useCases), useCases: useCases,
        listen: ListenAddress(host: "127.0.0.1", port: 0),
        logger: logger, onListening: { listening.yield($0.port) })
    let projector = Projector(
        store: store, pool: pool, poll: .milliseconds(20), logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await store.run() }
        group.addTask { try await server.run() }
        if isProjecting { group.addTask { try await projector.run() } }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else { throw CancellationError() }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(
                try await body(
                    ServedLog(useCases: useCases, clock: clock, options: options, port: port)))
        } catch {
            outcome = .failure(error)
        }
        group.cancelAll()
        while let ended = await group.nextResult() {
            // Whatever ended because the test did is not of interest.
            if case .failure = ended { continue }
        }
        pool.close()
        try outcome.get()
    }
}
