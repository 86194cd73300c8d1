import Application
import EventSourcing
import Foundation
import Logging
import Orchestration
import PatchManagement
import Testing

@Suite(.timeLimit(.minutes(3))) struct CoordinatorRunnerTests {
    /// I11, I18: a stream that can't be read stands still; the others are coordinated all the same.
    @Test func aStreamThatCannotBeReadHoldsNobodyUp() async throws {
        let store = InMemoryStore { Timestamp(Date()) }
        let bad = StreamID(prefix: "ro", UUID())
        try await append("Nonsense", "{}", to: bad, store)
        try await append(
            PatchWithdrawn.type, #"{"reason":"recalled","rollouts":["\#(bad.text)"]}"#,
            to: StreamID(prefix: "pa", UUID()), store)
        try await expectCoordinated(upTo: 2, store, reading: store)
    }

    /// I11: an event that can't even be read is passed over, and what follows it is not.
    @Test func aDamagedEventHoldsNobodyUp() async throws {
        let store = InMemoryStore { Timestamp(Date()) }
        for _ in 0..<5 {
            try await append("Nonsense", "{}", to: StreamID(prefix: "ro", UUID()), store)
        }
        let damaged = MeddlingStore(store: store, type: "", meddle: {}, damaged: 3)
        guard case .events(let first) = try await damaged.readable(after: 0, limit: 500),
            case .damaged(let position, _) = try await damaged.readable(after: 2, limit: 500)
        else { throw EventStoreError(.failed, "the damage was not found") }
        #expect(!first.isEmpty && first.allSatisfy { $0.position < 3 })
        #expect(position == 3)
        try await expectCoordinated(upTo: 5, store, reading: damaged)
    }

    private func expectCoordinated(
        upTo position: Int64, _ store: InMemoryStore, reading source: any EventStore
    ) async throws {
        var logger = Logger(label: "test")
        logger.handler = SwiftLogNoOpLogHandler()
        let runner = CoordinatorRunner(
            store: source, subscriptions: store, bus: CommandBus(store: store),
            surroundings: Surroundings(
                now: { Timestamp(Date()) }, newID: { UUID() },
                sleep: { try await Task.sleep(for: $0) }),
            poll: .milliseconds(10), logger: logger)
        let running = Task { try await runner.run() }
        // Far longer than it takes, so that a busy machine is no failure.
        let end = ContinuousClock.now + .seconds(60)
        while try await store.checkpoint(of: "coordinator") < position, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(10))
        }
        running.cancel()
        try await running.value
        #expect(try await store.checkpoint(of: "coordinator") == position)
    }

    private func append(
        _ type: String, _ data: String, to stream: StreamID, _ store: InMemoryStore
    ) async throws {
        let event = NewEvent(type: type, schemaVersion: 1, data: Array(data.utf8))
        _ = try await store.append(
            AppendRequest(
                context: CommandContext(
                    actor: Actor(id: "pe_1", role: "tester"), at: Timestamp(Date()),
                    commandID: UUID()), requestDigest: Digest(of: stream.text),
                streams: [
                    StreamAppend(stream: stream, expectedVersion: 0, events: [event])
                ]))
    }
}
