package import EventSourcing

/// One life of a finding, from where it was found to where it was closed, as reports count it.
package struct FindingEpisode: Sendable, Equatable {
    /// Where it stands, or stood when it ended.
    package enum Standing: Sendable, Equatable {
        case open
        case mitigated
        case accepted
        /// Where it stood before somebody doubted it.
        case disputed(from: FindingPhase)
        case resolved(Resolution.Means, gathered: Timestamp, isInTime: Bool?)
        case dismissed(FindingDismissal, at: Timestamp)
    }

    /// More time, which an exception gives.
    package struct Deferral: Sendable, Equatable {
        package let until: Timestamp
        /// The deadline without it.
        package let ungranted: Timestamp

        package init(until: Timestamp, ungranted: Timestamp) {
            self.until = until
            self.ungranted = ungranted
        }
    }

    /// nil until it is classified, and so the two below.
    package let riskClass: RiskClass?
    package let clock: SLAClock?
    package let deadline: Timestamp?
    package let opened: Timestamp
    /// When it was found, where that is earlier: an end before this life was none, and was taken back.
    package let exposedSince: Timestamp
    package let standing: Standing
    package let deferral: Deferral?
    /// When it came back, which began another episode.
    package let reopened: Timestamp?

    package init(
        riskClass: RiskClass?, clock: SLAClock?, deadline: Timestamp?, opened: Timestamp,
        exposedSince: Timestamp? = nil, standing: Standing, deferral: Deferral? = nil,
        reopened: Timestamp? = nil
    ) {
        self.riskClass = riskClass
        self.clock = clock
        self.deadline = deadline
        self.opened = opened
        self.exposedSince = exposedSince ?? opened
        self.standing = standing
        self.deferral = deferral
        self.reopened = reopened
    }

    /// When what shows its end was seen; nil while it has none.
    package var closed: Timestamp? {
        switch standing {
        case .open, .mitigated, .accepted, .disputed: nil
        case .resolved(_, let gathered, _): gathered
        case .dismissed(_, let moment): moment
        }
    }

    /// Where it stood at `moment`: nil before it was opened; open as long as its end had not been
    /// seen.
    package func standing(at moment: Timestamp) -> Standing? {
        guard opened <= moment else { return nil }
        if let closed, closed > moment { return .open }
        return standing
    }

    /// The time that an exception gives beyond `moment`.
    func deferral(at moment: Timestamp) -> Deferral? {
        deferral.flatMap { $0.until > moment ? $0 : nil }
    }

    /// Whether time counts against one that stands like that: what a control mitigates still has its
    /// remediation to come.
    func clockRuns(_ standing: Standing) -> Bool {
        switch standing {
        case .open, .disputed(from: .open): true
        case .mitigated, .disputed(from: .mitigated): clock?.kind == .remediation
        case .accepted, .disputed, .resolved, .dismissed: false
        }
    }
}
