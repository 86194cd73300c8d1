package import EventSourcing
internal import JSON

/// The freezes of policies where intents commit.
extension PublishedPolicy {
    /// What a publication changes: all freezes of its scope at once.
    package var freezeChange: CalendarChange {
        let policy = scope.policy.text
        let bars = document[.freezes].map { list in
            let calendar = WindowCalendar(windows: [], freezes: list.array ?? [])
            let read = calendar.freezes.map {
                FreezeBar(freeze: Self.freezeID($0.name, of: scope), from: $0.from, to: $0.to)
            }
            // What nobody can read might be now.
            let unread =
                calendar.faults.isEmpty
                ? [] : [FreezeBar(freeze: "\(policy)/", from: .distantPast, to: nil)]
            return read + unread
        }
        return .policy(
            policy, scope: scope.dispatchScope, level: scope.level.number, bars)
    }

    /// Under which a freeze of a policy is overridden.
    package static func freezeID(_ name: String, of scope: PolicyScope) -> String {
        "\(scope.policy.text)/\(name)"
    }
}

extension PolicyScope {
    /// The scope in the words of permits.
    package var dispatchScope: String {
        switch self {
        case .account: ControlChange.globe
        case .site(let name): ControlChange.siteScope(name)
        case .group(let name): ControlChange.groupScope(name)
        case .asset(let id): ControlChange.assetScope(id)
        }
    }
}

extension PolicyScope.Level {
    /// 1 for the widest.
    var number: Int {
        switch self {
        case .account: 1
        case .site: 2
        case .group: 3
        case .asset: 4
        }
    }
}

extension RolloutTarget {
    /// The scopes whose freezes hold for it, and whose caps count it.
    package var freezeScopes: [String] {
        [ControlChange.assetScope(asset)] + (group.map { [ControlChange.groupScope($0)] } ?? [])
            + (failureDomain.map { [ControlChange.domainScope($0)] } ?? [])
            + [ControlChange.siteScope(site), ControlChange.globe]
    }
}

extension Timestamp {
    /// Before everything that is recorded.
    static let distantPast = Timestamp(microseconds: 0)
}
