import EventSourcing

// The events that give an asset its outcome. Each ends the attempt, and says where it belongs.

/// Proven by a scan after the installation (I13).
package struct DeploymentSucceeded: EventPayload {
    package static let type = "DeploymentSucceeded"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    package let versionsBefore: [PackageSelection]
    package let versionsAfter: [PackageSelection]
    package let report: VerificationReport
    /// Of a bundle: what became of each patch.
    package var items: [ItemOutcome]?

    private enum CodingKeys: String, CodingKey {
        case route, change, report, items
        case versionsBefore = "versions_before"
        case versionsAfter = "versions_after"
    }
}

package struct DeploymentFailed: EventPayload {
    package static let type = "DeploymentFailed"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    /// Trying again would not help.
    package let permanent: Bool
    /// A stable word: an obstacle, the cause of a failure, `exit-code`, `interrupted` and so on.
    package let cause: String
    package let detail: String
    package let report: ExecutionReport?
}

package struct DeploymentSkipped: EventPayload {
    package enum Reason: String, Codable, Sendable, CaseIterable {
        case alreadyInstalled
        /// None of the packages is installed there.
        case notApplicable
    }

    package static let type = "DeploymentSkipped"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    package let reason: Reason
    package let installed: [PackageSelection]
    /// Of a bundle: what became of each patch.
    package var items: [ItemOutcome]?
}

package struct DeploymentCancelled: EventPayload {
    package static let type = "DeploymentCancelled"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    package let reason: String
}

/// Never reached while nothing had been begun.
package struct TargetAbsent: EventPayload {
    package static let type = "TargetAbsent"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    package let cause: String
    package let detail: String
    package let attempts: Int
}

/// Not to be reached since the installation began, up to the deadline of the probes.
package struct TargetUnreachable: EventPayload {
    package static let type = "TargetUnreachable"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    package let step: DeploymentStep
    package let detail: String
}

package struct VerificationFailed: EventPayload {
    package static let type = "VerificationFailed"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    /// What was found wrong, one sentence each.
    package let findings: [String]
    package let report: VerificationReport
    /// Of a bundle: what became of each patch.
    package var items: [ItemOutcome]?
}

package struct RolledBack: EventPayload {
    package static let type = "RolledBack"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    package let restored: [PackageSelection]
}

package struct RollbackFailed: EventPayload {
    package static let type = "RollbackFailed"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    package let cause: String
    package let detail: String
}
