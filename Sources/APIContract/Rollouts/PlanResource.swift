/// `POST /plans`: makes a plan and changes nothing else; answers 201.
package struct PlanRolloutRequest: Codable, Sendable, Equatable {
    package let patch: String
    package let target: TargetSelector
    /// Such as `1,5%,25%,rest`; nil takes the policy's for the class of the patch.
    package let batches: String?
    /// Of every batch; nil takes the policy's for the class of the patch, batch by batch.
    package let soakSeconds: Int?
    package let gate: GateOverrides?
    package let caps: CapsResource?
    /// `never`, `ifRequired`, `always` or `servicesSuffice`; nil takes the policy's.
    package let rebootPolicy: String?
    package let retries: RetriesResource?
    /// Names of the policy's probes by which the hosts are asked for their health.
    package let probes: [String]?

    package init(
        patch: String, target: TargetSelector, batches: String? = nil, soakSeconds: Int? = nil,
        gate: GateOverrides? = nil, caps: CapsResource? = nil, rebootPolicy: String? = nil,
        retries: RetriesResource? = nil, probes: [String]? = nil
    ) {
        self.patch = patch
        self.target = target
        self.batches = batches
        self.soakSeconds = soakSeconds
        self.gate = gate
        self.caps = caps
        self.rebootPolicy = rebootPolicy
        self.retries = retries
        self.probes = probes
    }
}

/// How patient a rollout is with hosts that can't be touched now; nil takes the policy's.
package struct RetriesResource: Codable, Sendable, Equatable {
    /// Tries after the first one.
    package let count: Int?
    /// Before the first of them; doubled for each further one.
    package let firstDelaySeconds: Int?

    package init(count: Int? = nil, firstDelaySeconds: Int? = nil) {
        self.count = count
        self.firstDelaySeconds = firstDelaySeconds
    }
}

/// A plan: what a rollout would do, whole. `GET /plans/{id}` shows it again.
package struct PlanResource: Codable, Sendable, Equatable {
    /// Of the rollout that it becomes.
    package let id: String
    /// What `apply` and the approval name.
    package let digest: String
    package let patch: String
    package let artefactDigest: String
    package let packages: [PackageResource]
    package let batches: [PlannedBatchResource]
    package let skipped: [SkippedAssetResource]
    package let gate: GateSettingsResource
    package let caps: CapsResource
    package let rebootPolicy: String
    package let predictedEnd: String?
    /// The windows of its targets; nil where windows hold none of them back.
    package let calendars: [PlannedCalendarResource]?
    /// The earliest deadline of what the patch mends on the targets; nil for none.
    package let slaDeadline: String?
    /// What an end after that deadline needs; nil for one in time.
    package let lateness: String?
    /// Of the policy for rollouts by which it was planned; nil before policies were published.
    package let policyVersion: Int?
    /// Flaws that the patch is known to have introduced, and that nobody mends; nil for none.
    package let introducedFlaws: [String]?
    /// How the hosts are asked for their health; nil where they aren't.
    package let health: PlannedHealthResource?
    /// The rollout whose failures it takes up again.
    package let retryOf: String?
    package let createdAt: String

    package init(
        id: String, digest: String, patch: String, artefactDigest: String,
        packages: [PackageResource], batches: [PlannedBatchResource],
        skipped: [SkippedAssetResource], gate: GateSettingsResource, caps: CapsResource,
        rebootPolicy: String, predictedEnd: String? = nil,
        calendars: [PlannedCalendarResource]? = nil, slaDeadline: String? = nil,
        lateness: String? = nil, policyVersion: Int? = nil,
        introducedFlaws: [String]? = nil, health: PlannedHealthResource? = nil,
        retryOf: String? = nil, createdAt: String
    ) {
        self.id = id
        self.digest = digest
        self.patch = patch
        self.artefactDigest = artefactDigest
        self.packages = packages
        self.batches = batches
        self.skipped = skipped
        self.gate = gate
        self.caps = caps
        self.rebootPolicy = rebootPolicy
        self.predictedEnd = predictedEnd
        self.calendars = calendars
        self.slaDeadline = slaDeadline
        self.lateness = lateness
        self.policyVersion = policyVersion
        self.introducedFlaws = introducedFlaws
        self.health = health
        self.retryOf = retryOf
        self.createdAt = createdAt
    }
}

/// The probes of a plan, and how often how many hosts are asked.
package struct PlannedHealthResource: Codable, Sendable, Equatable {
    /// Names of probes of the policy.
    package let probes: [String]
    package let intervalSeconds: Int
    package let sampleHosts: Int
    package let minAnswers: Int

    package init(
        probes: [String], intervalSeconds: Int, sampleHosts: Int, minAnswers: Int
    ) {
        self.probes = probes
        self.intervalSeconds = intervalSeconds
        self.sampleHosts = sampleHosts
        self.minAnswers = minAnswers
    }
}

/// One batch of a plan; index 0 is the canary.
package struct PlannedBatchResource: Codable, Sendable, Equatable {
    package let index: Int
    package let soakSeconds: Int
    package let targets: [PlannedTargetResource]
    /// When it is expected to begin; nil when no window opens any more, and in older plans.
    package let predictedStart: String?
    /// Its soak included.
    package let predictedEnd: String?
    /// Its windows end before all of its targets had their turn.
    package let isShort: Bool?

    package init(
        index: Int, soakSeconds: Int, targets: [PlannedTargetResource],
        predictedStart: String? = nil, predictedEnd: String? = nil, isShort: Bool? = nil
    ) {
        self.index = index
        self.soakSeconds = soakSeconds
        self.targets = targets
        self.predictedStart = predictedStart
        self.predictedEnd = predictedEnd
        self.isShort = isShort
    }
}

/// One asset of a batch.
package struct PlannedTargetResource: Codable, Sendable, Equatable {
    package let asset: String
    package let name: String
    package let site: String?
    package let stratum: String
    package let criticality: String
    /// The number of the plan's calendar; nil where windows don't hold it back.
    package let calendar: Int?

    package init(
        asset: String, name: String, site: String? = nil, stratum: String, criticality: String,
        calendar: Int? = nil
    ) {
        self.asset = asset
        self.name = name
        self.site = site
        self.stratum = stratum
        self.criticality = criticality
        self.calendar = calendar
    }
}

/// An asset that the plan leaves out.
package struct SkippedAssetResource: Codable, Sendable, Equatable {
    package let asset: String
    package let name: String
    package let reason: String

    package init(asset: String, name: String, reason: String) {
        self.asset = asset
        self.name = name
        self.reason = reason
    }
}

/// The numbers of the gate after each batch.
package struct GateSettingsResource: Codable, Sendable, Equatable {
    package let maxFailures: Int
    package let maxFailurePercent: Int
    package let minSuccessPercent: Int
    package let maxAbsentPercent: Int
    /// Over the whole rollout, acknowledged or not; nil in plans from before every plan had one.
    package let maxTotalFailures: Int?
    /// `pause`, `freeze`, `rollbackBatch` or `rollbackAll`.
    package let onTrip: String

    package init(
        maxFailures: Int, maxFailurePercent: Int, minSuccessPercent: Int, maxAbsentPercent: Int,
        maxTotalFailures: Int? = nil, onTrip: String
    ) {
        self.maxFailures = maxFailures
        self.maxFailurePercent = maxFailurePercent
        self.minSuccessPercent = minSuccessPercent
        self.maxAbsentPercent = maxAbsentPercent
        self.maxTotalFailures = maxTotalFailures
        self.onTrip = onTrip
    }
}

/// Numbers that differ from the policy's; what is left out stays as the policy has it.
package struct GateOverrides: Codable, Sendable, Equatable {
    package let maxFailures: Int?
    package let maxFailurePercent: Int?
    package let minSuccessPercent: Int?
    package let maxAbsentPercent: Int?
    /// Over the whole rollout, acknowledged or not.
    package let maxTotalFailures: Int?
    package let onTrip: String?

    package init(
        maxFailures: Int? = nil, maxFailurePercent: Int? = nil, minSuccessPercent: Int? = nil,
        maxAbsentPercent: Int? = nil, maxTotalFailures: Int? = nil, onTrip: String? = nil
    ) {
        self.maxFailures = maxFailures
        self.maxFailurePercent = maxFailurePercent
        self.minSuccessPercent = minSuccessPercent
        self.maxAbsentPercent = maxAbsentPercent
        self.maxTotalFailures = maxTotalFailures
        self.onTrip = onTrip
    }
}

/// How many assets may be in flight at once.
package struct CapsResource: Codable, Sendable, Equatable {
    package let total: Int?
    package let perSite: Int?

    package init(total: Int? = nil, perSite: Int? = nil) {
        self.total = total
        self.perSite = perSite
    }
}

/// `POST /plans/{id}:apply`: makes the rollout and asks for its approval.
package struct ApplyPlanRequest: Codable, Sendable, Equatable {
    package let digest: String

    package init(digest: String) {
        self.digest = digest
    }
}
