import EventSourcing

/// The batch of the assets that were absent: the last one, once every gate of the plan has passed.
extension RolloutDeciding {
    /// Those that were absent get their turn when they return, while the approvals hold; without
    /// any, the rollout ends when nothing is open.
    func finish(_ tally: RolloutTally) -> [RolloutEvent] {
        let absent = tally.totals[.absent]
        if state.stragglers == nil, absent > 0, let until = state.approvedUntil, at < until {
            return [
                .stragglersStarted(
                    StragglerBatchStarted(
                        batch: plan.batchSizes.count, size: absent, planDigest: plan.planDigest,
                        until: until, deadline: until + .seconds(plan.progressDeadlineSeconds)))
            ]
        }
        return tally.totalOpen == 0 ? [completed(tally)] : []
    }

    func stragglersDue(_ until: Timestamp) -> [RolloutEvent] {
        guard let stragglers = state.stragglers, stragglers.until == until, at >= until else {
            return []
        }
        return closeStragglers("the approval has ended")
    }

    func closeStragglers(_ reason: String) -> [RolloutEvent] {
        guard let stragglers = state.stragglers, !stragglers.isClosed, state.isUnderWay else {
            return []
        }
        return [
            .stragglersClosed(
                StragglerBatchClosed(
                    batch: plan.batchSizes.count, planDigest: plan.planDigest, reason: reason))
        ]
    }

    func isOfStragglers(_ tally: RolloutTally) -> Bool { tally.batch == plan.batchSizes.count }

    /// What goes on now has until then: stragglers first have their time to return.
    var nextDeadline: Timestamp {
        let begins = state.stragglers.map { max(at, $0.until) } ?? at
        return deadline(ofBatch: state.batch, since: begins)
    }

    /// As far as was counted.
    var hasInstalledOnStragglers: Bool {
        guard let tally = state.tally, isOfStragglers(tally) else { return false }
        return tally.counts.total
            > tally.counts[.absent] + tally.counts[.cancelled] + tally.counts[.skipped]
    }
}
