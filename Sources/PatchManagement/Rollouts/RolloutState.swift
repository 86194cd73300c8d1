package import EventSourcing

/// Where a rollout is; `RolloutState.pause` lies over it.
package enum RolloutStage: Sendable, Equatable {
    case unplanned
    case planned
    case awaitingApproval
    case approved
    /// The hosts of that batch are asked for their health before it begins.
    case measuring(Int)
    /// The current batch is under way.
    case running
    /// The current batch is complete, and must stay healthy until then.
    case soaking(until: Timestamp)
    /// Every gate has passed; targets that were passed over are still open.
    case settling
    case rollingBack(RollbackScope)
    case ended(RolloutPhase)
}

package struct RolloutState: Sendable, Equatable {
    package struct Pause: Sendable, Equatable {
        package let reason: RolloutPaused.Reason
        package let frozen: Bool
        /// The outcomes have been counted since it began.
        package var isCounted = false
    }

    package struct Postponement: Sendable, Equatable {
        /// 1 for the first.
        package let number: Int
        package let until: Timestamp
    }

    /// The batch of the assets that were absent.
    package struct Stragglers: Sendable, Equatable {
        package let size: Int
        /// Until then they may return.
        package let until: Timestamp
        /// They are not waited for any longer.
        package var isClosed = false
    }

    package var plan: RolloutPlanned?
    package var stage = RolloutStage.unplanned
    package var pause: Pause?
    package var requestedBy: String?
    package var startedBy: String?
    package var resumedBy: String?
    package var approvalExpires: Timestamp?
    package var patchApprovalExpires: Timestamp?
    /// The batch that was started last; -1 before the first.
    package var batch = -1
    package var deadline: Timestamp?
    /// As it was recorded last.
    package var tally: RolloutTally?
    package var acknowledged: [StreamID] = []
    /// Of the current batch.
    package var acknowledgedAbsent = 0
    package var maxTotalFailures: Int?
    package var rollbackOrders = 0
    /// Orders for single assets to go back.
    package var assetRollbacks = 0
    /// Once every gate of the plan has passed, if some were absent.
    package var stragglers: Stragglers?
    package var health = RolloutHealth()
    /// Freezes that don't stand in its way, in the order in which that was decided.
    package var overriddenFreezes: [String] = []
    /// Those of them that an emergency overrides, while it lasts.
    package var emergencyOverrides: [String] = []
    /// Of assets whose owners have postponed them.
    package var postponements: [StreamID: Postponement] = [:]
    /// When freezes have kept its assets waiting; of each the last time.
    package var frozenTimes: [FrozenTime] = []
    /// The risk owner who knows that the plan ends after the deadline.
    package var missAcknowledgedBy: String?

    package init() {}

    package var phase: RolloutPhase? {
        if pause != nil { return .paused }
        return phaseWithoutPause
    }

    var phaseWithoutPause: RolloutPhase? {
        switch stage {
        case .unplanned: nil
        case .planned: .planned
        case .awaitingApproval: .awaitingApproval
        case .approved: .scheduled
        case .measuring, .running, .soaking, .settling: .running
        case .rollingBack: .rollingBack
        case .ended(let phase): phase
        }
    }

    package var hasEnded: Bool {
        if case .ended = stage { return true }
        return false
    }

    /// A person has started it, and it goes forward.
    var isUnderWay: Bool {
        switch stage {
        case .measuring, .running, .soaking, .settling: true
        case .unplanned, .planned, .awaitingApproval, .approved, .rollingBack, .ended: false
        }
    }

    /// Nothing but empty batches comes after the current one.
    var isLastBatch: Bool {
        guard let plan else { return true }
        return plan.batchSizes.dropFirst(batch + 1).allSatisfy { $0 == 0 }
    }

    /// When the first of both approvals ends; nil where one is missing.
    var approvedUntil: Timestamp? {
        guard let approvalExpires, let patchApprovalExpires else { return nil }
        return min(approvalExpires, patchApprovalExpires)
    }

    /// The last batch from which something may begin.
    var releasedBatch: Int { stragglers?.isClosed == true ? batch - 1 : batch }

    /// Whether both approvals hold at `moment`.
    func isApproved(at moment: Timestamp) -> Bool { approvedUntil.map { moment < $0 } ?? false }
}
