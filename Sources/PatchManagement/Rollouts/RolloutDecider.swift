package import EventSourcing

/// A staged deployment: planned, approved by another person, then batch by batch with a gate after
/// each. Pause, abort and rollback are possible in every state that isn't an end.
///
/// Its stream holds decisions, never the fate of single assets: the coordinator counts those and
/// reports tallies, which are recorded where something was decided by them.
package enum RolloutDecider: Decider {
    package static let prefix = "ro"
    package static let initialState = RolloutState()

    package static func decide(
        _ command: RolloutCommand, _ context: CommandContext, _ state: RolloutState
    ) throws(RolloutRejection) -> [RolloutEvent] {
        if case .plan(let plan, let digest) = command {
            return try decidePlan(plan, digest, context, state)
        }
        guard let plan = state.plan else { throw .notPlanned }
        let deciding = RolloutDeciding(
            state: state, plan: plan, at: context.at, by: context.actor.id)
        switch command {
        case .plan: return []
        case .requestApproval(let expires): return try deciding.requestApproval(expires)
        case .approve(let digest, let expires, let reason):
            return try deciding.approve(digest, expires, reason)
        case .reject(let reason): return try deciding.reject(reason)
        case .cancel(let reason): return try deciding.cancel(reason)
        case .start(let approval, let reason): return try deciding.start(approval, reason)
        case .observe(let tally): return deciding.observe(tally)
        case .recordHealth(let report): return deciding.recordHealth(report)
        case .pause(let reason, let detail): return try deciding.pause(reason, detail)
        case .resume(let reason, let acknowledged, let acceptAbsent, let approval):
            return try deciding.resume(
                reason, acknowledged, acceptAbsent: acceptAbsent, approval: approval)
        case .promote(let reason, let limit, let approval):
            return try deciding.promote(reason, maxTotalFailures: limit, approval: approval)
        case .abort(let reason): return try deciding.abort(reason)
        case .rollBack(let scope, let reason): return try deciding.rollBack(scope, reason)
        case .rollBackAssets(let assets, let reason):
            return try deciding.rollBack(assets, reason)
        case .overrideFreeze(let freeze, let reason):
            return try deciding.overrideFreeze(freeze, reason)
        case .overrideFreezeInEmergency(let freeze, let emergency):
            return try deciding.overrideFreeze(freeze, in: emergency)
        case .postpone(let asset, let until, let latest, let reason):
            return try deciding.postpone(asset, until, latest: latest, reason)
        case .observeFreeze(let frozen): return deciding.observeFreeze(frozen)
        case .observeThaw(let freeze, let moment): return deciding.observeThaw(freeze, moment)
        case .acknowledgeMiss(let digest, let reason):
            return try deciding.acknowledgeMiss(digest, reason)
        case .soakElapsed(let batch, let until): return deciding.soakElapsed(batch, until)
        case .progressDeadlinePassed(let batch, let deadline):
            return deciding.progressDeadlinePassed(batch, deadline)
        case .approvalExpired(let expires): return deciding.approvalExpired(expires)
        case .stragglersDue(let until): return deciding.stragglersDue(until)
        }
    }

    private static func decidePlan(
        _ plan: RolloutPlan, _ digest: Digest, _ context: CommandContext, _ state: RolloutState
    ) throws(RolloutRejection) -> [RolloutEvent] {
        switch state.stage {
        case .unplanned, .planned: break
        case .awaitingApproval, .approved, .measuring, .running, .soaking, .settling, .rollingBack,
            .ended:
            throw .wrongState(
                command: "plan", phase: state.phase ?? .planned, hint: "plan a new rollout")
        }
        if state.plan?.planDigest == digest { return [] }
        if let fault = plan.faults.first { throw .planInvalid(fault) }
        return [.planned(plan.summary(digest: digest, by: context.actor.id))]
    }

    /// Every event that changes what may be dispatched sets the whole of it, from the state after
    /// the command: so several of them in one append agree, in whatever order they are applied.
    package static func effects(of event: RolloutEvent, _ state: RolloutState) -> [Effect] {
        ownEffects(of: event, state) + healthEffects(of: event, state)
    }

    private static func ownEffects(of event: RolloutEvent, _ state: RolloutState) -> [Effect] {
        switch event {
        case .paused(let event):
            guard let plan = state.plan else { return [] }
            return control(state)
                + (event.restoredFreezes ?? []).map {
                    Effect.calendar(.restore(freeze: $0, rollout: plan.rollout))
                }
        case .planned, .rollbackOrdered, .assetRollbackOrdered, .stragglersClosed:
            return control(state)
        case .aborted, .cancelled, .rejected, .expired, .rolledBack, .completed:
            return control(state) + closeCalendars(state)
        case .freezeOverridden(let event):
            guard let plan = state.plan else { return [] }
            return [
                .calendar(
                    .override(
                        freeze: event.freeze, rollout: plan.rollout, until: event.until))
            ]
        case .deadlineMoved(let event):
            return [
                .start(
                    RolloutTimer.progressDeadline.timer(batch: event.batch, due: event.deadline))
            ]
        case .gateOverridden(let event):
            guard let due = event.deadline, state.stage == .settling else { return control(state) }
            return control(state) + [
                .start(RolloutTimer.progressDeadline.timer(batch: state.batch, due: due))
            ]
        case .approvalRequested(let event):
            return [.start(RolloutTimer.approvalExpiry.timer(batch: -1, due: event.expires))]
        case .approved(let event):
            return [.start(RolloutTimer.approvalExpiry.timer(batch: -1, due: event.expires))]
        case .batchStarted(let event):
            return control(state) + [
                .start(
                    RolloutTimer.progressDeadline.timer(batch: event.batch, due: event.deadline))
            ]
        case .stragglersStarted(let event):
            return control(state) + [
                .start(
                    RolloutTimer.progressDeadline.timer(batch: event.batch, due: event.deadline)),
                .start(RolloutTimer.stragglers.timer(batch: event.batch, due: event.until)),
            ]
        case .resumed(let event):
            guard state.isUnderWay else { return control(state) }
            return control(state) + [
                .start(
                    RolloutTimer.progressDeadline.timer(batch: state.batch, due: event.deadline))
            ]
        case .soakStarted(let event):
            return [.start(RolloutTimer.soak.timer(batch: event.batch, due: event.until))]
        case .baselineOrdered(let event):
            return [
                .start(
                    RolloutTimer.progressDeadline.timer(batch: state.batch, due: event.deadline))
            ]
        case .scheduled:
            guard let plan = state.plan, let calendars = plan.calendars else { return [] }
            return [.calendar(.open(rollout: plan.rollout, calendars.map(\.openings)))]
        case .batchSkipped, .gateEvaluated, .healthRecorded, .postponed, .missAcknowledged:
            return []
        }
    }

    private static func closeCalendars(_ state: RolloutState) -> [Effect] {
        guard let plan = state.plan, plan.calendars != nil else { return [] }
        return [.calendar(.forget(rollout: plan.rollout))]
    }

    private static func control(_ state: RolloutState) -> [Effect] {
        guard let plan = state.plan else { return [] }
        var change = ControlChange(
            scope: ControlChange.rolloutScope(plan.rollout), halted: true, capacity: plan.capacity)
        switch state.stage {
        case .unplanned, .planned, .awaitingApproval, .approved:
            change.releasedBatch = DeploymentDecider.rollbackBatch
        case .measuring, .running, .soaking, .settling:
            let isPaused = state.pause != nil
            // Nothing is installed in a pause; what was ordered to go back does.
            let isOnlyBack = isPaused && state.assetRollbacks > 0
            change.halted = isPaused && !isOnlyBack
            change.releasedBatch =
                isOnlyBack ? DeploymentDecider.rollbackBatch : state.releasedBatch
        case .rollingBack:
            // Installations are no longer released, only the way back is.
            change.halted = state.pause != nil
            change.releasedBatch = DeploymentDecider.rollbackBatch
        case .ended:
            change.halted = state.assetRollbacks == 0
            change.releasedBatch = DeploymentDecider.rollbackBatch
        }
        return [.control(change)]
    }
}
