/// The numbers by which patchflow decides, as data. What a stream needs of them is copied into its
/// first event, so a later change never alters a decision that was made.
package struct Policy: Codable, Sendable, Equatable {
    package var approvalExpirySeconds = 30 * 86_400
    package var evidenceAgeSeconds = 30 * 86_400
    package var gate = GateSettings()
    package var retries = RetryBudget()
    package var progressDeadlineSeconds = 24 * 3600
    /// Attempts of one rollout under way at once.
    package var rolloutCapacity = 50
    /// How long one asset is thought to take, for predicted ends only.
    package var predictedSecondsPerAsset = 120
    /// nil stands for `BatchesByClass()`, and likewise below.
    package var batches: BatchesByClass?
    package var soak: SoakByClass?
    /// nil stands for `HealthPolicy()`.
    package var health: HealthPolicy?
    /// nil stands for `RebootRules()`.
    package var reboot: RebootRules?
    /// nil stands for `SnapshotRules()`.
    package var snapshot: SnapshotRules?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case approvalExpirySeconds = "approval_expiry_seconds"
        case evidenceAgeSeconds = "evidence_age_seconds"
        case gate
        case retries
        case progressDeadlineSeconds = "progress_deadline_seconds"
        case rolloutCapacity = "rollout_capacity"
        case predictedSecondsPerAsset = "predicted_seconds_per_asset"
        case batches, soak, health, reboot, snapshot
    }

    /// The batches of a rollout of that class, in the grammar of `BatchGrammar`.
    package func batches(for riskClass: RiskClass) -> String {
        let batches = batches ?? BatchesByClass()
        return switch riskClass {
        case .urgent: batches.urgent
        case .important: batches.important
        case .nonCritical: batches.nonCritical
        }
    }

    /// `gate` with a limit over the whole rollout, where it has none: twice the share of failures
    /// that a batch may have, at least three, and never less than a single batch may have.
    ///
    /// Only there do failures count that a person has acknowledged, and those that come late to a
    /// batch that has passed: without that limit nothing would ever stop them.
    package func limited(_ gate: GateSettings, targets: Int) -> GateSettings {
        guard gate.maxTotalFailures == nil else { return gate }
        var limited = gate
        let percent = 2 * min(max(gate.maxPercent, 0), 50)
        limited.maxTotalFailures = max(3, targets * percent / 100, gate.maxFailures ?? 0)
        return limited
    }

    /// How long batch `batch` must stay healthy before its gate can pass.
    package func soakSeconds(for riskClass: RiskClass, batch: Int) -> Int {
        let soak = soak ?? SoakByClass()
        return switch riskClass {
        case .urgent: soak.urgent
        case .important: batch == 0 ? soak.importantFirst : soak.important
        case .nonCritical: soak.nonCritical
        }
    }
}

/// The batches by class, in the grammar of `BatchGrammar`: as built in, cumulative 1, 10, 25, 50 and
/// 100 %, for urgent ones 1, 25 and 100 %.
package struct BatchesByClass: Codable, Sendable, Equatable {
    package var urgent = "1%,24%,rest"
    package var important = "1%,9%,15%,25%,rest"
    package var nonCritical = "1%,9%,15%,25%,rest"

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case urgent, important
        case nonCritical = "non_critical"
    }
}

/// How long a batch of each class soaks, in seconds.
package struct SoakByClass: Codable, Sendable, Equatable {
    package var urgent = 3600
    package var importantFirst = 24 * 3600
    package var important = 12 * 3600
    package var nonCritical = 24 * 3600

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case urgent = "urgent_seconds"
        case importantFirst = "important_first_seconds"
        case important = "important_seconds"
        case nonCritical = "non_critical_seconds"
    }
}

/// How often and how long a deployment tries before it counts as something.
package struct RetryBudget: Codable, Sendable, Equatable, Hashable {
    /// Tries after the first one, for a host that can't be reached, a held lock, a worker that
    /// died before the installation began, or an installation that a probe proved never began.
    package var retries = 4
    /// Before the first of them; doubled for each further one.
    package var firstDelaySeconds = 15
    package var longestDelaySeconds = 900
    /// How long an asset in doubt is probed before it counts as unreachable.
    package var probeDeadlineSeconds = 3600

    package init() {}

    package init(
        retries: Int, firstDelaySeconds: Int, longestDelaySeconds: Int, probeDeadlineSeconds: Int
    ) {
        self.retries = retries
        self.firstDelaySeconds = firstDelaySeconds
        self.longestDelaySeconds = longestDelaySeconds
        self.probeDeadlineSeconds = probeDeadlineSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case retries
        case firstDelaySeconds = "first_delay_seconds"
        case longestDelaySeconds = "longest_delay_seconds"
        case probeDeadlineSeconds = "probe_deadline_seconds"
    }

    /// What is to be waited before try `number`, 1 for the first retry.
    package func delaySeconds(beforeRetry number: Int) -> Int {
        var delay = firstDelaySeconds
        for _ in 1..<max(1, number) {
            if delay >= longestDelaySeconds { break }
            delay *= 2
        }
        return min(delay, longestDelaySeconds)
    }
}
