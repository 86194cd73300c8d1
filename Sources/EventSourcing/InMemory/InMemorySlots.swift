package import FoundationEssentials

/// Slots, and who waits for one, as the database's tables of slots and waits say.
///
/// Source: sql/functions/pick_slot.sql, change_cap.sql and wake_waiting.sql.
package struct InMemorySlots: Sendable {
    /// Who asks for a slot.
    package struct Asker: Sendable {
        package let asset: StreamID
        package let attempt: UUID
        package let activity: UUID
        /// The higher one goes first: the priority of its activity.
        package let rank: Int
        package let rollout: StreamID

        package init(_ permit: Permit, activity: UUID, rank: Int) {
            asset = permit.asset
            attempt = permit.attempt
            rollout = permit.rollout
            self.activity = activity
            self.rank = rank
        }
    }

    private struct Wait {
        var asker: Asker
        let turn: Int
        let since: Timestamp
        var seen: Timestamp
    }

    private struct Scope {
        var capacity: Int?
        var attempts: Set<UUID> = []
        var waits: [Wait] = []
    }

    /// How long somebody counts as waiting after asking.
    private static let life = Duration.seconds(30)

    private var scopes: [String: Scope] = [:]
    /// Of attempts under way: where they count.
    private var counted: [UUID: [String]] = [:]

    package init() {}

    package mutating func setCapacity(_ capacity: Int, of scope: String) {
        scopes[scope, default: Scope()].capacity = capacity
    }

    /// - Returns: The activities that are due now.
    package mutating func setCap(_ capacity: Int?, of scope: String, at now: Timestamp) -> [UUID] {
        var changed = scopes[scope, default: Scope()]
        changed.capacity = capacity
        guard capacity != nil else {
            scopes[scope] = Scope()
            return changed.waits.map(\.asker.activity)
        }
        changed.attempts.formUnion(
            counted.filter { scope == ControlChange.globe || $1.contains(scope) }.keys)
        scopes[scope] = changed
        return due(in: [scope], at: now)
    }

    /// Takes a slot in each of `all`, or none.
    ///
    /// - Returns: The scope in which there is none for it now.
    package mutating func take(_ asker: Asker, in all: [String], at now: Timestamp) -> String? {
        let capped = Set(all).sorted().filter { scopes[$0]?.capacity != nil }
        for name in capped where !mayTake(asker, name, at: now) {
            for other in capped where other != name { leave(asker.asset, other) }
            return name
        }
        for name in capped {
            scopes[name]?.attempts.insert(asker.attempt)
            leave(asker.asset, name)
        }
        counted[asker.attempt] = all
        return nil
    }

    private mutating func leave(_ asset: StreamID, _ scope: String) {
        scopes[scope]?.waits.removeAll { $0.asker.asset == asset }
    }

    private mutating func mayTake(_ asker: Asker, _ name: String, at now: Timestamp) -> Bool {
        guard var scope = scopes[name], let capacity = scope.capacity else { return true }
        if scope.attempts.contains(asker.attempt) { return true }
        let free = capacity - scope.attempts.count
        if name.hasPrefix("rollout/") { return free > 0 }
        if free > 0, scope.waits.isEmpty { return true }
        if let place = scope.waits.firstIndex(where: { $0.asker.asset == asker.asset }) {
            scope.waits[place].seen = now
            scope.waits[place].asker = asker
        } else {
            let first = scope.waits.filter { $0.asker.rank == asker.rank }.map(\.turn).min()
            let last = scope.waits.filter { $0.asker.rollout == asker.rollout }.map(\.turn).max()
            scope.waits.append(
                Wait(
                    asker: asker, turn: max(first ?? 0, (last ?? -1) + 1), since: now, seen: now))
        }
        scopes[name] = scope
        return Self.next(scope, free, at: now).contains { $0.asset == asker.asset }
    }

    private static func next(_ scope: Scope, _ free: Int, at now: Timestamp) -> [Asker] {
        let waiting = scope.waits.filter { $0.seen > now + .seconds(-life.wholeSeconds) }
        return waiting.sorted {
            ($1.asker.rank, $0.turn, $0.since, $0.asker.asset)
                < ($0.asker.rank, $1.turn, $1.since, $1.asker.asset)
        }.prefix(max(0, free)).map(\.asker)
    }

    private func due(in names: some Sequence<String>, at now: Timestamp) -> [UUID] {
        names.flatMap { name -> [UUID] in
            guard let scope = scopes[name], let capacity = scope.capacity else { return [] }
            return Self.next(scope, capacity - scope.attempts.count, at: now).map(\.activity)
        }
    }

    /// What may not begin for another reason waits in no queue.
    package mutating func leave(_ asset: StreamID) {
        for name in scopes.keys { leave(asset, name) }
    }

    /// - Returns: The activities that are due now.
    package mutating func end(
        _ attempt: UUID, on asset: StreamID, at now: Timestamp
    ) -> [UUID] {
        var freed: [String] = []
        for name in scopes.keys.sorted() {
            if scopes[name]?.attempts.remove(attempt) != nil { freed.append(name) }
        }
        counted[attempt] = nil
        leave(asset)
        return due(in: freed, at: now)
    }

    /// The scopes of rollouts in which an attempt has a slot.
    package func rollouts(of attempt: UUID) -> [String] {
        scopes.filter { $0.key.hasPrefix("rollout/") && $0.value.attempts.contains(attempt) }
            .keys.sorted()
    }

    package func capacity(of scope: String) -> Int? { scopes[scope]?.capacity }

    /// As if nothing of what is under way had been counted anywhere.
    package mutating func forgetUnderWay() { counted = [:] }

    package func underWay(in scope: String) -> Int { scopes[scope]?.attempts.count ?? 0 }
}
