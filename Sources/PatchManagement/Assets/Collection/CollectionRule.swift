package import EventSourcing

/// When an asset is asked for its inventory without anybody saying so, and when its silence is worth
/// an alarm.
package struct CollectionRule: Sendable, Equatable {
    /// Of an asset of this kind, between two looks; nil for what isn't asked but reported on.
    package let intervalSeconds: Int?
    /// After a look that failed, at least.
    package let retrySeconds: Int
    /// Of silence, before it is overdue.
    package let patienceSeconds: Int
    /// What was reported once holds for good: only who never reported is overdue.
    package let isLasting: Bool

    package init(
        intervalSeconds: Int?, retrySeconds: Int, patienceSeconds: Int, isLasting: Bool = false
    ) {
        self.intervalSeconds = intervalSeconds
        self.retrySeconds = retrySeconds
        self.patienceSeconds = patienceSeconds
        self.isLasting = isLasting
    }

    /// Daily for what can be asked, overdue after two days; what others report on has eight.
    package static func standard(for kind: AssetKind) -> CollectionRule {
        switch kind {
        case .machine, .cloudInstance:
            CollectionRule(
                intervalSeconds: 86_400, retrySeconds: 3 * 3600, patienceSeconds: 2 * 86_400)
        case .networkDevice, .embeddedDevice, .application, .firmware:
            CollectionRule(intervalSeconds: nil, retrySeconds: 0, patienceSeconds: 8 * 86_400)
        case .image:
            CollectionRule(
                intervalSeconds: nil, retrySeconds: 0, patienceSeconds: 8 * 86_400, isLasting: true)
        }
    }

    /// What is known of the last looks at an asset.
    package struct Facts: Sendable, Equatable {
        package let registered: Timestamp
        /// By itself; nil before the first time.
        package let reported: Timestamp?
        /// By itself or through others; nil before the first time.
        package let heard: Timestamp?
        /// Of the last look, where it failed.
        package let failed: Timestamp?
        package let isBeingAsked: Bool
        package let isOverdue: Bool

        package init(
            registered: Timestamp, reported: Timestamp?, heard: Timestamp?, failed: Timestamp?,
            isBeingAsked: Bool,
            isOverdue: Bool
        ) {
            self.registered = registered
            self.reported = reported
            self.heard = heard
            self.failed = failed
            self.isBeingAsked = isBeingAsked
            self.isOverdue = isOverdue
        }
    }

    /// Whether it is to be asked now. One that never reported is asked at once.
    package func isDue(_ facts: Facts, at now: Timestamp) -> Bool {
        guard let intervalSeconds, !facts.isBeingAsked else { return false }
        if let failed = facts.failed, now < failed + .seconds(retrySeconds) { return false }
        guard let reported = facts.reported else { return true }
        return now >= reported + .seconds(intervalSeconds)
    }

    /// Whether its silence is to be told now: once, until it reports again.
    package func isNewlyOverdue(_ facts: Facts, at now: Timestamp) -> Bool {
        if isLasting, facts.heard != nil { return false }
        let last = facts.heard ?? facts.registered
        return !facts.isOverdue && now >= last + .seconds(patienceSeconds)
    }
}

/// An asset has been silent for longer than its kind may be.
package struct CollectionOverdue: EventPayload {
    package static let type = "CollectionOverdue"
    /// nil when it never reported.
    package let lastReported: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case lastReported = "last_reported"
    }
}
