import EventSourcing
import FoundationEssentials

/// The store as one process sees it, over a network that loses questions and answers.
///
/// The outcomes of an append are those of a real one: committed, aborted, committed with its answer
/// lost; and answered, but lost by a failover (`SimulatedSystem.failOver`). Its rules are those of
/// `InMemoryState`, written after sql/functions/append_events.sql and take_permit.sql.
struct FaultyStore {
    let system: SimulatedSystem
    let process: SimulatedProcess
    private var truth: InMemoryStore { system.store }

    init(_ system: SimulatedSystem, for process: SimulatedProcess) {
        self.system = system
        self.process = process
    }

    /// A call that changes nothing.
    private func ask<Answer>(_ call: () async throws -> Answer) async throws -> Answer {
        try await system.travel(process)
        if system.scheduler.chance(perMille: system.weather.unavailable) {
            throw EventStoreError(.unavailable, "nobody answers")
        }
        return try await call()
    }

    /// A call of the queue that changes something.
    private func change<Answer>(_ call: () async throws -> Answer) async throws -> Answer {
        try await system.travel(process)
        if system.scheduler.chance(perMille: system.weather.unavailable) {
            throw EventStoreError(.unavailable, "nobody answers")
        }
        try system.effect(of: process)
        let answer = try await call()
        try system.effect(of: process)
        if system.scheduler.chance(perMille: system.weather.queueAnswerLost) {
            throw EventStoreError(.unavailable, "the connection broke")
        }
        return answer
    }
}

extension FaultyStore: EventStore {
    var eventBell: any Bell { truth.eventBell }

    func append(_ request: AppendRequest) async throws -> AppendReceipt {
        try await system.travel(process)
        let (aborted, lost) = (system.weather.aborted, system.weather.answerLost)
        if system.scheduler.chance(perMille: aborted) {
            throw EventStoreError(.unavailable, "it was not committed")
        }
        try system.effect(of: process)
        let receipt = try await system.commit(request)
        try system.effect(of: process)
        if system.scheduler.chance(perMille: lost) {
            throw EventStoreError(.inDoubt, "the connection broke after COMMIT was sent")
        }
        try await system.travel(process)
        system.acknowledge(request, receipt)
        return receipt
    }

    func receipt(for commandID: UUID, requestDigest: Digest) async throws -> AppendReceipt? {
        try await ask { try await truth.receipt(for: commandID, requestDigest: requestDigest) }
    }

    func read(_ stream: StreamID, after version: Int, limit: Int) async throws
        -> [RecordedEvent]
    {
        try await ask { try await truth.read(stream, after: version, limit: limit) }
    }

    func read(after position: Int64, limit: Int) async throws -> [RecordedEvent] {
        try await ask {
            let events = try await truth.read(after: position, limit: limit)
            return system.bug?.reading(events, system) ?? events
        }
    }

    func head() async throws -> Int64 { try await ask { try await truth.head() } }

    func document(_ digest: Digest) async throws -> Document? {
        try await ask { try await truth.document(digest) }
    }
}

extension FaultyStore: ActivityQueue {
    var workBell: any Bell { truth.workBell }

    func heartbeat(worker: UUID, name: String, lease: Duration) async throws {
        try await change { try await truth.heartbeat(worker: worker, name: name, lease: lease) }
    }

    func claim(worker: UUID, queues: [String], limit: Int) async throws -> [ClaimedActivity] {
        try await change {
            let claimed = try await truth.claim(worker: worker, queues: queues, limit: limit)
            let given = system.bug?.claiming(claimed, system) ?? claimed
            system.note(given)
            return given
        }
    }

    func held(by worker: UUID) async throws -> [ClaimedActivity] {
        try await ask { try await truth.held(by: worker) }
    }

    func release(
        _ claim: Claim, after delay: Duration, reason: String, until scope: String?
    ) async throws {
        try await change {
            try await truth.release(claim, after: delay, reason: reason, until: scope)
        }
    }

    func expired(limit: Int) async throws -> [ClaimedActivity] {
        try await ask { try await truth.expired(limit: limit) }
    }

    func dueTimers(limit: Int) async throws -> [DueTimer] {
        try await ask { try await truth.dueTimers(limit: limit) }
    }

    func untilNextDue() async throws -> Duration? {
        try await ask { try await truth.untilNextDue() }
    }
}

extension FaultyStore: SubscriptionStore {
    func checkpoint(of name: String) async throws -> Int64 {
        try await ask { try await truth.checkpoint(of: name) }
    }

    func note(of name: String, key: String) async throws -> [UInt8]? {
        try await ask { try await truth.note(of: name, key: key) }
    }

    func notes(of name: String, after key: String, limit: Int) async throws -> [(
        key: String, note: [UInt8]
    )] {
        try await ask { try await truth.notes(of: name, after: key, limit: limit) }
    }

    func advance(
        _ name: String, from old: Int64, to new: Int64, notes: [String: [UInt8]?]
    ) async throws -> Bool {
        try await change { try await truth.advance(name, from: old, to: new, notes: notes) }
    }

    func lead(_ name: String, _ body: @Sendable () async throws -> Void) async throws {
        try await truth.lead(name, body)
    }
}
