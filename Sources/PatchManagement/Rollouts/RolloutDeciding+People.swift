import EventSourcing

/// How people go on after a halt.
extension RolloutDeciding {
    func resume(
        _ reason: String, _ acknowledged: [StreamID], acceptAbsent: Bool, approval: PatchApproval?
    ) throws(RolloutRejection) -> [RolloutEvent] {
        guard let pause = state.pause else {
            throw wrongState("resume", "only a paused rollout can be resumed")
        }
        guard !pause.frozen else { throw .frozen }
        guard state.isUnderWay else {
            return [resumed(reason, [], absent: state.acknowledgedAbsent, approval: nil)]
        }
        // Nothing begins any more when those that were absent are no longer waited for.
        if state.stragglers?.isClosed != true { try checkApprovals(approval) }
        guard acknowledged.count <= RolloutTally.maxListed else {
            throw .tooManyAcknowledged(acknowledged.count)
        }
        for asset in acknowledged {
            let isFailure = state.tally?.listed.contains {
                $0.asset == asset && $0.batch == state.batch && $0.outcome.isBad
            }
            guard isFailure == true else { throw .notAFailure(asset) }
        }
        var names: [StreamID] = []
        for asset in acknowledged
        where !state.acknowledged.contains(asset) && !names.contains(asset) {
            names.append(asset)
        }
        let absent = acceptAbsent ? state.tally?.counts[.absent] ?? 0 : state.acknowledgedAbsent
        let resumed = resumed(reason, names, absent: absent, approval: approval)
        return [resumed] + (try after([resumed]).goOn())
    }

    private func resumed(
        _ reason: String, _ acknowledged: [StreamID], absent: Int, approval: PatchApproval?
    ) -> RolloutEvent {
        .resumed(
            RolloutResumed(
                by: by, reason: reason, phase: state.phaseWithoutPause ?? .planned,
                acknowledged: acknowledged, acknowledgedAbsent: absent,
                deadline: nextDeadline, approval: approval))
    }

    /// What the tally that is known says after resuming; refused when it would halt at once.
    private func goOn() throws(RolloutRejection) -> [RolloutEvent] {
        // The hosts are asked anew.
        if case .measuring = state.stage { return [] }
        guard let tally = state.tally else { return [] }
        if state.stage == .settling {
            if let limit = state.maxTotalFailures, tally.totals.bad > limit {
                let verdict = Gate.Verdict.trip(
                    .maxTotalFailures, value: tally.totals.bad, limit: limit)
                if let cause = cause(of: verdict, tally) { throw .gateStillHalts(cause) }
            }
            return finish(tally)
        }
        let input = input(tally)
        if let cause = cause(of: Gate.evaluate(input, settings), tally) {
            throw .gateStillHalts(cause)
        }
        return proceed(tally, input)
    }

    func promote(
        _ reason: String, maxTotalFailures: Int?, approval: PatchApproval
    ) throws(RolloutRejection) -> [RolloutEvent] {
        let mayGoOn =
            state.stage != .running || state.pause != nil || state.stragglers != nil
        if case .measuring = state.stage {
            throw wrongState(
                "promote", "its next batch has not begun: resume it, and its hosts are asked anew")
        }
        guard state.isUnderWay, mayGoOn else {
            throw wrongState(
                "promote",
                "only a batch that is paused or soaking, or that of the absent, can be promoted")
        }
        let releasers = [
            plan.by, plan.schedule?.by, state.requestedBy, state.startedBy, state.resumedBy,
        ]
        guard !releasers.contains(by) else { throw .releaserMayNotPromote(by) }
        if plan.emergency?.declarers.contains(by) == true { throw .declarerMayNotApprove(by) }
        guard let tally = state.tally, state.pause?.isCounted != false else {
            throw .notCountedYet
        }
        // Those of batches that have passed as well: nothing is passed over while any is in doubt.
        let unreachable = tally.listed.count {
            $0.outcome == .unreachable && state.acknowledged.contains($0.asset)
        }
        let unknowns = tally.totals[.unknown] + tally.totals[.unreachable] - unreachable
        guard unknowns == 0 else { throw .unknownsLeft(unknowns) }
        if let limit = maxTotalFailures ?? state.maxTotalFailures, tally.totals.bad > limit {
            throw .limitNotRaised(given: limit, failures: tally.totals.bad)
        }
        try checkApprovals(approval)
        let overridden = RolloutEvent.gateOverridden(
            GateOverridden(
                by: by, reason: reason, batch: state.batch, maxTotalFailures: maxTotalFailures,
                tally: tally, approval: approval,
                deadline: deadline(ofBatch: state.batch, since: at)))
        return advance([overridden] + closeStragglers(reason), tally)
    }

    private func checkApprovals(_ approval: PatchApproval?) throws(RolloutRejection) {
        guard let approval else { throw .approvalMissing }
        try check(approval)
        if let expires = state.approvalExpires, at >= expires { throw .approvalExpired(expires) }
    }
}
