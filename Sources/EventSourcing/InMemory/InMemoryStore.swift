package import FoundationEssentials
private import Synchronization

/// Log, queue and subscriptions in memory, with the promises of their protocols except to outlive
/// the process. For simulations and tests: time comes from `now` alone, and everything happens in
/// the order of the calls.
package final class InMemoryStore: Sendable {
    private let state = Mutex(InMemoryState())
    private let now: @Sendable () -> Timestamp
    private let events = LocalBell()
    private let work = LocalBell()
    private let leaders = LocalBell()

    package init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    /// What it holds, for simulations that look into it, and change it as a fault would.
    func withState<Value>(_ body: (inout InMemoryState) throws -> Value) rethrows -> Value {
        try state.withLock { try body(&$0) }
    }
}

extension InMemoryStore: EventStore {
    package var eventBell: any Bell { events }

    package func append(_ request: AppendRequest) async throws -> AppendReceipt {
        let at = now()
        let receipt = try state.withLock { try $0.append(request, at: at) }
        events.ring()
        if !request.effects.isEmpty { work.ring() }
        return receipt
    }

    package func receipt(
        for commandID: UUID, requestDigest: Digest
    ) async throws -> AppendReceipt? {
        try state.withLock { try $0.receipt(for: commandID, requestDigest) }
    }

    package func read(
        _ stream: StreamID, after version: Int, limit: Int
    ) async throws -> [RecordedEvent] {
        state.withLock { state in
            state.streams[stream, default: []].dropFirst(version).prefix(limit).map {
                state.log[$0]
            }
        }
    }

    package func read(after position: Int64, limit: Int) async throws -> [RecordedEvent] {
        state.withLock { Array($0.log.dropFirst(Int(position)).prefix(limit)) }
    }

    package func head() async throws -> Int64 {
        state.withLock { Int64($0.log.count) }
    }

    package func document(_ digest: Digest) async throws -> Document? {
        state.withLock { $0.documents[digest] }
    }
}

extension InMemoryStore: ActivityQueue {
    package var workBell: any Bell { work }

    package func heartbeat(worker: UUID, name: String, lease: Duration) async throws {
        let at = now()
        try state.withLock { try $0.heartbeat(worker, until: at + lease, at: at) }
    }

    package func claim(
        worker: UUID, queues: [String], limit: Int
    ) async throws -> [ClaimedActivity] {
        let at = now()
        return try state.withLock { try $0.claim(worker, queues, limit: limit, at: at) }
    }

    package func held(by worker: UUID) async throws -> [ClaimedActivity] {
        state.withLock { $0.held(by: worker) }
    }

    package func release(
        _ claim: Claim, after delay: Duration, reason: String, until scope: String?
    ) async throws {
        let at = now()
        state.withLock { $0.release(claim, until: at + delay, orSlotIn: scope, at: at) }
    }

    package func expired(limit: Int) async throws -> [ClaimedActivity] {
        let at = now()
        return state.withLock { $0.expired(limit: limit, at: at) }
    }

    package func dueTimers(limit: Int) async throws -> [DueTimer] {
        let at = now()
        return state.withLock { state in
            let due = state.timers.values.filter { $0.due <= at }
            return Array(due.sorted { ($0.due, $0.id.text) < ($1.due, $1.id.text) }.prefix(limit))
        }
    }

    package func untilNextDue() async throws -> Duration? {
        let at = now()
        return state.withLock { $0.timers.values.map(\.due).min() }.map { max(.zero, $0 - at) }
    }
}

extension InMemoryStore: SubscriptionStore {
    package func checkpoint(of name: String) async throws -> Int64 {
        state.withLock { $0.checkpoints[name, default: 0] }
    }

    package func note(of name: String, key: String) async throws -> [UInt8]? {
        state.withLock { $0.notes[name]?[key] }
    }

    package func notes(
        of name: String, after key: String, limit: Int
    ) async throws -> [(key: String, note: [UInt8])] {
        let notes = state.withLock { $0.notes[name] ?? [:] }
        return notes.filter { key.utf8.lexicographicallyPrecedes($0.key.utf8) }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .prefix(limit).map { ($0.key, $0.value) }
    }

    package func advance(
        _ name: String, from old: Int64, to new: Int64, notes: [String: [UInt8]?]
    ) async throws -> Bool {
        state.withLock { state in
            // A new subscriber has no checkpoint yet, and then anyone may set the first.
            guard state.checkpoints[name] == nil || state.checkpoints[name] == old else {
                return false
            }
            state.checkpoints[name] = new
            for (key, note) in notes { state.notes[name, default: [:]][key] = note }
            return true
        }
    }

    package func lead(_ name: String, _ body: @Sendable () async throws -> Void) async throws {
        while true {
            let seen = leaders.rings
            if state.withLock({ $0.leaders.insert(name).inserted }) { break }
            await leaders.wait(past: seen)
            try Task.checkCancellation()
        }
        defer {
            state.withLock { _ = $0.leaders.remove(name) }
            leaders.ring()
        }
        try await body()
    }
}
