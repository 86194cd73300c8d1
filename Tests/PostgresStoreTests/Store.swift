import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Support
import Testing

/// Who keeps the promises of `EventStore`, `ActivityQueue` and `SubscriptionStore`.
enum Backend: String, CaseIterable {
    case postgres, memory
}

/// A store with its queue and its subscriptions, whoever keeps them.
protocol TestedStore: EventStore {
    var queue: any ActivityQueue { get }
    var subscriptions: any SubscriptionStore { get }
}

extension PostgresEventStore: TestedStore {
    var queue: any ActivityQueue { PostgresActivityQueue(store: self) }
    var subscriptions: any SubscriptionStore { PostgresSubscriptionStore(store: self) }
}

extension InMemoryStore: TestedStore {
    var queue: any ActivityQueue { self }
    var subscriptions: any SubscriptionStore { self }
}

/// Runs `body` with an empty store, and with the same as another process sees it.
func withStore(
    on backend: Backend,
    _ body: (_ store: any TestedStore, _ other: any TestedStore) async throws -> Void
) async throws {
    switch backend {
    case .postgres:
        try await withStore { store, options in
            try await serving(options) { other in try await body(store, other) }
        }
    case .memory:
        let store = InMemoryStore { Timestamp(Date()) }
        try await body(store, store)
    }
}

/// Runs `body` with a store that serves, on a migrated database of its own.
func withStore(
    _ body: (PostgresEventStore, ConnectionOptions) async throws -> Void
) async throws {
    try await withStoreDatabase { options in
        try await serving(options) { store in try await body(store, options) }
    }
}

func withStoreDatabase(_ body: (ConnectionOptions) async throws -> Void) async throws {
    try await TestCluster.shared.makeTemplate("store_template") { try await Schema.migrate($0) }
    try await withDatabase(template: "store_template", body)
}

/// A store on `options` that serves while `body` runs.
func serving(
    _ options: ConnectionOptions, _ body: (PostgresEventStore) async throws -> Void
) async throws {
    let store = PostgresEventStore(options: options)
    let service = Task { try await store.run() }
    let outcome: Result<Void, any Error>
    do {
        outcome = .success(try await body(store))
    } catch {
        outcome = .failure(error)
    }
    service.cancel()
    try await service.value
    try outcome.get()
}

extension ConnectionOptions {
    func with(user: String) -> ConnectionOptions {
        var copy = self
        copy.parameters["user"] = user
        return copy
    }
}

/// A command that appends `events` events to one stream.
func request(
    _ stream: StreamID, at version: Int = 0, events: Int = 1, id: UUID = UUID(),
    body: String = "{}", effects: [Effect] = []
) -> AppendRequest {
    var request = request(
        [
            StreamAppend(
                stream: stream, expectedVersion: version,
                events: Array(repeating: event(body), count: events))
        ], id: id)
    let cause = AppendRequest.eventID(commandID: id, index: 0)
    request.effects = effects.enumerated().map { index, effect in
        ScheduledEffect(stream: stream, eventID: cause, index: index, effect: effect)
    }
    return request
}

func request(_ streams: [StreamAppend], id: UUID = UUID()) -> AppendRequest {
    AppendRequest(
        context: CommandContext(
            actor: Actor(id: "pe_1", role: "tester"), at: Timestamp(Date()), commandID: id),
        requestDigest: Digest(of: "body"), streams: streams)
}

func event(_ body: String = "{}") -> NewEvent {
    NewEvent(type: "Tested", schemaVersion: 1, data: Array(body.utf8))
}

func newStream(_ prefix: String = "te") -> StreamID { StreamID(prefix: prefix, UUID()) }

extension EventStore {
    /// The whole log, read in pages.
    func wholeLog() async throws -> [RecordedEvent] {
        var log: [RecordedEvent] = []
        while true {
            let page = try await read(after: log.last?.position ?? 0, limit: 1000)
            if page.isEmpty { return log }
            log += page
        }
    }
}

/// I11: positions 1, 2, 3, ..., versions 1, 2, 3, ... of each stream in that order, time never
/// going back.
func expectDense(_ log: [RecordedEvent], sourceLocation: SourceLocation = #_sourceLocation) {
    var versions: [StreamID: Int] = [:]
    var recordedAt = Timestamp(microseconds: 0)
    for (index, event) in log.enumerated() {
        let version = versions[event.stream, default: 0] + 1
        guard event.position == Int64(index + 1), event.version == version,
            event.recordedAt >= recordedAt
        else {
            Issue.record(
                "position \(event.position), version \(event.version) of \(event.stream) at index \(index)",
                sourceLocation: sourceLocation)
            return
        }
        versions[event.stream] = version
        recordedAt = event.recordedAt
    }
}

@discardableResult
func withSQL<R>(
    _ options: ConnectionOptions, _ body: (Connection) async throws -> R
) async throws -> R {
    let connection = try await Connection.open(options)
    do {
        let value = try await body(connection)
        await connection.close()
        return value
    } catch {
        await connection.close()
        throw error
    }
}

/// Waits, within a bound, until `condition` holds.
func eventually(
    within limit: Duration = .seconds(20), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while !(try await condition()) {
        try #require(ContinuousClock.now < deadline, "it did not come about within \(limit)")
        try await Task.sleep(for: .milliseconds(5))
    }
}
