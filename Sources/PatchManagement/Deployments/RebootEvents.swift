package import EventSourcing
package import FoundationEssentials

// The events of a reboot that an installation needs to be in effect.

/// Installed and healthy, and in effect only after a reboot that this deployment doesn't do.
package struct RebootDeferred: EventPayload {
    package static let type = "RebootDeferred"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    package let policy: RebootPolicy
    package let report: VerificationReport
    /// Of a bundle: what became of each patch.
    package var items: [ItemOutcome]?
}

/// A scan found the patch installed, healthy and not in effect before a reboot, which the policy lets
/// patchflow do.
package struct RebootRequested: EventPayload {
    package static let type = "RebootRequested"
    package let route: DeploymentRoute
    package let policy: RebootPolicy
    /// Its boot id is the one that a reboot has to change.
    package let report: VerificationReport
    package let at: Timestamp
}

/// The intent to reboot, durable before the host hears of it (I9).
package struct RebootStarted: EventPayload {
    package static let type = "RebootStarted"
    package let attempt: Int
    package let attemptID: UUID
    package let worker: UUID
    package let fence: Int64
    /// The host reboots only while it shows this one, so that an order which comes twice does it once.
    package let bootID: String

    private enum CodingKeys: String, CodingKey {
        case attempt, worker, fence
        case attemptID = "attempt_id"
        case bootID = "boot_id"
    }
}

/// The host goes down, as far as it says. It is looked for until it shows another boot id.
package struct RebootAccepted: EventPayload {
    package static let type = "RebootAccepted"
    package let attempt: Int
    /// nil where the host's record of it breaks off.
    package let report: ExecutionReport?
    package let at: Timestamp
}

/// The host shows another boot id than before; a scan follows.
package struct RebootConfirmed: EventPayload {
    package static let type = "RebootConfirmed"
    package let bootID: String
    package let at: Timestamp

    private enum CodingKeys: String, CodingKey {
        case at
        case bootID = "boot_id"
    }
}

/// Told to reboot, and not back within the policy's time: somebody has to look at it.
package struct TargetDeadAfterReboot: EventPayload {
    package static let type = "TargetDeadAfterReboot"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    /// The one that it had when it went down.
    package let bootID: String
    package let since: Timestamp
    package let waitedSeconds: Int
    package let detail: String

    private enum CodingKeys: String, CodingKey {
        case route, change, since, detail
        case bootID = "boot_id"
        case waitedSeconds = "waited_seconds"
    }
}
