import Application
import EventSourcing
import Foundation
import Logging
import Orchestration
import PatchManagement
import Synchronization
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

    /// What follows for a stream whose archive is away waits for it, in its order, also across a crash;
    /// the others don't wait.
    @Test func aStreamWhoseArchiveIsAwayIsSeenToWhenItIsBack() async throws {
        let store = InMemoryStore { Timestamp(Date()) }
        let (archived, other) = (StreamID(prefix: "pa", UUID()), StreamID(prefix: "pa", UUID()))
        let packs = (0..<3).map { _ in StreamID(prefix: "pa", UUID()) }
        for patch in [archived, other] { try await identify(patch, store) }
        for pack in packs.prefix(2) { try await identify(pack, holding: [archived, other], store) }
        let isAway = Mutex(true)
        var source = MeddlingStore(store: store, type: "", meddle: {})
        source.archived = (archived, { isAway.withLock { $0 } })
        try await expectCoordinated(upTo: 4, store, reading: source)
        #expect(try await holders(of: archived, store).isEmpty)
        #expect(try await holders(of: other, store) == Array(packs.prefix(2)))
        #expect(try await held(store).count == 2)

        // Another process goes on, and the file is still away.
        try await identify(packs[2], holding: [archived, other], store)
        try await expectCoordinated(upTo: 7, store, reading: source)
        #expect(try await holders(of: other, store) == packs)
        #expect(try await held(store).count == 3)

        isAway.withLock { $0 = false }
        try await coordinating(store, reading: source) {
            while try await !held(store).isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        #expect(try await holders(of: archived, store) == packs)
        #expect(try await holders(of: other, store) == packs)
    }

    private func identify(
        _ patch: StreamID, holding held: [StreamID]? = nil, _ store: InMemoryStore
    ) async throws {
        let holds = held.map {
            #","holds":[\#($0.map { "\"\($0.text)\"" }.joined(separator: ","))]"#
        }
        try await append(
            PatchIdentified.type,
            """
            {"by":{"id":"pe_vera","role":"vendorWatch"},"identification":{"kind":"update"\(holds ?? ""),\
            "origin":"Debian:12.10/stable-security","packages":[{"architecture":"amd64",\
            "name":"curl","version":"7.88.1-2"}],"purpose":"security","source_package":"curl",\
            "title":"curl security update","vendor_id":"DSA-5587-1"},"patch":"\(patch.text)",\
            "policy":{"approval_seconds":2592000,"evidence_seconds":2592000,\
            "longest_deferral_seconds":15552000,"probe_delay_seconds":15,"probes":20,\
            "qualification_seconds":14400,"retries":4,"retry_delay_seconds":15}}
            """, to: patch, store)
    }

    /// The packs that a patch is said to be held in.
    private func holders(of patch: StreamID, _ store: InMemoryStore) async throws -> [StreamID] {
        try await store.read(patch, after: 0, limit: 100).filter {
            $0.type == PatchHeldInPack.type
        }.map {
            try PatchHeldInPack.decode(schemaVersion: $0.schemaVersion, data: $0.data).pack
        }
    }

    private func held(_ store: InMemoryStore) async throws -> [String] {
        try await store.notes(of: "coordinator", after: "held/", limit: 100).map(\.key)
            .filter { $0.hasPrefix("held/") }
    }

    private func expectCoordinated(
        upTo position: Int64, _ store: InMemoryStore, reading source: any EventStore
    ) async throws {
        try await coordinating(store, reading: source) {
            // Far longer than it takes, so that a busy machine is no failure.
            let end = ContinuousClock.now + .seconds(60)
            while try await store.checkpoint(of: "coordinator") < position,
                ContinuousClock.now < end
            {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        #expect(try await store.checkpoint(of: "coordinator") >= position)
    }

    private func coordinating(
        _ store: InMemoryStore, reading source: any EventStore, _ body: () async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.handler = SwiftLogNoOpLogHandler()
        let runner = CoordinatorRunner(
            store: source, subscriptions: store, bus: CommandBus(store: source),
            surroundings: Surroundings(
                now: { Timestamp(Date()) }, newID: { UUID() },
                sleep: { try await Task.sleep(for: $0) }),
            poll: .milliseconds(10), logger: logger)
        let running = Task { try await runner.run() }
        try await body()
        running.cancel()
        try await running.value
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
