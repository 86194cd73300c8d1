/// A rollout as `GET /rollouts` lists it and `GET /rollouts/{id}` shows it.
package struct RolloutResource: Codable, Sendable, Equatable {
    /// `ro_` and a UUID.
    package let id: String
    package let patch: String
    package let patchTitle: String
    /// Such as `running`, `soaking`, `paused`, `completed`.
    package let state: String
    /// Why it halted or ended.
    package let reason: String?
    package let planDigest: String
    /// The batch it is at, from 0.
    package let batch: Int?
    /// Left empty in lists.
    package let batches: [BatchResource]
    package let counts: DeploymentCounts
    package let approval: ApprovalResource?
    package let predictedEnd: String?
    package let plannedAt: String
    /// When its first batch began; nil before.
    package let startedAt: String?
    /// The batch whose gate tripped first, 0 for the canary; nil when none has.
    package let firstTrippedBatch: Int?
    /// The emergency that it was planned in; nil mostly.
    package let emergency: String?
    /// Assets whose owners have them patched later, each with the last word; nil for none.
    package let postponed: [PostponedResource]?
    /// The schedule that planned it; nil where a person did.
    package let schedule: String?
    /// The deadline that its predicted end misses; nil when it is in time.
    package let missedDeadline: String?
    /// The risk owner who knows of that; without one it doesn't start.
    package let missAcknowledgedBy: String?
    package let changedAt: String
    package let version: Int

    package init(
        id: String, patch: String, patchTitle: String, state: String, reason: String? = nil,
        planDigest: String, batch: Int? = nil, batches: [BatchResource], counts: DeploymentCounts,
        approval: ApprovalResource? = nil, predictedEnd: String? = nil, plannedAt: String,
        startedAt: String? = nil, firstTrippedBatch: Int? = nil, emergency: String? = nil,
        postponed: [PostponedResource]? = nil, schedule: String? = nil,
        missedDeadline: String? = nil, missAcknowledgedBy: String? = nil, changedAt: String,
        version: Int
    ) {
        self.id = id
        self.patch = patch
        self.patchTitle = patchTitle
        self.state = state
        self.reason = reason
        self.planDigest = planDigest
        self.batch = batch
        self.batches = batches
        self.counts = counts
        self.approval = approval
        self.predictedEnd = predictedEnd
        self.plannedAt = plannedAt
        self.startedAt = startedAt
        self.firstTrippedBatch = firstTrippedBatch
        self.emergency = emergency
        self.postponed = postponed
        self.schedule = schedule
        self.missedDeadline = missedDeadline
        self.missAcknowledgedBy = missAcknowledgedBy
        self.changedAt = changedAt
        self.version = version
    }
}

/// What the owner of an asset wants.
package struct PostponedResource: Codable, Sendable, Equatable {
    package let asset: String
    package let until: String
    /// 1 for the first time in this rollout.
    package let number: Int
    package let reason: String
    package let by: String

    package init(asset: String, until: String, number: Int, reason: String, by: String) {
        self.asset = asset
        self.until = until
        self.number = number
        self.reason = reason
        self.by = by
    }
}

/// A batch as it stands.
package struct BatchResource: Codable, Sendable, Equatable {
    package let index: Int
    package let size: Int
    /// `waiting`, `running`, `soaking`, `passed`, `skipped`, `tripped`, `cancelled` or
    /// `awaitingReturn`.
    package let state: String
    package let counts: DeploymentCounts
    package let soakUntil: String?
    /// The last evaluation.
    package let gate: GateResource?
    /// Of the batch of those that were absent: until then they may return.
    package let returnUntil: String?
    /// The last round of probes that was about it; nil where nobody is asked.
    package let health: HealthResource?

    package init(
        index: Int, size: Int, state: String, counts: DeploymentCounts, soakUntil: String? = nil,
        gate: GateResource? = nil, returnUntil: String? = nil, health: HealthResource? = nil
    ) {
        self.index = index
        self.size = size
        self.state = state
        self.counts = counts
        self.soakUntil = soakUntil
        self.gate = gate
        self.returnUntil = returnUntil
        self.health = health
    }
}

/// Deployments by outcome; they add up to the targets.
package struct DeploymentCounts: Codable, Sendable, Equatable {
    package let waiting: Int
    package let running: Int
    package let succeeded: Int
    package let failed: Int
    package let unknown: Int
    package let absent: Int
    package let skipped: Int
    package let cancelled: Int
    package let rolledBack: Int

    package init(
        waiting: Int = 0, running: Int = 0, succeeded: Int = 0, failed: Int = 0, unknown: Int = 0,
        absent: Int = 0, skipped: Int = 0, cancelled: Int = 0, rolledBack: Int = 0
    ) {
        self.waiting = waiting
        self.running = running
        self.succeeded = succeeded
        self.failed = failed
        self.unknown = unknown
        self.absent = absent
        self.skipped = skipped
        self.cancelled = cancelled
        self.rolledBack = rolledBack
    }
}

/// What a gate decided, and why.
package struct GateResource: Codable, Sendable, Equatable {
    /// `pass`, `trip`, `wait` or `inconclusive`.
    package let verdict: String
    package let rule: String
    /// As measured.
    package let value: String
    package let limit: String
    /// Ids of those that caused it.
    package let assets: [String]
    /// Their names, in the same order.
    package let hosts: [String]
    package let at: String

    package init(
        verdict: String, rule: String, value: String, limit: String, assets: [String] = [],
        hosts: [String] = [], at: String
    ) {
        self.verdict = verdict
        self.rule = rule
        self.value = value
        self.limit = limit
        self.assets = assets
        self.hosts = hosts
        self.at = at
    }
}

/// One rollout on one asset: `GET /rollouts/{id}/deployments`, `GET /deployments/{id}`.
package struct DeploymentResource: Codable, Sendable, Equatable {
    /// `de_` and a UUID.
    package let id: String
    package let rollout: String
    package let patch: String
    package let asset: String
    /// Its name.
    package let host: String
    package let batch: Int
    package let state: String
    /// `success`, `failed`, `skipped` or `unknown`; nil while open.
    package let outcome: String?
    package let reason: String?
    package let attempt: String?
    /// How many there were, the one under way among them.
    package let attempts: Int
    /// When an installation was first begun; nil when none was.
    package let installBeganAt: String?
    /// Since when it is installed and not in effect before a reboot; nil when none is due.
    package let rebootDueSince: String?
    /// Digest of what the policy's snapshot said; nil where none was taken.
    package let snapshot: String?
    package let before: [PackageResource]
    package let after: [PackageResource]
    /// Of a bundle: what became of each patch; nil before a scan has shown it.
    package let items: [ItemOutcomeResource]?
    package let changedAt: String
    package let version: Int

    package init(
        id: String, rollout: String, patch: String, asset: String, host: String, batch: Int,
        state: String, outcome: String? = nil, reason: String? = nil, attempt: String? = nil,
        attempts: Int = 0, installBeganAt: String? = nil, rebootDueSince: String? = nil,
        snapshot: String? = nil,
        before: [PackageResource] = [], after: [PackageResource] = [],
        items: [ItemOutcomeResource]? = nil, changedAt: String, version: Int
    ) {
        self.id = id
        self.rollout = rollout
        self.patch = patch
        self.asset = asset
        self.host = host
        self.batch = batch
        self.state = state
        self.outcome = outcome
        self.reason = reason
        self.attempt = attempt
        self.attempts = attempts
        self.installBeganAt = installBeganAt
        self.rebootDueSince = rebootDueSince
        self.snapshot = snapshot
        self.before = before
        self.after = after
        self.items = items
        self.changedAt = changedAt
        self.version = version
    }
}
