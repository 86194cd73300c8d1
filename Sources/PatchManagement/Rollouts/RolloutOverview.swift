package import EventSourcing

/// Where a rollout stands, seen from its patch.
package enum RolloutPhase: String, Codable, Sendable, CaseIterable {
    case planned
    case awaitingApproval
    /// Approved, and not started yet.
    case scheduled
    case running
    case paused
    case rollingBack
    case rolledBack
    case rollbackFailed
    /// Its last gate has passed; failures and stragglers show in the counts.
    case completed
    case aborted
    case cancelled
    case rejected
    case expired

    /// No command but a rollback leads out of it.
    package var hasEnded: Bool {
        switch self {
        case .planned, .awaitingApproval, .scheduled, .running, .paused, .rollingBack: false
        case .rolledBack, .rollbackFailed, .completed, .aborted, .cancelled, .rejected, .expired:
            true
        }
    }
}

/// One rollout in a line: what its patch needs to know of it.
package struct RolloutOverview: Codable, Equatable, Sendable {
    package let rollout: StreamID
    package let phase: RolloutPhase
    /// Assets of the plan, without those that were skipped.
    package let targets: Int
    /// Proven to be in effect by a scan after the installation.
    package let verified: Int
    package let failed: Int
    /// Queued, under way or in doubt.
    package let open: Int
    /// Left out when their turn came: they had it already, or not the packages.
    package let skipped: Int

    /// Those that nothing is left to do for.
    package var done: Int { verified + skipped }

    package init(
        rollout: StreamID, phase: RolloutPhase, targets: Int, verified: Int, failed: Int,
        open: Int, skipped: Int = 0
    ) {
        self.rollout = rollout
        self.phase = phase
        self.targets = targets
        self.verified = verified
        self.failed = failed
        self.open = open
        self.skipped = skipped
    }
}
