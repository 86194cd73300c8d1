import EventSourcing

/// The decisions of one rollout at one moment, by one actor.
struct RolloutDeciding {
    let state: RolloutState
    let plan: RolloutPlanned
    let at: Timestamp
    let by: String

    func after(_ events: [RolloutEvent]) -> Self {
        var next = state
        for event in events { RolloutDecider.evolve(&next, event) }
        return Self(state: next, plan: plan, at: at, by: by)
    }

    func wrongState(_ command: String, _ hint: String) -> RolloutRejection {
        .wrongState(command: command, phase: state.phase ?? .planned, hint: hint)
    }

    // MARK: Up to the start

    func requestApproval(_ expires: Timestamp) throws(RolloutRejection) -> [RolloutEvent] {
        guard state.stage == .planned else {
            throw wrongState("request approval", "only a planned rollout can be submitted")
        }
        guard expires > at else { throw .expiryInThePast(expires) }
        return [.approvalRequested(RolloutApprovalRequested(by: by, expires: expires))]
    }

    /// Approves the plan; on a rollout under way, renews an approval that has run out.
    func approve(
        _ digest: Digest, _ expires: Timestamp, _ reason: String
    ) throws(RolloutRejection) -> [RolloutEvent] {
        if state.stage != .awaitingApproval {
            let hasRunOut = state.approvalExpires.map { at >= $0 } ?? false
            guard state.isUnderWay, hasRunOut else {
                throw wrongState("approve", "no approval is being asked for")
            }
        }
        try checkDecider()
        guard digest == plan.planDigest else {
            throw .stalePlan(given: digest, current: plan.planDigest)
        }
        if state.stage == .awaitingApproval, let asked = state.approvalExpires, at >= asked {
            throw .approvalExpired(asked)
        }
        guard expires > at else { throw .expiryInThePast(expires) }
        return [
            .approved(
                RolloutApproved(by: by, planDigest: digest, expires: expires, reason: reason))
        ]
    }

    func reject(_ reason: String) throws(RolloutRejection) -> [RolloutEvent] {
        guard state.stage == .awaitingApproval else {
            throw wrongState("reject", "no approval is being asked for")
        }
        try checkDecider()
        return [.rejected(RolloutRejected(by: by, reason: reason))]
    }

    /// Requester and last editor don't decide on their own plan, nor do those who tested the patch
    /// and signed it off, on any path (I14).
    private func checkDecider() throws(RolloutRejection) {
        if by == state.requestedBy { throw .requesterMayNotApprove(by) }
        if by == plan.by { throw .editorMayNotApprove(by) }
        if by == plan.schedule?.by { throw .schedulerMayNotApprove(by) }
        if plan.testers.contains(by) { throw .testerMayNotApprove(by) }
        if plan.emergency?.declarers.contains(by) == true { throw .declarerMayNotApprove(by) }
    }

    func approvalExpired(_ expires: Timestamp) -> [RolloutEvent] {
        guard state.approvalExpires == expires else { return [] }
        switch state.stage {
        case .awaitingApproval, .approved: return [.expired(RolloutExpired(expires: expires))]
        // Under way it only keeps further batches from starting, when they come.
        case .unplanned, .planned, .measuring, .running, .soaking, .settling, .rollingBack, .ended:
            return []
        }
    }

    func cancel(_ reason: String) throws(RolloutRejection) -> [RolloutEvent] {
        switch state.stage {
        case .planned, .awaitingApproval, .approved:
            return [.cancelled(RolloutCancelled(by: by, reason: reason))]
        case .ended(.cancelled): return []
        case .unplanned, .measuring, .running, .soaking, .settling, .rollingBack, .ended:
            throw wrongState("cancel", "abort a rollout that has started")
        }
    }

    func start(
        _ approval: PatchApproval, _ reason: String
    ) throws(RolloutRejection) -> [RolloutEvent] {
        guard state.stage == .approved else {
            throw wrongState("start", "only an approved rollout that hasn't started can start")
        }
        guard state.pause == nil else { throw wrongState("start", "resume it first") }
        guard let expires = state.approvalExpires, at < expires else {
            throw .approvalExpired(state.approvalExpires ?? at)
        }
        try check(approval)
        try needInTime()
        guard let canary = plan.batchSizes.first, canary > 0 else {
            throw .planInvalid("batches[0] has no target: a rollout needs a canary, plan it anew")
        }
        return [
            .scheduled(RolloutScheduled(by: by, approval: approval, reason: reason)),
            begin(0),
        ]
    }

    func check(_ approval: PatchApproval) throws(RolloutRejection) {
        guard approval.patch == plan.patch else {
            throw .patchNotApproved("it is for \(approval.patch), the plan for \(plan.patch)")
        }
        guard approval.artefactDigest == plan.artefactDigest else {
            throw .patchNotApproved(
                "it binds artefact \(approval.artefactDigest), the plan has "
                    + "\(plan.artefactDigest)")
        }
        guard at < approval.expires else {
            throw .patchNotApproved("it ran out at \(approval.expires)")
        }
    }

    func batchStarted(_ batch: Int) -> RolloutEvent {
        .batchStarted(
            BatchStarted(
                batch: batch, size: plan.batchSizes[batch], planDigest: plan.planDigest,
                deadline: deadline(ofBatch: batch, since: at)))
    }

    // MARK: Stopping

    func pause(
        _ reason: RolloutPaused.Reason, _ detail: String
    ) throws(RolloutRejection) -> [RolloutEvent] {
        if state.hasEnded { throw wrongState("pause", "it has ended") }
        if state.pause != nil { return [] }
        // The approval's end is that of the batch of stragglers, and nothing else is left to begin.
        if reason == .patchStopped, let stragglers = state.stragglers, at >= stragglers.until {
            return stragglersDue(stragglers.until)
        }
        // Without the patch's approval it can't start, and the way back stays open.
        if reason == .patchStopped, !state.isUnderWay { return [] }
        return [paused(reason, detail)]
    }

    func paused(
        _ reason: RolloutPaused.Reason, _ detail: String, _ cause: HaltCause? = nil,
        frozen: Bool = false
    ) -> RolloutEvent {
        var event = RolloutPaused(
            reason: reason, by: by, detail: detail, cause: cause, frozen: frozen)
        // What was approved in the emergency may have ended with it.
        if reason == .patchStopped, !state.emergencyOverrides.isEmpty {
            event.restoredFreezes = state.emergencyOverrides
        }
        return .paused(event)
    }

    func abort(_ reason: String) throws(RolloutRejection) -> [RolloutEvent] {
        if state.stage == .ended(.aborted) { return [] }
        if state.hasEnded { throw wrongState("abort", "it has ended") }
        return [
            .aborted(RolloutAborted(by: by, reason: reason, planDigest: plan.planDigest))
        ]
    }

    func rollBack(
        _ scope: RollbackScope, _ reason: String
    ) throws(RolloutRejection) -> [RolloutEvent] {
        switch state.stage {
        case .rollingBack(let current) where current == scope || current == .all: return []
        case .ended(.cancelled), .ended(.rejected), .ended(.expired), .unplanned:
            throw wrongState("roll back", "nothing was installed")
        case .ended where state.batch < 0: throw wrongState("roll back", "nothing was installed")
        case .planned, .awaitingApproval, .approved: return rolledBackBeforeStart(scope, reason)
        case .measuring where state.batch < 0: return rolledBackBeforeStart(scope, reason)
        case .measuring, .running, .soaking, .settling, .rollingBack, .ended:
            guard scope == .all || state.stragglers == nil || hasInstalledOnStragglers else {
                throw wrongState(
                    "roll back the batch",
                    "it is that of the absent, and nothing was installed on them: roll back all")
            }
            return [rollbackOrdered(scope, reason)]
        }
    }

    private func rolledBackBeforeStart(_ scope: RollbackScope, _ reason: String) -> [RolloutEvent] {
        [
            rollbackOrdered(scope, reason),
            .rolledBack(RolloutRolledBack(outcome: .rolledBack, totals: OutcomeCounts())),
        ]
    }

    func rollbackOrdered(_ scope: RollbackScope, _ reason: String) -> RolloutEvent {
        .rollbackOrdered(
            RollbackOrdered(
                scope: scope, batch: state.batch, by: by, reason: reason,
                planDigest: plan.planDigest))
    }
}
