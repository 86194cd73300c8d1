package import EventSourcing
import FoundationEssentials

/// One rollout on one asset, step by step: precheck, backup, installation, scan; or back again.
///
/// What touches the host is preceded by a recorded intent. When a worker is lost after the intent,
/// or the host goes silent, the asset is in doubt and is probed before anything else (I4, I7).
/// Whatever arrives late or twice changes nothing.
package enum DeploymentDecider: Decider {
    package static let prefix = "de"
    package static let initialState = DeploymentState()

    /// The batch that a rollback's permit names: below every batch, so that a rollout that is
    /// going back can allow it while no installation is released any more.
    package static let rollbackBatch = -1

    package static func decide(
        _ command: DeploymentCommand, _ context: CommandContext, _ state: DeploymentState
    ) throws(DeploymentRejection) -> [DeploymentEvent] {
        if case .queue(let order, let opens) = command {
            guard let queued = state.order else {
                let deciding = DeploymentDeciding(state: state, order: order, at: context.at)
                return [.queued(.init(order: order))] + deciding.queued(opens: opens)
            }
            guard queued == order else { throw .alreadyQueued }
            return []
        }
        guard let order = state.order else {
            // It is told again when it is queued.
            if case .postpone = command { return [] }
            throw .notQueued
        }
        let deciding = DeploymentDeciding(state: state, order: order, at: context.at)
        switch command {
        case .queue: return []
        case .beginStep(let step, let worker, let fence):
            return [try deciding.begin(step, worker: worker, fence: fence)]
        case .recordResult(let step, let result, let fence):
            return try deciding.record(step, result, fence: fence)
        case .loseLease(let step, let fence): return deciding.loseLease(step, fence: fence)
        case .observeReboot(let bootID): return deciding.observeReboot(bootID)
        case .orderRollback(let reason, let batch):
            return batch == nil || batch == state.batch ? deciding.orderRollback(reason) : []
        case .cancel(let reason, let batch):
            return batch == nil || batch == state.batch ? deciding.cancel(reason) : []
        case .hold(let reason): return try deciding.hold(reason)
        case .awaitOpening(let closed): return try deciding.awaitOpening(closed)
        case .awaitSlot(let scope): return try deciding.awaitSlot(scope)
        case .postpone(let until, let number, let reason):
            return deciding.postpone(until, number, reason)
        case .awaitReturn(let batch, let until): return deciding.awaitReturn(batch, until)
        case .giveUpWaiting(let reason): return deciding.giveUpWaiting(reason)
        }
    }

    package static func effects(of event: DeploymentEvent, _ state: DeploymentState) -> [Effect] {
        switch event {
        // What is closed is scheduled by what it waits for.
        case .queued where state.isClosed: return []
        case .queued, .precheckPassed, .backupTaken, .snapshotTaken, .installFinished,
            .rebootRequested,
            .rebootConfirmed, .rollbackFinished, .returned:
            return schedule(state, delaySeconds: 0)
        case .rebootAccepted: return schedule(state, delaySeconds: 5)
        case .leaseExpired(let event):
            // Before the installation a lost worker ends the attempt.
            let ended = state.attempt > event.attempt ? endAttempt(event.attempt, state) : []
            return ended + schedule(state, delaySeconds: 0)
        case .waiting(let event):
            let ended =
                event.reason.beginsAnew || state.attempt > event.attempt
                ? endAttempt(event.attempt, state) : []
            guard let delay = event.delaySeconds else { return ended }
            return ended + schedule(state, delaySeconds: delay)
        case .probed(let event):
            guard let delay = event.delaySeconds else { return [] }
            return schedule(state, delaySeconds: delay)
        // A reboot may be scheduled that isn't to be begun any more.
        case .cancelled, .givenUp, .rebootDeferred, .postponed:
            return [.cancelPending] + endAttempt(state.attempt, state)
        case .returnAwaited(let event):
            return endAttempt(state.attempt, state)
                + schedule(state, delaySeconds: event.delaySeconds)
        case .succeeded, .failed, .skipped, .absent, .unreachable, .verificationFailed,
            .deadAfterReboot, .rolledBack, .rollbackFailed:
            return endAttempt(state.attempt, state)
        case .leaseGranted, .precheckFailed, .installStarted, .rebootStarted, .rollbackStarted:
            return []
        }
    }

    /// The permit with which a worker begins `step`; nil when that step needs none.
    package static func permit(for step: DeploymentStep, _ state: DeploymentState) -> Permit? {
        guard let order = state.order, step.needsPermit else { return nil }
        return Permit(
            asset: order.target.asset, attempt: order.attemptID(state.attempt),
            rollout: order.rollout,
            batch: step == .rollBack ? rollbackBatch : state.batch ?? order.batch,
            site: order.target.site,
            calendar: step == .rollBack ? nil : order.target.calendar,
            freezeScopes: order.target.freezeScopes)
    }

    private static func endAttempt(_ attempt: Int, _ state: DeploymentState) -> [Effect] {
        guard let order = state.order else { return [] }
        return [.endAttempt(asset: order.target.asset, attempt: order.attemptID(attempt))]
    }

    /// The activity that the state waits for.
    private static func schedule(_ state: DeploymentState, delaySeconds: Int) -> [Effect] {
        guard let order = state.order, let step = state.phase.awaitedStep else { return [] }
        let attempt = order.attemptID(state.attempt)
        let work: Work =
            switch step {
            case .precheck: .precheck(packages: order.pins)
            case .backUp: .backUp(attempt: attempt, packages: state.pins)
            case .snapshot:
                .check(
                    argv: order.snapshot?.argv ?? [], seconds: order.snapshot?.seconds ?? 1)
            case .install: .install(attempt: attempt, packages: state.pins)
            case .rollBack: .rollBack(attempt: attempt, packages: state.prior)
            case .verify:
                .verify(
                    checks: state.phase == .verifyingRollback
                        ? order.scanAfterRollback : order.scan)
            case .reboot: .reboot(attempt: attempt, bootID: state.bootID ?? "")
            // The cheapest question: every answer has the boot id.
            case .awaitBoot: .check(argv: ["/bin/true"], seconds: 10)
            case .probe: .probe(attempt: attempt, step: state.inDoubt ?? .install)
            case .look: .precheck(packages: order.pins)
            }
        return [
            .schedule(
                NewActivity(
                    kind: step.rawValue, asset: order.target.asset,
                    data: storedForm(ScanTask(host: order.target.host, work: work)),
                    delay: .seconds(delaySeconds), priority: priority(of: step, order.riskClass),
                    parkedBy: state.closedBy))
        ]
    }

    /// What has begun is brought to its end before anything new begins, and of the new the urgent goes
    /// first.
    private static func priority(of step: DeploymentStep, _ riskClass: RiskClass?) -> Int {
        switch step {
        // Those that are away must not keep the present ones waiting.
        case .look: -10
        case .precheck:
            switch riskClass {
            case .urgent: 3
            case .important: 2
            case .nonCritical: 1
            case nil: 0
            }
        case .backUp, .snapshot: 10
        case .install: 20
        case .verify, .reboot, .awaitBoot: 30
        case .probe, .rollBack: 40
        }
    }
}
