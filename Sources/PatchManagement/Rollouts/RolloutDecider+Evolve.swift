import EventSourcing

extension RolloutDecider {
    package static func evolve(_ state: inout RolloutState, _ event: RolloutEvent) {
        switch event {
        case .planned(let event):
            state.plan = event
            state.missAcknowledgedBy = nil
            state.stage = .planned
            state.maxTotalFailures = event.gate.maxTotalFailures
        case .approvalRequested(let event):
            state.requestedBy = event.by
            state.approvalExpires = event.expires
            state.stage = .awaitingApproval
        case .approved(let event):
            state.approvalExpires = event.expires
            if state.stage == .awaitingApproval { state.stage = .approved }
        case .rejected: end(&state, .rejected)
        case .expired: end(&state, .expired)
        case .cancelled: end(&state, .cancelled)
        case .scheduled(let event):
            state.startedBy = event.by
            state.patchApprovalExpires = event.approval.expires
        case .batchStarted(let event):
            begin(&state, batch: event.batch, deadline: event.deadline)
        case .batchSkipped: break
        case .baselineOrdered(let event):
            state.deadline = event.deadline
            state.pause = nil
            state.stage = .measuring(event.batch)
            state.health.restart()
        case .healthRecorded(let event): state.health.record(event)
        case .stragglersStarted(let event):
            state.stragglers = .init(size: event.size, until: event.until)
            begin(&state, batch: event.batch, deadline: event.deadline)
        case .stragglersClosed: state.stragglers?.isClosed = true
        case .soakStarted(let event):
            state.tally = event.tally
            state.stage = .soaking(until: event.until)
            state.health.restart()
        case .gateEvaluated(let event):
            // A late look at an earlier batch says nothing about the current one.
            if event.tally.batch == state.batch { state.tally = event.tally }
            if state.pause != nil { state.pause?.isCounted = true }
            if event.verdict == .pass, state.isLastBatch { state.stage = .settling }
        case .paused(let event):
            state.pause = .init(
                reason: event.reason, frozen: event.frozen || state.pause?.frozen == true)
            let restored = event.restoredFreezes ?? []
            state.overriddenFreezes.removeAll(where: restored.contains)
            state.emergencyOverrides.removeAll(where: restored.contains)
        case .resumed(let event): resume(&state, event)
        case .gateOverridden(let event):
            state.tally = event.tally
            state.pause = nil
            state.patchApprovalExpires = event.approval.expires
            if let limit = event.maxTotalFailures { state.maxTotalFailures = limit }
            if let deadline = event.deadline { state.deadline = deadline }
            if state.isLastBatch { state.stage = .settling }
        case .aborted: end(&state, .aborted)
        case .rollbackOrdered(let event):
            state.rollbackOrders += 1
            state.pause = nil
            state.stage = .rollingBack(event.scope)
        case .assetRollbackOrdered: state.assetRollbacks += 1
        case .rolledBack(let event):
            end(&state, event.outcome == .rollbackFailed ? .rollbackFailed : .rolledBack)
        case .freezeOverridden, .deadlineMoved, .postponed, .missAcknowledged:
            evolveTimes(&state, event)
        case .completed: end(&state, .completed)
        }
    }

    /// When it may be, and until when.
    private static func evolveTimes(_ state: inout RolloutState, _ event: RolloutEvent) {
        switch event {
        case .freezeOverridden(let event):
            state.overriddenFreezes.append(event.freeze)
            if event.emergency != nil { state.emergencyOverrides.append(event.freeze) }
        case .deadlineMoved(let event):
            state.frozenTimes.removeAll { $0.freeze == event.frozen.freeze }
            state.frozenTimes.append(event.frozen)
            state.deadline = event.deadline
        case .postponed(let event):
            state.postponements[event.asset] = .init(number: event.number, until: event.until)
        case .missAcknowledged(let event): state.missAcknowledgedBy = event.by
        default: break
        }
    }

    private static func resume(_ state: inout RolloutState, _ event: RolloutResumed) {
        state.resumedBy = event.by
        state.pause = nil
        state.deadline = event.deadline
        state.acknowledged += event.acknowledged
        state.acknowledgedAbsent = event.acknowledgedAbsent
        if let approval = event.approval { state.patchApprovalExpires = approval.expires }
        if case .soaking = state.stage { state.stage = .running }
        state.health.restart()
    }

    private static func begin(_ state: inout RolloutState, batch: Int, deadline: Timestamp) {
        state.batch = batch
        state.deadline = deadline
        state.tally = nil
        state.acknowledgedAbsent = 0
        state.pause = nil
        state.stage = .running
        state.health.restart()
    }

    private static func end(_ state: inout RolloutState, _ phase: RolloutPhase) {
        state.pause = nil
        state.stage = .ended(phase)
    }
}
