internal import EventSourcing
internal import PatchManagement

/// Caps: no attempt begins in a scope while as many are under way there as may be, over all rollouts (I1).
/// They are set and cleared by people who may.
struct CapRules {
    private static let rule = "I1"

    /// Of the scopes that have one.
    private var limits: [CapScope: Int] = [:]

    mutating func read(_ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement) {
        guard let read = judgement.decode(CapEvent.self, event) else { return }
        let scope: CapScope
        switch read {
        case .set(let set):
            people.check(set.by, mayDo: [.setCap], event, &judgement)
            scope = set.scope
            limits[scope] = set.limit
        case .cleared(let cleared):
            people.check(cleared.by, mayDo: [.clearCap], event, &judgement)
            scope = cleared.scope
            limits[scope] = nil
        }
        if StreamKey(scope.cap) != event.stream {
            judgement.violation(Self.rule, event, "it is the cap of another scope")
        }
    }

    /// Most logs have none.
    var isEmpty: Bool { limits.isEmpty }

    /// Why none may begin at `place`, which is counted among those under way; nil when it may.
    ///
    /// - Parameter underWay: How many there are at places of which that is true.
    func excess(
        at place: AssetPlace, _ underWay: ((AssetPlace) -> Bool) -> Int
    ) -> String? {
        for scope in place.capScopes {
            guard let limit = limits[scope] else { continue }
            let count = underWay { $0.capScopes.contains(scope) }
            if count > limit {
                return "\(count) attempts are under way in \(scope), \(limit) may be"
            }
        }
        return nil
    }
}

/// Where an asset belongs, as its deployment was ordered.
struct AssetPlace: Hashable {
    let site: String
    let group: String?
    let failureDomain: String?

    var capScopes: [CapScope] {
        [.account, .site(site)] + (group.map { [.group($0)] } ?? [])
            + (failureDomain.map { [.domain($0)] } ?? [])
    }
}
