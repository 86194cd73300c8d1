package import EventSourcing

/// The plan as the rollout's stream keeps it: everything but the targets, which lie in the
/// document that `planDigest` names.
package struct RolloutPlanned: EventPayload {
    package static let type = "RolloutPlanned"
    package static let schemaVersion = 2
    package static let upcasts: [Int: Upcast] = [1: RolloutUpcasts.namesTesters]
    package let rollout: StreamID
    package let patch: StreamID
    package let planDigest: Digest
    package let artefactDigest: Digest
    package let batchSizes: [Int]
    package let targetsDigest: Digest
    package let skipped: Int
    package let gate: GateSettings
    package let soakSeconds: [Int]
    package let progressDeadlineSeconds: Int
    package let capacity: Int
    package let predictedEnd: Timestamp
    package let by: String
    /// Who tested the patch and signed it off, and so may not approve its rollout.
    package let testers: [String]
    /// nil where nobody is asked.
    package var health: HealthPlan?
    /// As the plan pins them; nil where windows hold nobody back, and before they did.
    package var calendars: [PlannedCalendar]?
    /// The calendars of each batch, by number; nil among them stands for targets that have none.
    package var batchCalendars: [[Int?]]?
    /// The emergency that it was planned in; nil mostly.
    package var emergency: PlanEmergency?
    /// The rollout of which it takes the failures up again; nil where it takes up none.
    package var retryOf: StreamID?
    /// The tick that it was planned by; nil where a person planned it.
    package var schedule: PlanSchedule?
    /// The earliest deadline of what the patch mends on its targets; nil for none, and in events from
    /// before late rollouts were held back.
    package var slaDeadline: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case retryOf = "retry_of"
        case rollout, patch, skipped, gate, capacity, by, testers, health, calendars, emergency
        case schedule
        case slaDeadline = "sla_deadline"
        case batchCalendars = "batch_calendars"
        case planDigest = "plan_digest"
        case artefactDigest = "artefact_digest"
        case batchSizes = "batch_sizes"
        case targetsDigest = "targets_digest"
        case soakSeconds = "soak_seconds"
        case progressDeadlineSeconds = "progress_deadline_seconds"
        case predictedEnd = "predicted_end"
    }
}

package struct RolloutApprovalRequested: EventPayload {
    package static let type = "RolloutApprovalRequested"
    package let by: String
    package let expires: Timestamp
}

package struct RolloutApproved: EventPayload {
    package static let type = "RolloutApproved"
    package let by: String
    package let planDigest: Digest
    package let expires: Timestamp
    package let reason: String

    private enum CodingKeys: String, CodingKey {
        case by, expires, reason
        case planDigest = "plan_digest"
    }
}

package struct RolloutRejected: EventPayload {
    package static let type = "RolloutRejected"
    package let by: String
    package let reason: String
}

package struct RolloutExpired: EventPayload {
    package static let type = "RolloutExpired"
    package let expires: Timestamp
}

package struct RolloutCancelled: EventPayload {
    package static let type = "RolloutCancelled"
    package let by: String
    package let reason: String
}

/// A person started it, with the patch's approval as it was at that instant (I14).
package struct RolloutScheduled: EventPayload {
    package static let type = "RolloutScheduled"
    package let by: String
    package let approval: PatchApproval
    package let reason: String
}

package struct BatchStarted: EventPayload {
    package static let type = "BatchStarted"
    package let batch: Int
    package let size: Int
    package let planDigest: Digest
    /// When targets that are still open make the gate inconclusive.
    package let deadline: Timestamp

    private enum CodingKeys: String, CodingKey {
        case batch, size, deadline
        case planDigest = "plan_digest"
    }
}

package struct BatchSkipped: EventPayload {
    package static let type = "BatchSkipped"
    package let batch: Int
}

/// Every gate has passed, and assets were absent: those that return while the approvals hold get
/// the patch in a batch of their own.
package struct StragglerBatchStarted: EventPayload {
    package static let type = "StragglerBatchStarted"
    /// One more than the last of the plan.
    package let batch: Int
    /// How many were absent when it was decided; others can follow from batches that were passed
    /// over.
    package let size: Int
    package let planDigest: Digest
    /// Until then they may return.
    package let until: Timestamp
    /// When those that are still open make the gate inconclusive.
    package let deadline: Timestamp

    private enum CodingKeys: String, CodingKey {
        case batch, size, until, deadline
        case planDigest = "plan_digest"
    }
}

/// Absent assets are not waited for any longer. What has begun on one that returned is brought to
/// its end.
package struct StragglerBatchClosed: EventPayload {
    package static let type = "StragglerBatchClosed"
    package let batch: Int
    package let planDigest: Digest
    package let reason: String

    private enum CodingKeys: String, CodingKey {
        case batch, reason
        case planDigest = "plan_digest"
    }
}

package struct SoakStarted: EventPayload {
    package static let type = "SoakStarted"
    package let batch: Int
    package let until: Timestamp
    package let tally: RolloutTally
}

package struct GateEvaluated: EventPayload {
    package enum Verdict: String, Codable, Sendable, CaseIterable {
        case hold, soak, pass, trip, inconclusive
    }

    package static let type = "GateEvaluated"
    package let batch: Int
    package let verdict: Verdict
    /// Nil where the verdict rests on no single rule.
    package let cause: HaltCause?
    package let tally: RolloutTally
}

/// Which rule halts, by what value against what limit, and the assets that caused it.
package struct HaltCause: Codable, Sendable, Equatable {
    package static let maxAssets = 50

    package let rule: Gate.Rule
    package let value: Int
    package let limit: Int
    /// The first `maxAssets` of them.
    package let assets: [StreamID]
    /// Where the rule is `health`: which probe, and by what; nil for none, and in events from before
    /// there were probes.
    package var health: HealthCause?

    init(rule: Gate.Rule, value: Int, limit: Int, assets: [StreamID]) {
        self.rule = rule
        self.value = value
        self.limit = limit
        self.assets = assets
    }

    init(_ health: HealthCause) {
        self.init(rule: .health, value: health.value, limit: health.limit, assets: health.assets)
        self.health = health
    }
}

package struct RolloutPaused: EventPayload {
    package enum Reason: String, Codable, Sendable, CaseIterable {
        case person
        case gate
        /// The plan's or the patch's approval has run out: no new batch without a new one.
        case approvalExpired
        /// The patch's approval was taken back, or the patch withdrawn.
        case patchStopped
    }

    package static let type = "RolloutPaused"
    package let reason: Reason
    package let by: String
    package let detail: String
    package let cause: HaltCause?
    /// Only another person's promotion leads on.
    package let frozen: Bool
    /// Freezes that an emergency had overridden, and that hold again; nil for none.
    package var restoredFreezes: [String]?

    private enum CodingKeys: String, CodingKey {
        case reason, by, detail, cause, frozen
        case restoredFreezes = "restored_freezes"
    }
}

package struct RolloutResumed: EventPayload {
    package static let type = "RolloutResumed"
    package let by: String
    package let reason: String
    /// Where it goes on.
    package let phase: RolloutPhase
    /// Failures that no longer count against their batch.
    package let acknowledged: [StreamID]
    /// So many absent assets of the batch no longer count.
    package let acknowledgedAbsent: Int
    package let deadline: Timestamp
    package let approval: PatchApproval?

    private enum CodingKeys: String, CodingKey {
        case by, reason, phase, acknowledged, deadline, approval
        case acknowledgedAbsent = "acknowledged_absent"
    }
}

/// Another person passed the batch by hand.
package struct GateOverridden: EventPayload {
    package static let type = "GateOverridden"
    package let by: String
    package let reason: String
    package let batch: Int
    /// A new limit for failures over the whole rollout, if it was raised.
    package let maxTotalFailures: Int?
    package let tally: RolloutTally
    package let approval: PatchApproval
    /// Until when targets that were passed over may stay open after the last batch.
    package let deadline: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case by, reason, batch, tally, approval, deadline
        case maxTotalFailures = "max_total_failures"
    }
}

package struct RolloutAborted: EventPayload {
    package static let type = "RolloutAborted"
    package let by: String
    package let reason: String
    package let planDigest: Digest

    private enum CodingKeys: String, CodingKey {
        case by, reason
        case planDigest = "plan_digest"
    }
}

package struct RollbackOrdered: EventPayload {
    package static let type = "RollbackOrdered"
    package let scope: RollbackScope
    /// The batch that was started last; -1 when none was.
    package let batch: Int
    package let by: String
    package let reason: String
    package let planDigest: Digest

    private enum CodingKeys: String, CodingKey {
        case scope, batch, by, reason
        case planDigest = "plan_digest"
    }
}

package enum RollbackScope: String, Codable, Sendable, CaseIterable {
    /// The batch that was started last.
    case batch
    case all
}

package struct RolloutRolledBack: EventPayload {
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case rolledBack
        /// Earlier batches keep the patch.
        case partiallyRolledBack
        case rollbackFailed
    }

    package static let type = "RolloutRolledBack"
    package let outcome: Outcome
    package let totals: OutcomeCounts
}

package struct RolloutCompleted: EventPayload {
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case completed
        case completedWithFailures
        case completedWithStragglers
    }

    package static let type = "RolloutCompleted"
    package let outcome: Outcome
    package let totals: OutcomeCounts
}

/// The patch's approval, as whoever starts or resumes a rollout has just read it. The append
/// guards the patch's stream at that version.
package struct PatchApproval: Codable, Sendable, Equatable {
    package let patch: StreamID
    package let artefactDigest: Digest
    package let expires: Timestamp

    package init(patch: StreamID, artefactDigest: Digest, expires: Timestamp) {
        self.patch = patch
        self.artefactDigest = artefactDigest
        self.expires = expires
    }

    private enum CodingKeys: String, CodingKey {
        case patch, expires
        case artefactDigest = "artefact_digest"
    }
}
