/// When something may be dispatched, as the database's tables of openings and freezes say.
package struct InMemoryCalendar: Sendable {
    package init() {}

    private struct Frozen {
        let bar: FreezeBar
        let scope: String
    }

    private struct PolicyFreezes {
        let scope: String
        let level: Int
        let bars: [FreezeBar]
    }

    private var openings: [StreamID: [[Opening]]] = [:]
    private var freezes: [Frozen] = []
    private var policies: [String: PolicyFreezes] = [:]
    /// Freezes that don't count for a rollout.
    /// Until when; nil for good.
    private var overridden: [StreamID: [String: Timestamp?]] = [:]

    /// - Returns: A freeze that ended, or ended for some: what waits for it is due.
    package mutating func apply(_ change: CalendarChange) -> String? {
        switch change {
        case .open(let rollout, let calendars): openings[rollout] = calendars
        case .forget(let rollout): openings[rollout] = nil
        case .freeze(let bar, let scope):
            guard !freezes.contains(where: { $0.bar.freeze == bar.freeze }) else { return nil }
            freezes.append(Frozen(bar: bar, scope: scope))
        case .lift(let freeze):
            freezes.removeAll { $0.bar.freeze == freeze }
            return freeze
        case .override(let freeze, let rollout, let until):
            let known = overridden[rollout]?[freeze]
            let end: Timestamp? =
                if let known { known.flatMap { known in until.map { max(known, $0) } } } else {
                    until
                }
            overridden[rollout, default: [:]].updateValue(end, forKey: freeze)
            return freeze
        case .restore(let freeze, let rollout):
            if case .some(.some) = overridden[rollout]?[freeze] {
                overridden[rollout]?.removeValue(forKey: freeze)
            }
        case .policy(let policy, let scope, let level, let bars):
            policies[policy] = bars.map {
                PolicyFreezes(scope: scope, level: level, bars: $0)
            }
        // Kept by the slots.
        case .cap: break
        }
        return nil
    }

    private func isOverridden(
        _ freeze: String, for rollout: StreamID, at latest: Timestamp
    ) -> Bool {
        guard let until = overridden[rollout]?[freeze] else { return false }
        return until.map { latest + Opening.grantLife < $0 } ?? true
    }

    /// - Parameters:
    ///   - earliest: The clock that is behind the other.
    ///   - latest: The one that is ahead, or the time that the log has reached.
    package func check(
        _ permit: Permit, from earliest: Timestamp, to latest: Timestamp
    ) throws(AppendRefusal) {
        let relevant = policies.values.filter { permit.freezeScopes.contains($0.scope) }
        let lowest = relevant.map(\.level).max()
        let bars =
            freezes.filter { permit.freezeScopes.contains($0.scope) }.map(\.bar)
            + relevant.filter { $0.level == lowest }.flatMap(\.bars)
        let inTheWay = bars.filter {
            $0.bars(from: earliest, to: latest)
                && !isOverridden($0.freeze, for: permit.rollout, at: latest)
        }
        let end = Timestamp(microseconds: .max)
        if let bar = inTheWay.max(by: { ($0.to ?? end, $1.freeze) < ($1.to ?? end, $0.freeze) }) {
            throw .frozen(
                DispatchWait(
                    until: bar.to, delay: bar.to.map { Self.wait(from: earliest, to: $0) },
                    freeze: bar.freeze))
        }
        guard let number = permit.calendar else { return }
        let known = openings[permit.rollout] ?? []
        let own = known.indices.contains(number) ? known[number] : []
        guard !own.contains(where: { $0.grants(from: earliest, to: latest) }) else { return }
        let next = own.filter { latest + Opening.grantLife < $0.lastStart }.map(\.start).min()
        throw .outsideWindow(
            DispatchWait(
                until: next, delay: next.map { Self.wait(from: earliest, to: $0) }))
    }

    private static func wait(from moment: Timestamp, to next: Timestamp) -> Duration {
        max(.seconds(1), next - moment)
    }
}
