import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Support
import Testing

/// The store of the simulation against the database: the same random commands get the same answers,
/// the same claims and the same log (I1, I3, I5, I9, I10). So what the simulation proves of the one
/// goes for the other.
@Suite struct ConformanceTests {
    @Test(.timeLimit(.minutes(5)), arguments: 0..<4)
    func bothAnswerAlike(_ round: Int) async throws {
        let seeds = SeededRandom.fresh("both stores, round \(round)")
        try await withStore { postgres, _ in
            var both = BothStores(postgres, SeededRandom(seed: seeds.seed &+ UInt64(round)))
            for step in 1...250 {
                let (one, other) = try await both.step()
                try #require(one == other, "step \(step), seed: \(seeds.seed)")
            }
            let (one, other) = try await both.logs()
            #expect(one == other, "seed: \(seeds.seed)")
        }
    }
}

private struct BothStores {
    let postgres: PostgresEventStore
    let memory = InMemoryStore { Timestamp(Date()) }
    var random: SeededRandom
    let streams = (0..<4).map { _ in newStream() }
    let assets = (0..<3).map { _ in newStream("as") }
    let rollouts = (0..<2).map { _ in newStream("ro") }
    let attempts = (0..<5).map { _ in UUID() }
    var workers = [UUID(), UUID()]
    var hasBegun = false
    var claims: [Claim] = []
    var sent: [AppendRequest] = []
    var timers: [UUID] = []

    init(_ postgres: PostgresEventStore, _ random: SeededRandom) {
        self.postgres = postgres
        self.random = random
    }

    var queues: [any ActivityQueue] { [postgres.queue, memory] }

    mutating func step() async throws -> (String, String) {
        if !hasBegun {
            hasBegun = true
            return try await begin()
        }
        switch random.below(12) {
        case 0: return try await claim()
        case 1, 2: return try await claim()
        case 3 where random.chance(30): return try await expire()
        case 4: return try await list()
        case 5 where !sent.isEmpty: return try await sendAgain()
        default:
            let request = try await request()
            sent.append(request)
            return try await send(request)
        }
    }

    private mutating func begin() async throws -> (String, String) {
        for worker in workers {
            for queue in queues {
                try await queue.heartbeat(worker: worker, name: "w", lease: .seconds(600))
            }
        }
        var request = PostgresStoreTests.request(streams[0])
        let event = AppendRequest.eventID(commandID: request.context.commandID, index: 0)
        // A capacity is set once: lowered under load it would be another matter.
        let scopes = rollouts.map(ControlChange.rolloutScope) + [ControlChange.globe]
        request.effects = scopes.enumerated().map { index, scope in
            ScheduledEffect(
                stream: streams[0], eventID: event, index: index,
                effect: .control(
                    ControlChange(scope: scope, capacity: index == 2 ? 3 : 1 + index)))
        }
        return try await send(request)
    }

    // MARK: Appending

    private mutating func request() async throws -> AppendRequest {
        let stream = random.pick(streams)
        let version = try await memory.read(stream, after: 0, limit: 10_000).count
        let expected = random.chance(90) ? version : version + 1
        var effects: [Effect] = []
        while random.chance(55) { effects.append(effect()) }
        var request = PostgresStoreTests.request(
            stream, at: expected, events: 1 + random.below(2), effects: effects)
        for scheduled in request.effects {
            if case .start = scheduled.effect { timers.append(scheduled.timerID) }
        }
        if random.chance(20) {
            let other = random.pick(streams.filter { $0 != stream })
            let seen = try await memory.read(other, after: 0, limit: 10_000).count
            request.guards = [
                StreamGuard(stream: other, version: random.chance(80) ? seen : seen + 1)
            ]
        }
        if !claims.isEmpty, random.chance(60) {
            let mode = random.pick([ClaimUse.Mode.hold, .hold, .complete, .rescue])
            request.claim = ClaimUse(claim: random.pick(claims), mode: mode)
            if mode == .hold, random.chance(80) { request.permit = permit() }
        }
        if !timers.isEmpty, random.chance(15) {
            request.timer = TimerUse(id: random.pick(timers))
        }
        return request
    }

    private mutating func permit() -> Permit {
        Permit(
            asset: random.pick(assets), attempt: random.pick(attempts),
            rollout: random.pick(rollouts), batch: random.below(3), site: "home")
    }

    private mutating func effect() -> Effect {
        switch random.below(9) {
        case 0...3:
            return .schedule(
                NewActivity(
                    kind: "install", queue: random.pick(["default", "other"]),
                    data: Array("{}".utf8), delay: random.pick([.zero, .zero, .seconds(3600)]),
                    priority: random.below(3)))
        case 4:
            let due = Timestamp(Date()) + .seconds(random.pick([-5, 3600]))
            return .start(NewTimer(name: random.pick(["soak", "deadline"]), due: due))
        case 5: return random.chance(30) ? .cancelPending : effect()
        case 6, 7:
            return .endAttempt(asset: random.pick(assets), attempt: random.pick(attempts))
        default:
            var change = ControlChange(
                scope: ControlChange.rolloutScope(random.pick(rollouts)))
            change.halted = random.pick([true, false, false, nil])
            change.releasedBatch = random.pick([nil, 0, 1, 2])
            return .control(change)
        }
    }

    private func send(_ request: AppendRequest) async throws -> (String, String) {
        (await answer(of: postgres, request), await answer(of: memory, request))
    }

    private mutating func sendAgain() async throws -> (String, String) {
        var request = random.pick(sent)
        if random.chance(20) { request.requestDigest = Digest(of: "another body") }
        return try await send(request)
    }

    private func answer(of store: any EventStore, _ request: AppendRequest) async -> String {
        do {
            let receipt = try await store.append(request)
            return "\(receipt.firstPosition)...\(receipt.lastPosition) \(receipt.repeated)"
        } catch {
            return "\(error)"
        }
    }

    // MARK: The queue

    private mutating func claim() async throws -> (String, String) {
        let (worker, limit) = (random.pick(workers), 1 + random.below(3))
        let wanted = random.pick([["default"], ["other"], ["default", "other"]])
        var answers: [String] = []
        for queue in queues {
            let claimed = try await queue.claim(worker: worker, queues: wanted, limit: limit)
            answers.append("\(claimed.map { "\($0.claim) \($0.tries) \($0.stream)" })")
            if answers.count == 1 { claims += claimed.map(\.claim) }
        }
        claims = Array(claims.suffix(6))
        return (answers[0], answers[1])
    }

    /// A worker's lease runs out, and it comes back under another id.
    private mutating func expire() async throws -> (String, String) {
        let place = random.below(workers.count)
        for queue in queues {
            try await queue.heartbeat(worker: workers[place], name: "w", lease: .milliseconds(1))
        }
        try await Task.sleep(for: .milliseconds(20))
        workers[place] = UUID()
        for queue in queues {
            try await queue.heartbeat(worker: workers[place], name: "w", lease: .seconds(600))
        }
        return try await list()
    }

    private func list() async throws -> (String, String) {
        var answers: [String] = []
        for queue in queues {
            let expired = try await queue.expired(limit: 100).map { "\($0.claim)" }.sorted()
            let due = try await queue.dueTimers(limit: 100).map { "\($0.id) \($0.name)" }.sorted()
            var held: [String] = []
            for worker in workers {
                held += try await queue.held(by: worker).map { "\($0.claim)" }.sorted()
            }
            answers.append("\(expired) \(due) \(held)")
        }
        return (answers[0], answers[1])
    }

    func logs() async throws -> ([String], [String]) {
        func lines(_ log: [RecordedEvent]) -> [String] {
            log.map { "\($0.position) \($0.stream) \($0.version) \($0.id) \($0.type)" }
        }
        return (lines(try await postgres.wholeLog()), lines(try await memory.wholeLog()))
    }
}
