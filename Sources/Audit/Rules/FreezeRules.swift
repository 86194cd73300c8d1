internal import EventSourcing
internal import PatchManagement

/// Freezes, from their own streams and from policies: nothing begins in one (I2). They are made and
/// lifted by people who may.
struct FreezeRules {
    private struct Held {
        let id: String
        let from: Timestamp
        let to: Timestamp
    }

    private static let rule = "I2"

    /// By scope, those of their own that stand.
    private var standing: [PolicyScope: [Held]] = [:]
    /// By scope, of policies that say anything of freezes.
    private var policies: [PolicyScope: [Held]] = [:]
    private var states: [StreamKey: Freeze] = [:]

    mutating func read(_ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement) {
        guard let read = judgement.decode(FreezeEvent.self, event) else { return }
        var state = states[event.stream] ?? Freeze()
        switch read {
        case .created(let created):
            people.check(created.by, mayDo: [.createFreeze], event, &judgement)
            if StreamKey(created.freeze) != event.stream {
                judgement.violation(Self.rule, event, "it is another freeze")
            }
            let terms = created.terms
            standing[terms.scope, default: []].append(
                Held(
                    id: created.freeze.text,
                    from: created.isImmediate ? Timestamp(microseconds: 0) : terms.from,
                    to: terms.to))
        case .lifted(let lifted):
            people.check(lifted.by, mayDo: [.liftFreeze], event, &judgement)
            guard let id = state.id, let scope = state.terms?.scope else {
                judgement.absent(Self.rule, event, "nobody created the freeze that is lifted")
                break
            }
            standing[scope]?.removeAll { $0.id == id.text }
            if standing[scope]?.isEmpty == true { standing[scope] = nil }
        }
        FreezeDecider.evolve(&state, read)
        states[event.stream] = state
    }

    /// From here on the scope's policy has these freezes, and no others.
    mutating func put(_ policy: PublishedPolicy) {
        guard case .policy(_, _, _, let bars) = policy.freezeChange else { return }
        policies[policy.scope] = bars.map { bars in
            bars.map {
                Held(id: $0.freeze, from: $0.from, to: $0.to ?? Timestamp(microseconds: .max))
            }
        }
    }

    /// Most logs have none.
    var isEmpty: Bool { standing.isEmpty && policies.isEmpty }

    /// A freeze in which something began that doesn't stand in `overridden`; nil for none.
    func freeze(
        on asset: StreamKey, _ place: AssetPlace, at moment: Timestamp, without overridden: [String]
    ) -> String? {
        var scopes: [PolicyScope] = []
        if let id = StreamID(asset.description) { scopes.append(.asset(id)) }
        if let group = place.group { scopes.append(.group(group)) }
        scopes += [.site(place.site), .account]
        let own = scopes.flatMap { standing[$0] ?? [] }
        // Of policies the lowest that says anything counts.
        let listed = scopes.lazy.compactMap { policies[$0] }.first ?? []
        return (own + listed).first {
            $0.from <= moment && moment < $0.to && !overridden.contains($0.id)
        }?.id
    }
}
