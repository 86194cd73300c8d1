import EventSourcing
import FoundationEssentials

/// The decisions of one deployment at one moment.
struct DeploymentDeciding {
    let state: DeploymentState
    let order: DeploymentOrder
    let at: Timestamp

    /// It belongs to the batch with which it is judged.
    var route: DeploymentRoute { order.route(inBatch: state.batch ?? order.batch) }

    func change(to outcome: DeploymentOutcome?) -> OutcomeChange {
        OutcomeChange(before: state.outcome, after: outcome)
    }

    /// A change only where there is one.
    func changed(to outcome: DeploymentOutcome?) -> OutcomeChange? {
        state.outcome == outcome ? nil : change(to: outcome)
    }

    func waiting(
        _ reason: DeploymentWaiting.Reason, delaySeconds: Int?, _ detail: String,
        _ change: OutcomeChange?
    ) -> DeploymentEvent {
        .waiting(
            DeploymentWaiting(
                reason: reason, attempt: state.attempt, delaySeconds: delaySeconds,
                detail: detail, at: at, route: route, change: change))
    }

    func failed(
        permanent: Bool, _ cause: String, _ detail: String, _ report: ExecutionReport? = nil,
        as outcome: DeploymentOutcome
    ) -> DeploymentEvent {
        .failed(
            DeploymentFailed(
                route: route, change: change(to: outcome), permanent: permanent,
                cause: cause, detail: detail, report: report))
    }

    func rollbackFailed(_ cause: String, _ detail: String) -> DeploymentEvent {
        .rollbackFailed(
            RollbackFailed(
                route: route, change: change(to: .rollbackFailed), cause: cause,
                detail: detail))
    }

    // MARK: Beginning a step

    func begin(
        _ step: DeploymentStep, worker: UUID, fence: Int64
    ) throws(DeploymentRejection) -> DeploymentEvent {
        guard step == state.phase.awaitedStep else { throw .stepNotDue(step, state.phase) }
        guard fence > state.fence else { throw .staleFence(given: fence, last: state.fence) }
        let attemptID = order.attemptID(state.attempt)
        switch state.phase {
        case .waiting, .prechecking, .backingUp, .snapshotting:
            return .leaseGranted(
                LeaseGranted(
                    step: step, attempt: state.attempt, attemptID: attemptID, worker: worker,
                    fence: fence,
                    thaw: state.closedBy.map { Thaw(freeze: $0, at: at, route: route) }))
        case .ready:
            return .installStarted(
                InstallStarted(
                    attempt: state.attempt, attemptID: attemptID, worker: worker, fence: fence,
                    planDigest: order.planDigest, artefactDigest: order.artefactDigest))
        case .rollbackQueued:
            return .rollbackStarted(
                RollbackStarted(
                    attempt: state.attempt, attemptID: attemptID, worker: worker, fence: fence))
        case .rebootQueued:
            return .rebootStarted(
                RebootStarted(
                    attempt: state.attempt, attemptID: attemptID, worker: worker, fence: fence,
                    bootID: state.bootID ?? ""))
        case .unqueued, .installing, .installInDoubt, .verifying, .rebooting, .rebootInDoubt,
            .awaitingBoot, .rollingBack, .rollbackInDoubt, .verifyingRollback, .awaitingReturn,
            .ended:
            // Begun already, or only looked for: only a probe may come now.
            throw .stepNotDue(step, state.phase)
        }
    }

    /// A worker that held `step` is gone.
    func loseLease(_ step: DeploymentStep, fence: Int64) -> [DeploymentEvent] {
        guard step == state.phase.awaitedStep, isLive(fence) else { return [] }
        var outcome = state.outcome
        switch state.phase {
        case .installing, .rebooting: outcome = .unknown
        case .unqueued, .waiting, .prechecking, .backingUp, .snapshotting, .ready, .installInDoubt,
            .verifying,
            .rebootQueued, .rebootInDoubt, .awaitingBoot, .rollbackQueued, .rollingBack,
            .rollbackInDoubt, .verifyingRollback,
            .awaitingReturn, .ended:
            break
        }
        let expired = DeploymentEvent.leaseExpired(
            LeaseExpired(
                step: step, attempt: state.attempt, fence: fence, at: at, route: route,
                change: changed(to: outcome)))
        if state.phase.isBeforeInstall {
            guard state.budgetedAttempts > order.retries.retries else { return [expired] }
            return [
                expired,
                failed(
                    permanent: false, "worker-lost",
                    "\(state.attempt) workers stopped during '\(step.rawValue)' and before",
                    as: .failedBeforeInstall),
            ]
        }
        switch state.phase {
        // Looking for it ends with its return, or with the time that it has for that.
        case .awaitingReturn, .awaitingBoot: return [expired]
        default: break
        }
        let begun =
            state.phase == .installing || state.phase == .rebooting || state.phase == .rollingBack
        guard !begun, state.lostLeases >= order.retries.retries else { return [expired] }
        return [expired, giveUp(step, "\(state.lostLeases + 1) workers stopped during it")]
    }

    /// Whether `fence` belongs to the claim that the state waits for.
    private func isLive(_ fence: Int64) -> Bool {
        switch state.phase {
        // A higher one when the activity was given back after its intent, and claimed again.
        case .prechecking, .backingUp, .snapshotting, .installing, .rebooting, .rollingBack:
            fence >= state.fence
        case .waiting, .ready, .installInDoubt, .verifying, .rebootQueued, .rebootInDoubt,
            .awaitingBoot, .rollbackQueued, .rollbackInDoubt, .verifyingRollback,
            .awaitingReturn:
            fence > state.fence
        case .unqueued, .ended: false
        }
    }

    /// Nothing could be learnt about what was begun.
    func giveUp(_ step: DeploymentStep, _ detail: String) -> DeploymentEvent {
        switch state.phase {
        case .rollbackQueued, .rollingBack, .rollbackInDoubt, .verifyingRollback:
            return rollbackFailed("unreachable", detail)
        case .rebootInDoubt where !state.rollbackOrdered: return deadAfterReboot(detail)
        case .unqueued, .waiting, .prechecking, .backingUp, .snapshotting, .ready, .installing,
            .installInDoubt,
            .verifying, .rebootQueued, .rebooting, .rebootInDoubt, .awaitingBoot, .awaitingReturn,
            .ended:
            if state.rollbackOrdered { return rollbackFailed("unreachable", detail) }
            return .unreachable(
                TargetUnreachable(
                    route: route, change: change(to: .unreachable), step: step,
                    detail: detail))
        }
    }

    // MARK: Orders from the rollout

    func cancel(_ reason: String) -> [DeploymentEvent] {
        switch state.phase {
        case .waiting, .prechecking, .backingUp, .snapshotting, .ready, .awaitingReturn:
            return [cancelled(reason)]
        case .installing, .installInDoubt, .rebooting, .rebootInDoubt, .rollingBack,
            .rollbackInDoubt:
            // What runs is reported; what turns out not to have begun doesn't begin any more.
            if state.cancelOrdered { return [] }
            return [waiting(.cancelOrdered, delaySeconds: nil, reason, nil)]
        case .rebootQueued: return rebootGivenUp()
        case .rollbackQueued:
            return [rollbackFailed("cancelled", reason)]
        case .verifying:
            // No reboot is begun after it.
            guard order.rebootPolicy.reboots, !state.cancelOrdered else { return [] }
            return [waiting(.cancelOrdered, delaySeconds: nil, reason, nil)]
        case .unqueued, .awaitingBoot, .verifyingRollback, .ended: return []
        }
    }

    /// Nothing of the patch has begun: the attempt ends, so that others get its place, and the next
    /// one waits until the hold has ended.
    func hold(_ reason: String) throws(DeploymentRejection) -> [DeploymentEvent] {
        guard state.phase.isBeforeInstall || state.phase == .rebootQueued else {
            throw .stepNotDue(.precheck, state.phase)
        }
        guard !state.isHeld else { return [] }
        return [
            waiting(
                .hold, delaySeconds: DeploymentDecider.secondsHeld(tries: 1), reason, nil)
        ]
    }

    func cancelled(_ reason: String) -> DeploymentEvent {
        .cancelled(
            DeploymentCancelled(
                route: route, change: change(to: .cancelled), reason: reason))
    }

    func orderRollback(_ reason: String) -> [DeploymentEvent] {
        switch state.phase {
        case .waiting, .prechecking, .backingUp, .snapshotting, .ready, .awaitingReturn:
            return [cancelled(reason)]
        case .installing, .installInDoubt, .rebooting, .rebootInDoubt, .awaitingBoot:
            if state.rollbackOrdered { return [] }
            // What runs must end before it can be taken back.
            return [waiting(.rollbackOrdered, delaySeconds: nil, reason, change(to: .rollingBack))]
        case .verifying, .rebootQueued: return beginRollback(reason)
        case .rollbackQueued, .rollingBack, .rollbackInDoubt, .verifyingRollback, .unqueued:
            return []
        case .ended:
            switch state.outcome {
            case .succeeded, .installedPendingReboot, .failed, .verificationFailed, .unreachable,
                .deadAfterReboot, .rollbackFailed:
                return beginRollback(reason)
            case .none, .unknown, .rollingBack, .failedBeforeInstall, .absent, .skipped,
                .cancelled, .rolledBack:
                return []
            }
        }
    }

    /// Goes back from what is known to have been begun, where there is a way back.
    func beginRollback(_ reason: String) -> [DeploymentEvent] {
        guard state.reversible else {
            return [
                rollbackFailed(
                    "irreversible", "no old package file was kept, so there is no way back")
            ]
        }
        return [waiting(.rollbackOrdered, delaySeconds: 0, reason, change(to: .rollingBack))]
    }
}

extension DeploymentDecider {
    /// After how many seconds to ask again whether an asset is held: a hold lasts hours, and thousands
    /// of assets may be held for one vulnerability. Whoever releases at once need not wait long.
    ///
    /// - Parameter tries: How often it was asked by now.
    package static func secondsHeld(tries: Int) -> Int {
        max(5, min(60, 5 * (tries - 11)))
    }
}
