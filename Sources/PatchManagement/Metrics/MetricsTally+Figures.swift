/// How each metric comes from what was counted.
extension MetricsTally {
    func figures(of metric: Metric) -> [Figure] {
        switch metric {
        case .timeToPatch, .slaCompliance, .coverage, .exposureDays, .exceptionDebt,
            .exceptionOverdue, .regressionRate:
            lanes.flatMap { findingFigures(of: metric, $0) }
        case .timeToAssess, .timeToQualify, .timeToApprove:
            wholeFleet(metric, .mean) { patchFigures(of: metric, $0) }
        case .changeFailureRate, .canaryCatchRate, .emergencyShare:
            wholeFleet(metric, .share) { rolloutFigures(of: metric, $0) }
        case .rollbackRate, .firstAttemptSuccess, .pendingReboots:
            lanes.flatMap { deploymentFigures(of: metric, $0) }
        case .inventoryFreshness: freshness
        case .postponements: [.none(metric, .count, lane, .notRecorded)]
        case .exposureAvoided:
            wholeFleet(metric, .ratio) { lane in
                guard lane == self.lane else { return [] }
                return [
                    .daysPerHour(
                        metric, lane, seconds: findings[lane].avoidedSeconds,
                        minutes: effortMinutes, unknown: patchesWithoutEffort)
                ]
            }
        }
    }

    /// The lanes that figures are shown in: what has no class is in that of all.
    private var lanes: [ClassLane] { scope.lanes.filter { $0 != .unclassified } }

    /// Of everything that the report is about.
    private var lane: ClassLane { scope.lanes[0] }

    /// Patches and rollouts belong to no site, owner or environment.
    private func wholeFleet(
        _ metric: Metric, _ statistic: Figure.Statistic, _ figures: (ClassLane) -> [Figure]
    ) -> [Figure] {
        if let field = scope.assetField { return [.none(metric, statistic, lane, .notBy(field))] }
        return lanes.flatMap(figures)
    }

    private func findingFigures(of metric: Metric, _ lane: ClassLane) -> [Figure] {
        let sums = findings[lane]
        return switch metric {
        case .timeToPatch:
            Figure.times(metric, lane, sums.timeToPatch, unknown: sums.patchedWithoutClock)
        case .slaCompliance: [sums.compliance.figure(lane)]
        case .coverage:
            [
                .share(
                    metric, lane, sums.assetsVerified, of: sums.assets,
                    unknown: sums.assetsUnknown)
            ]
        case .exposureDays:
            [
                .days(
                    metric, lane, seconds: sums.exposedSeconds, over: sums.exposed,
                    unknown: sums.disputed)
            ]
        case .exceptionDebt: [.share(metric, lane, sums.excepted, of: sums.unclosed)]
        case .exceptionOverdue:
            [
                .days(
                    metric, lane, seconds: sums.overdueSeconds,
                    over: sums.excepted - sums.exceptedWithoutDeadline,
                    unknown: sums.exceptedWithoutDeadline)
            ]
        case .regressionRate: [.share(metric, lane, sums.regressed, of: sums.resolved)]
        default: preconditionFailure("'\(metric.rawValue)' is not counted over findings")
        }
    }

    private func patchFigures(of metric: Metric, _ lane: ClassLane) -> [Figure] {
        let stage =
            switch metric {
            case .timeToAssess: patches[lane].assessed
            case .timeToQualify: patches[lane].qualified
            case .timeToApprove: patches[lane].approved
            default: preconditionFailure("'\(metric.rawValue)' is no time of patches")
            }
        return Figure.times(metric, lane, stage.times, unknown: stage.waiting)
    }

    private func rolloutFigures(of metric: Metric, _ lane: ClassLane) -> [Figure] {
        let sums = rollouts[lane]
        return switch metric {
        case .changeFailureRate:
            [.share(metric, lane, sums.tripped, of: sums.started, unknown: sums.underWay)]
        case .emergencyShare: [.share(metric, lane, sums.emergencies, of: sums.started)]
        default: [.share(metric, lane, sums.caughtByCanary, of: sums.tripped)]
        }
    }

    private func deploymentFigures(of metric: Metric, _ lane: ClassLane) -> [Figure] {
        let sums = deployments[lane]
        return switch metric {
        case .rollbackRate:
            [.share(metric, lane, sums.rolledBack, of: sums.installed, unknown: sums.inDoubt)]
        case .firstAttemptSuccess:
            [.share(metric, lane, sums.atFirstAttempt, of: sums.ended, unknown: sums.notEnded)]
        default: Figure.times(metric, lane, sums.pendingReboots, unknown: 0)
        }
    }

    private var freshness: [Figure] {
        guard scope.riskClass == nil else {
            return [.none(.inventoryFreshness, .share, lane, .notBy("risk_class"))]
        }
        return [
            .share(
                .inventoryFreshness, lane, assetsFresh, of: assets, unknown: assetsNeverReported)
        ]
    }
}
