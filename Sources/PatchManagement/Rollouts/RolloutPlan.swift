package import EventSourcing

/// Exactly what a rollout will do. It is stored as a document; the approval binds its digest, and
/// nothing widens it later (I14, I16).
package struct RolloutPlan: Codable, Sendable, Equatable {
    package let rollout: StreamID
    package let patch: StreamID
    /// Digest of the pins, as the patch's approval binds it.
    package let artefactDigest: Digest
    package let pins: [PinnedPackage]
    package let checks: VerificationChecks
    package let rebootPolicy: RebootPolicy
    /// The first is the canary. One may be empty: it is skipped with an event.
    package let batches: [[RolloutTarget]]
    package let skipped: [SkippedTarget]
    package let gate: GateSettings
    /// One for each batch.
    package let soakSeconds: [Int]
    package let progressDeadlineSeconds: Int
    /// Attempts under way at once.
    package let capacity: Int
    package let retries: RetryBudget
    package let predictedEnd: Timestamp

    private enum CodingKeys: String, CodingKey {
        case rollout
        case patch
        case artefactDigest = "artefact_digest"
        case pins
        case checks
        case rebootPolicy = "reboot_policy"
        case batches
        case skipped
        case gate
        case soakSeconds = "soak_seconds"
        case progressDeadlineSeconds = "progress_deadline_seconds"
        case capacity
        case retries
        case predictedEnd = "predicted_end"
    }

    /// What the rollout's own stream keeps of it.
    package func summary(digest: Digest, by person: String) throws -> RolloutPlanned {
        RolloutPlanned(
            patch: patch, planDigest: digest, artefactDigest: artefactDigest,
            batchSizes: batches.map(\.count),
            targetsDigest: try CanonicalJSON.digest(of: batches.map { $0.map(\.asset) }),
            skipped: skipped.count, gate: gate, soakSeconds: soakSeconds,
            progressDeadlineSeconds: progressDeadlineSeconds, capacity: capacity,
            predictedEnd: predictedEnd, by: person)
    }

    /// What is ordered for the target at `index` of `batch`.
    package func order(for target: RolloutTarget, batch: Int, planDigest: Digest) -> DeploymentOrder
    {
        DeploymentOrder(
            rollout: rollout, patch: patch, planDigest: planDigest,
            artefactDigest: artefactDigest, batch: batch, target: target, pins: pins,
            checks: checks, rebootPolicy: rebootPolicy, retries: retries)
    }
}

package struct RolloutTarget: Codable, Hashable, Sendable {
    package let asset: StreamID
    package let host: HostAddress
    package let site: String
    /// Operating system, version and architecture, such as `debian 12 amd64`.
    package let stratum: String
    /// The asset's criticality: `low`, `medium`, `high` or `veryHigh`.
    package let criticality: String

    package init(
        asset: StreamID, host: HostAddress, site: String, stratum: String, criticality: String
    ) {
        self.asset = asset
        self.host = host
        self.site = site
        self.stratum = stratum
        self.criticality = criticality
    }

    /// It refuses to start without a way back.
    package var needsBackup: Bool { criticality == "high" || criticality == "veryHigh" }
}

package struct SkippedTarget: Codable, Hashable, Sendable {
    package let asset: StreamID
    package let reason: String

    package init(asset: StreamID, reason: String) {
        self.asset = asset
        self.reason = reason
    }
}
