import EventSourcing

/// What the metrics of rollouts are made of, for one class.
struct RolloutSums: Sendable {
    private(set) var started: Int64 = 0
    private(set) var tripped: Int64 = 0
    private(set) var caughtByCanary: Int64 = 0
    private(set) var underWay: Int64 = 0
    /// Planned while an emergency for the patch was in force.
    private(set) var emergencies: Int64 = 0

    mutating func add(_ rollout: RolloutFact, _ period: ReportPeriod) {
        guard let start = rollout.started, period.contains(start) else { return }
        started += 1
        if rollout.isEmergency { emergencies += 1 }
        if let batch = rollout.firstTripped {
            tripped += 1
            if batch == 0 { caughtByCanary += 1 }
        } else if rollout.isUnderWay {
            underWay += 1
        }
    }
}

/// The same of deployments.
struct DeploymentSums: Sendable {
    private(set) var installed: Int64 = 0
    private(set) var rolledBack: Int64 = 0
    private(set) var inDoubt: Int64 = 0
    private(set) var ended: Int64 = 0
    private(set) var atFirstAttempt: Int64 = 0
    private(set) var notEnded: Int64 = 0
    private(set) var pendingReboots = TimeSpread()

    mutating func add(_ deployment: DeploymentFact, _ period: ReportPeriod) {
        if deployment.standing == .pendingReboot, deployment.changed <= period.to {
            pendingReboots.add(deployment.changed.seconds(to: period.to))
        }
        guard let began = deployment.installBegan, period.contains(began) else { return }
        installed += 1
        switch deployment.standing {
        case .succeeded, .pendingReboot:
            ended += 1
            if deployment.attempts == 1 { atFirstAttempt += 1 }
        case .failed, .untouched: ended += 1
        case .rollbackFailed, .rolledBack:
            ended += 1
            rolledBack += 1
        case .rollingBack:
            notEnded += 1
            rolledBack += 1
        case .unknown:
            notEnded += 1
            inDoubt += 1
        case .underWay: notEnded += 1
        }
    }
}

/// The same of patches.
struct PatchSums: Sendable {
    /// From one stage to the next.
    struct Stage: Sendable {
        private(set) var times = TimeSpread()
        /// They have come to the first and not yet to the second.
        private(set) var waiting: Int64 = 0

        mutating func add(
            from start: Timestamp?, to end: Timestamp?, isEnded: Bool, _ period: ReportPeriod
        ) {
            guard let start, start <= period.to else { return }
            if let end, end <= period.to {
                if period.contains(end) { times.add(start.seconds(to: end)) }
            } else if !isEnded {
                waiting += 1
            }
        }
    }

    private(set) var assessed = Stage()
    private(set) var qualified = Stage()
    private(set) var approved = Stage()

    mutating func add(_ patch: PatchFact, _ period: ReportPeriod) {
        let isEnded = patch.isEnded
        assessed.add(from: patch.identified, to: patch.assessed, isEnded: isEnded, period)
        qualified.add(from: patch.assessed, to: patch.qualified, isEnded: isEnded, period)
        approved.add(from: patch.qualified, to: patch.approved, isEnded: isEnded, period)
    }
}
