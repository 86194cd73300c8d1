internal import PatchManagement

extension ViewKind {
    /// All values that `field` can have in documents of this kind; nil where any text can stand.
    ///
    /// - Parameter field: As the API names it.
    package func values(of field: String) -> [String]? {
        switch (self, field) {
        case (.asset, "environment"): Environment.allCases.map(\.rawValue)
        case (.asset, "reporting"): ["never", "current", "overdue"]
        case (.asset, "state"): ["active", "decommissioned"]
        case (.attributeRule, "state"): ["set", "removed"]
        case (.cloudAccount, "provider"): CloudProvider.allCases.map(\.rawValue)
        case (.patch, "state"): PatchState.allCases.map(\.rawValue)
        case (.patch, "risk_class"), (.finding, "risk_class"):
            RiskClass.allCases.map(\.rawValue)
        case (.patch, "environment"): Environment.allCases.map(\.rawValue)
        case (.patch, "sort"): ["identified", "urgency", "deadline"]
        case (.finding, "sort"): ["urgency", "deadline", "owner", "site"]
        case (.rollout, "state"): Self.rolloutStates
        case (.deployment, "state"): Self.deploymentStates
        case (.finding, "state"): FindingPhase.allCases.map(\.rawValue)
        case (.finding, "environment"): Environment.allCases.map(\.rawValue)
        case (.finding, "clock"): ["running", "warned", "breached", "stopped"]
        case (.feed, "kind"): FeedKind.allCases.map(\.rawValue)
        case (.feed, "track"): FeedRegistration.Track.allCases.map(\.rawValue)
        case (.feed, "state"):
            ["watched", "current", "incomplete", "rejected", "failing", "unwatched"]
        case (.exception, "state"): ExceptionPhase.allCases.map(\.rawValue)
        case (.exception, "kind"): ExceptionKind.allCases.map(\.rawValue)
        case (.exception, "is_forgotten"): ["true", "false"]
        case (.emergency, "state"): EmergencyPhase.allCases.map(\.rawValue)
        case (.emergency, "review"): ["none", "owed", "reminded", "overdue", "done"]
        case (.standingApproval, "state"): StandingPhase.allCases.map(\.rawValue)
        case (.standingApproval, "risk_class"): RiskClass.allCases.map(\.rawValue)
        case (.disaster, "state"): DisasterPhase.allCases.map(\.rawValue)
        case (.control, "state"): ControlPhase.allCases.map(\.rawValue)
        case (.control, "kind"): ControlKind.allCases.map(\.rawValue)
        case (.freeze, "state"): Freeze.Phase.allCases.map(\.rawValue)
        case (.cap, "state"): Cap.Phase.allCases.map(\.rawValue)
        case (.schedule, "state"): Schedule.Phase.allCases.map(\.rawValue)
        case (.policy, "state"): PolicyPhase.allCases.map(\.rawValue)
        case (.policy, "level"): PolicyScope.Level.allCases.map(\.rawValue)
        case (.projection, "state"): ["live", "building", "abandoned", "former"]
        default: nil
        }
    }

    private static var rolloutStates: [String] {
        let underWay = [
            "planned", "awaitingApproval", "approved", "running", "soaking",
            "awaitingStragglers", "paused", "rollingBack",
        ]
        let ends = ["rejected", "expired", "cancelled", "aborted"]
        return underWay + ends + RolloutCompleted.Outcome.allCases.map(\.rawValue)
            + RolloutRolledBack.Outcome.allCases.map(\.rawValue)
    }

    private static var deploymentStates: [String] {
        let underWay = [
            "pending", "waiting", "leased", "prechecked", "backedUp", "installing", "verifying",
            "rebootPending", "rebooting", "awaitingReturn",
        ]
        let ends = DeploymentOutcome.allCases.filter { $0 != .failedBeforeInstall }
        return underWay + ends.map(\.rawValue)
    }
}

extension UseCases {
    /// Refuses a value that nothing can have, which would look like an empty list.
    func requireKnown(
        _ kind: ViewKind, state: String?, _ filter: [String: String]
    ) throws(InvalidInput) {
        var wanted = filter
        wanted["state"] = state
        for (field, value) in wanted.sorted(by: { $0.key < $1.key }) {
            guard let values = kind.values(of: field), !values.contains(value) else { continue }
            throw InvalidInput(
                field: field,
                message: "'\(value)' is none of \(values.joined(separator: ", "))")
        }
    }
}
