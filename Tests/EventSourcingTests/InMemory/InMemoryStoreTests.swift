import EventSourcing
import FoundationEssentials
import Testing

/// What only a manual clock can show; the rest of the contract is proved by the suite that the
/// store on PostgreSQL passes too.
@Suite struct InMemoryStoreTests {
    private let clock = ManualClock(at: Timestamp(seconds: 1_700_000_000))
    private let stream = StreamID(prefix: "te", UUID())

    @Test func aLeaseEndsAtItsVeryMoment() async throws {
        let store = InMemoryStore { [clock] in clock.now }
        let worker = UUID()
        _ = try await store.append(request([.schedule(NewActivity(kind: "install", data: []))]))
        try await store.heartbeat(worker: worker, name: "w", lease: .seconds(30))
        let claimed = try await store.claim(worker: worker, queues: ["default"], limit: 1)
        let claim = try #require(claimed.first).claim

        clock.advance(by: .seconds(29))
        #expect(try await store.expired(limit: 10).isEmpty)
        try await store.heartbeat(worker: worker, name: "w", lease: .seconds(30))
        clock.advance(by: .seconds(29))
        #expect(try await store.expired(limit: 10).isEmpty)
        clock.advance(by: .seconds(1))
        #expect(try await store.expired(limit: 10).map(\.claim) == [claim])
        await #expect(throws: ActivityQueueError.workerExpired) {
            try await store.heartbeat(worker: worker, name: "w", lease: .seconds(30))
        }
    }

    @Test func timersAndDelaysComeDueByTheClockAlone() async throws {
        let store = InMemoryStore { [clock] in clock.now }
        let worker = UUID()
        _ = try await store.append(
            request([
                .schedule(NewActivity(kind: "probe", data: [], delay: .seconds(60))),
                .start(NewTimer(name: "soak", due: clock.now + .seconds(3600))),
            ]))
        try await store.heartbeat(worker: worker, name: "w", lease: .seconds(7200))
        #expect(try await store.untilNextDue() == .seconds(3600))
        clock.advance(by: .seconds(59))
        #expect(try await store.claim(worker: worker, queues: ["default"], limit: 1).isEmpty)
        clock.advance(by: .seconds(1))
        #expect(try await store.claim(worker: worker, queues: ["default"], limit: 1).count == 1)
        #expect(try await store.dueTimers(limit: 1).isEmpty)
        clock.advance(by: .seconds(3540))
        #expect(try await store.dueTimers(limit: 1).map(\.name) == ["soak"])
        #expect(try await store.untilNextDue() == .zero)
    }

    /// A clock that is set back moves no event before its predecessor (I11).
    @Test func recordedTimeNeverGoesBack() async throws {
        let store = InMemoryStore { [clock] in clock.now }
        let first = try await store.append(request([]))
        clock.advance(by: .seconds(-3600))
        let second = try await store.append(request([], at: 1))
        #expect(second.recordedAt == first.recordedAt)
    }

    private func request(_ effects: [Effect], at version: Int = 0) -> AppendRequest {
        let command = UUID()
        var request = AppendRequest(
            context: CommandContext(
                actor: Actor(id: "pe_1", role: "tester"), at: clock.now, commandID: command),
            requestDigest: Digest(of: ""),
            streams: [
                StreamAppend(
                    stream: stream, expectedVersion: version,
                    events: [NewEvent(type: "Tested", schemaVersion: 1, data: Array("{}".utf8))])
            ])
        let event = AppendRequest.eventID(commandID: command, index: 0)
        request.effects = effects.enumerated().map {
            ScheduledEffect(stream: stream, eventID: event, index: $0, effect: $1)
        }
        return request
    }
}
