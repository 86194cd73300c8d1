/// When assets may be touched next: `GET /policies/windows`.
package struct WindowsResource: Codable, Sendable, Equatable {
    package let site: String?
    package let group: String?
    package let asset: String?
    package let from: String
    /// At `from`: `open`, `past-cutoff`, `closed`, `frozen`, or `unrestricted` where there are no
    /// windows.
    package let state: String
    /// By their start; those that are open at `from` come first.
    package let openings: [WindowOpeningResource]
    /// In the order of the policy.
    package let freezes: [PolicyFreezeResource]
    /// What is wrong with windows and freezes that were left out; the others count.
    package let faults: [String]
    package let position: Int64

    package init(
        site: String?, group: String?, asset: String?, from: String, state: String,
        openings: [WindowOpeningResource], freezes: [PolicyFreezeResource], faults: [String],
        position: Int64
    ) {
        self.site = site
        self.group = group
        self.asset = asset
        self.from = from
        self.state = state
        self.openings = openings
        self.freezes = freezes
        self.faults = faults
        self.position = position
    }
}

/// One time that a window is open: from `startsAt` on, before `endsAt`.
package struct WindowOpeningResource: Codable, Sendable, Equatable {
    package let window: String
    package let startsAt: String
    /// Nothing starts at it or later.
    package let lastStartAt: String
    package let endsAt: String
    /// By the clock on the wall in `timeZone`, such as `2026-01-06T22:00`.
    package let localStart: String
    package let localEnd: String
    package let timeZone: String
    /// The names of the freezes that touch it.
    package let frozenBy: [String]

    package init(
        window: String, startsAt: String, lastStartAt: String, endsAt: String, localStart: String,
        localEnd: String, timeZone: String, frozenBy: [String]
    ) {
        self.window = window
        self.startsAt = startsAt
        self.lastStartAt = lastStartAt
        self.endsAt = endsAt
        self.localStart = localStart
        self.localEnd = localEnd
        self.timeZone = timeZone
        self.frozenBy = frozenBy
    }
}

/// A freeze that a policy lists.
package struct PolicyFreezeResource: Codable, Sendable, Equatable {
    package let name: String
    package let from: String
    /// The first moment after it.
    package let to: String
    package let reason: String?

    package init(name: String, from: String, to: String, reason: String? = nil) {
        self.name = name
        self.from = from
        self.to = to
        self.reason = reason
    }
}
