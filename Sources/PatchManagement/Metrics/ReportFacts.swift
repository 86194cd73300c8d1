package import EventSourcing

/// What reports ask of an asset, as it is described now.
package struct AssetFact: Sendable, Equatable {
    package let id: String
    package let site: String?
    package let owner: String?
    package let environment: String
    package let isActive: Bool
    /// When it was last heard of: by its own inventory or a report that was taken for it, whichever
    /// is later; nil when there was neither.
    package let reported: Timestamp?

    package init(
        id: String, site: String?, owner: String?, environment: String, isActive: Bool,
        reported: Timestamp?
    ) {
        self.id = id
        self.site = site
        self.owner = owner
        self.environment = environment
        self.isActive = isActive
        self.reported = reported
    }

    /// How old an inventory may be for what it says to hold.
    static let freshSeconds: Int64 = 7 * 86_400

    func isFresh(at moment: Timestamp) -> Bool {
        guard let reported, isActive else { return false }
        return reported.seconds(to: moment) <= Self.freshSeconds
    }

    /// One that should report, and doesn't.
    func isSilent(at moment: Timestamp) -> Bool { isActive && !isFresh(at: moment) }
}

/// A finding with all its lives, and the asset that it is on.
package struct FindingFact: Sendable, Equatable {
    package let asset: AssetFact
    /// The oldest first.
    package let episodes: [FindingEpisode]

    package init(asset: AssetFact, episodes: [FindingEpisode]) {
        self.asset = asset
        self.episodes = episodes
    }
}

/// What became of one asset in one rollout.
package struct DeploymentFact: Sendable, Equatable {
    package enum Standing: Sendable, Equatable, CaseIterable {
        case underWay
        case succeeded
        case pendingReboot
        case failed
        case rollingBack
        case rolledBack
        case rollbackFailed
        /// The installation began, and nobody knows what came of it.
        case unknown
        /// Skipped, cancelled, or absent.
        case untouched
    }

    package let patch: String
    package let riskClass: RiskClass?
    package let standing: Standing
    /// 0 before the first.
    package let attempts: Int
    /// When an installation was first begun.
    package let installBegan: Timestamp?
    /// When it came to stand so.
    package let changed: Timestamp

    package init(
        patch: String, riskClass: RiskClass?, standing: Standing, attempts: Int,
        installBegan: Timestamp?, changed: Timestamp
    ) {
        self.patch = patch
        self.riskClass = riskClass
        self.standing = standing
        self.attempts = attempts
        self.installBegan = installBegan
        self.changed = changed
    }
}

package struct RolloutFact: Sendable, Equatable {
    package let riskClass: RiskClass?
    /// When its first batch began; nil when none has.
    package let started: Timestamp?
    /// The batch whose gate tripped first; 0 is the canary.
    package let firstTripped: Int?
    package let isUnderWay: Bool
    /// It was planned in an emergency.
    package let isEmergency: Bool

    package init(
        riskClass: RiskClass?, started: Timestamp?, firstTripped: Int?, isUnderWay: Bool,
        isEmergency: Bool = false
    ) {
        self.riskClass = riskClass
        self.started = started
        self.firstTripped = firstTripped
        self.isUnderWay = isUnderWay
        self.isEmergency = isEmergency
    }
}

/// A patch, with when it first passed each stage.
package struct PatchFact: Sendable, Equatable {
    package let id: String
    package let riskClass: RiskClass?
    /// It goes on to no further stage.
    package let isEnded: Bool
    package let identified: Timestamp
    package let assessed: Timestamp?
    package let qualified: Timestamp?
    package let approved: Timestamp?
    /// As the assessment estimates it; nil when it says nothing.
    package let effortMinutes: Int64?

    package init(
        id: String, riskClass: RiskClass?, isEnded: Bool, identified: Timestamp,
        assessed: Timestamp?, qualified: Timestamp?, approved: Timestamp?, effortMinutes: Int64?
    ) {
        self.id = id
        self.riskClass = riskClass
        self.isEnded = isEnded
        self.identified = identified
        self.assessed = assessed
        self.qualified = qualified
        self.approved = approved
        self.effortMinutes = effortMinutes
    }
}
