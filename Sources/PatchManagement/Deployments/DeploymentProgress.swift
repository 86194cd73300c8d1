package import EventSourcing
package import FoundationEssentials

// The events on the way: intents, results of steps, and waits.

package struct DeploymentQueued: EventPayload {
    package static let type = "DeploymentQueued"
    package let order: DeploymentOrder
}

/// A worker may touch the host: the intent of a precheck or a backup.
package struct LeaseGranted: EventPayload {
    package static let type = "LeaseGranted"
    package let step: DeploymentStep
    package let attempt: Int
    package let attemptID: UUID
    package let worker: UUID
    package let fence: Int64
    /// What it had waited for is over; nil where it had not waited for a freeze.
    package var thaw: Thaw?

    private enum CodingKeys: String, CodingKey {
        case step, attempt, worker, fence, thaw
        case attemptID = "attempt_id"
    }
}

/// An asset goes on that a freeze had kept waiting.
package struct Thaw: Codable, Sendable, Equatable {
    package let freeze: String
    package let at: Timestamp
    package let route: DeploymentRoute

    package init(freeze: String, at: Timestamp, route: DeploymentRoute) {
        self.freeze = freeze
        self.at = at
        self.route = route
    }
}

/// A worker stopped renewing while it held a step. Before the installation the attempt is over and
/// a new one begins; after it, the asset is in doubt and is probed first (I7).
package struct LeaseExpired: EventPayload {
    package static let type = "LeaseExpired"
    package let step: DeploymentStep
    package let attempt: Int
    package let fence: Int64
    package let at: Timestamp
    package let route: DeploymentRoute
    package let change: OutcomeChange?
}

package struct PrecheckPassed: EventPayload {
    package static let type = "PrecheckPassed"
    package let attempt: Int
    package let installed: [PackageSelection]
    package let bootID: String

    private enum CodingKeys: String, CodingKey {
        case attempt, installed
        case bootID = "boot_id"
    }
}

package struct PrecheckFailed: EventPayload {
    package static let type = "PrecheckFailed"
    package let attempt: Int
    package let obstacles: [PrecheckReport.Obstacle]
    package let freeBytes: Int

    private enum CodingKeys: String, CodingKey {
        case attempt, obstacles
        case freeBytes = "free_bytes"
    }
}

package struct BackupTaken: EventPayload {
    package static let type = "BackupTaken"
    package let attempt: Int
    package let prior: [PriorPackage]
    /// Every package can be brought back.
    package let reversible: Bool
}

/// The policy's command for a snapshot or a dump ended well on the host.
package struct SnapshotTaken: EventPayload {
    package static let type = "SnapshotTaken"
    package let attempt: Int
    package let argv: [String]
    /// With the digest of what it said: the evidence.
    package let report: CommandReport
    package let at: Timestamp
}

/// The intent to install, durable before anything is executed (I9, I15).
package struct InstallStarted: EventPayload {
    package static let type = "InstallStarted"
    package let attempt: Int
    package let attemptID: UUID
    package let worker: UUID
    package let fence: Int64
    package let planDigest: Digest
    package let artefactDigest: Digest

    private enum CodingKeys: String, CodingKey {
        case attempt, worker, fence
        case attemptID = "attempt_id"
        case planDigest = "plan_digest"
        case artefactDigest = "artefact_digest"
    }
}

/// The installation ended well on the host. Whether it is in effect is for a later scan to say.
package struct InstallFinished: EventPayload {
    package static let type = "InstallFinished"
    package let attempt: Int
    package let report: ExecutionReport
    package let at: Timestamp
}

/// Nothing goes on by itself for a while, or something else has to end first.
package struct DeploymentWaiting: EventPayload {
    package enum Reason: String, Codable, Sendable, CaseIterable {
        /// Could not be reached before anything began: a new attempt follows.
        case offline
        /// A passing fault before anything began, or an installation that provably never began: a
        /// new attempt follows.
        case retry
        /// The asset is to be examined before it is changed: a new attempt follows.
        case hold
        /// The asset may not be changed without a snapshot, and none could be taken: a new attempt
        /// follows.
        case snapshot
        /// No window is open: it goes on when one opens, with a new attempt where one had begun.
        case window
        /// A freeze holds: it goes on when that has ended, likewise.
        case freeze
        /// A cap is used up: it goes on when it has its turn, with a new attempt where one had begun.
        case slot
        /// The step may have run: a probe follows.
        case inDoubt
        /// To be rolled back; at once, or when what runs has ended.
        case rollbackOrdered
        /// Nothing new begins; what runs is reported.
        case cancelOrdered

        /// The attempt is over, and another one follows.
        package var beginsAnew: Bool {
            switch self {
            case .offline, .retry, .hold, .snapshot: true
            // Of these the state says it.
            case .window, .freeze, .slot: false
            case .inDoubt, .rollbackOrdered, .cancelOrdered: false
            }
        }
    }

    package static let type = "DeploymentWaiting"
    package let reason: Reason
    /// The attempt that was under way.
    package let attempt: Int
    /// After this the next activity may be claimed; nil when none follows from this event.
    package let delaySeconds: Int?
    package let detail: String
    package let at: Timestamp
    package let route: DeploymentRoute
    package let change: OutcomeChange?
    /// When the window opens or the freeze ends; nil for other reasons, and for never.
    package var until: Timestamp?
    /// The id of the freeze.
    package var freeze: String?
    /// What the cap counts in that it waits for; nil for other reasons.
    package var scope: CapScope?

    private enum CodingKeys: String, CodingKey {
        case reason, attempt, detail, at, route, change, until, freeze, scope
        case delaySeconds = "delay_seconds"
    }
}

/// A look at an asset in doubt, or at an installed one that could not be scanned yet.
package struct ReconcileProbed: EventPayload {
    package enum Answer: String, Codable, Sendable, CaseIterable {
        case neverStarted, running, finished, interrupted, noAnswer
    }

    package static let type = "ReconcileProbed"
    package let step: DeploymentStep
    package let answer: Answer
    package let tries: Int
    package let delaySeconds: Int?
    package let detail: String
    package let route: DeploymentRoute
    package let change: OutcomeChange?

    private enum CodingKeys: String, CodingKey {
        case step, answer, tries, detail, route, change
        case delaySeconds = "delay_seconds"
    }
}

/// The intent to roll back, durable before anything is executed.
package struct RollbackStarted: EventPayload {
    package static let type = "RollbackStarted"
    package let attempt: Int
    package let attemptID: UUID
    package let worker: UUID
    package let fence: Int64

    private enum CodingKeys: String, CodingKey {
        case attempt, worker, fence
        case attemptID = "attempt_id"
    }
}

/// The rollback ended well on the host; a scan follows.
package struct RollbackFinished: EventPayload {
    package static let type = "RollbackFinished"
    package let attempt: Int
    package let report: ExecutionReport
    package let at: Timestamp
}
