import EventSourcing

extension DeploymentDecider {
    package static func evolve(_ state: inout DeploymentState, _ event: DeploymentEvent) {
        switch event {
        case .queued(let event):
            state.order = event.order
            state.phase = .waiting
        case .leaseGranted(let event):
            state.fence = event.fence
            state.isHeld = false
            open(&state)
            if event.step == .precheck { state.phase = .prechecking }
        case .leaseExpired(let event): expire(&state, event)
        case .precheckPassed(let event):
            state.installedBefore = event.installed
            state.phase = .backingUp
        case .precheckFailed: break
        case .backupTaken(let event):
            state.prior = event.prior
            state.reversible = event.reversible
            state.phase = state.order?.snapshot == nil ? .ready : .snapshotting
        case .snapshotTaken: state.phase = .ready
        case .installStarted(let event):
            state.fence = event.fence
            state.phase = .installing
        case .installFinished(let event):
            state.bootID = event.report.bootID
            state.rebootRequired = event.report.rebootRequired
            lookFrom(event.at, &state)
            state.phase = state.rollbackOrdered ? .rollbackQueued : .verifying
        case .waiting(let event): wait(&state, event)
        case .probed(let event):
            state.fruitlessProbes = event.tries
            switch event.answer {
            case .neverStarted, .finished, .interrupted: state.inDoubt = nil
            case .running, .noAnswer: break
            }
            change(&state, event.change)
        case .rebootRequested, .rebootStarted, .rebootAccepted, .rebootConfirmed, .rebootDeferred:
            evolveReboot(&state, event)
        case .rollbackStarted(let event):
            state.fence = event.fence
            open(&state)
            state.phase = .rollingBack
        case .rollbackFinished(let event):
            lookFrom(event.at, &state)
            state.phase = .verifyingRollback
        case .succeeded(let event): end(&state, event.change)
        case .failed(let event): end(&state, event.change)
        case .skipped(let event): end(&state, event.change)
        case .cancelled(let event): end(&state, event.change)
        case .absent(let event): end(&state, event.change)
        case .unreachable(let event): end(&state, event.change)
        case .verificationFailed(let event): end(&state, event.change)
        case .deadAfterReboot(let event): end(&state, event.change)
        case .rolledBack(let event): end(&state, event.change)
        case .rollbackFailed(let event): end(&state, event.change)
        case .returnAwaited(let event):
            change(&state, event.change)
            state.straggling = .init(batch: event.route.batch, until: event.until)
            state.fruitlessProbes = 0
            state.phase = .awaitingReturn
        case .returned(let event):
            state.straggling?.attemptsBeforeReturn = event.attempt - 1
            state.heldAttempts = 0
            state.attempt = event.attempt
            state.phase = .waiting
        case .postponed(let event): postpone(&state, event)
        case .givenUp(let event): end(&state, event.change)
        }
    }

    private static func evolveReboot(_ state: inout DeploymentState, _ event: DeploymentEvent) {
        switch event {
        case .rebootRequested(let event):
            state.bootID = event.report.bootID
            state.dueReboot = event.report
            state.phase = .rebootQueued
        case .rebootStarted(let event):
            state.fence = event.fence
            state.isHeld = false
            open(&state)
            state.phase = .rebooting
        case .rebootAccepted(let event):
            state.inDoubt = nil
            lookFrom(event.at, &state)
            state.phase = .awaitingBoot
        case .rebootConfirmed(let event):
            state.bootID = event.bootID
            state.rebootRequired = false
            state.dueReboot = nil
            state.reboots += 1
            lookFrom(event.at, &state)
            state.phase = state.rollbackOrdered ? .rollbackQueued : .verifying
        case .rebootDeferred(let event):
            state.bootID = event.report.bootID
            state.dueReboot = nil
            end(&state, event.change)
        default: break
        }
    }

    private static func postpone(_ state: inout DeploymentState, _ event: PostponedByOwner) {
        state.postponedUntil = event.until
        end(&state, event.change)
    }

    private static func expire(_ state: inout DeploymentState, _ event: LeaseExpired) {
        change(&state, event.change)
        if state.phase.isBeforeInstall {
            state.attempt = event.attempt + 1
            state.phase = .waiting
            return
        }
        // A look has begun nothing.
        if state.phase == .awaitingReturn || state.phase == .awaitingBoot { return }
        state.lostLeases += 1
        if state.phase == .installing {
            doubt(.install, from: event.at, &state)
        } else if state.phase == .rebooting {
            doubt(.reboot, from: event.at, &state)
        } else if state.phase == .rollingBack {
            doubt(.rollBack, from: event.at, &state)
        }
    }

    private static func open(_ state: inout DeploymentState) {
        state.isClosed = false
        state.closedBy = nil
        state.awaitedCap = nil
    }

    private static func wait(_ state: inout DeploymentState, _ event: DeploymentWaiting) {
        change(&state, event.change)
        switch event.reason {
        case .offline, .retry:
            state.attempt = event.attempt + 1
            if state.phase.isInReboot {
                state.rebootRetries += 1
                state.phase = .rebootQueued
            } else {
                state.phase = .waiting
            }
        case .hold, .snapshot:
            state.attempt = event.attempt + 1
            state.heldAttempts += 1
            state.isHeld = event.reason == .hold
            if state.phase != .rebootQueued { state.phase = .waiting }
        case .window, .freeze: waitForOpening(&state, event)
        case .slot:
            state.awaitedCap = event.scope
            endByPlan(&state, event)
        case .inDoubt:
            let step: AttemptStep =
                switch state.phase {
                case .rollingBack: .rollBack
                case .rebooting: .reboot
                default: .install
                }
            doubt(step, from: event.at, &state)
        case .rollbackOrdered: orderRollback(&state, event)
        case .cancelOrdered: state.cancelOrdered = true
        }
    }

    private static func orderRollback(_ state: inout DeploymentState, _ event: DeploymentWaiting) {
        state.rollbackOrdered = true
        // An abort from before this order doesn't hold for it.
        state.cancelOrdered = false
        switch state.phase {
        case .installing, .installInDoubt, .rebooting, .rebootInDoubt, .awaitingBoot: break
        case .rollbackInDoubt:
            state.rollbackRetries += 1
            state.phase = .rollbackQueued
        case .ended where state.inDoubt == .rollBack: askFirst(.rollBack, event.at, &state)
        case .ended where state.inDoubt == .install || event.change?.before == .unreachable:
            askFirst(.install, event.at, &state)
        case .unqueued, .waiting, .prechecking, .backingUp, .snapshotting, .ready, .verifying,
            .rebootQueued,
            .rollbackQueued, .rollingBack, .verifyingRollback, .awaitingReturn, .ended:
            state.lostLeases = 0
            state.phase = .rollbackQueued
        }
    }

    /// What was given up in doubt may have run, or still run: that is asked before anything else
    /// is begun (I7).
    private static func askFirst(
        _ step: AttemptStep, _ moment: Timestamp, _ state: inout DeploymentState
    ) {
        state.lostLeases = 0
        doubt(step, from: moment, &state)
    }

    private static func doubt(
        _ step: AttemptStep, from moment: Timestamp, _ state: inout DeploymentState
    ) {
        lookFrom(moment, &state)
        state.inDoubt = step
        switch step {
        case .rollBack: state.phase = .rollbackInDoubt
        case .reboot: state.phase = .rebootInDoubt
        case .install, .backUp: state.phase = .installInDoubt
        }
    }

    private static func lookFrom(_ moment: Timestamp, _ state: inout DeploymentState) {
        state.doubtSince = moment
        state.fruitlessProbes = 0
    }

    private static func change(_ state: inout DeploymentState, _ change: OutcomeChange?) {
        if let change { state.outcome = change.after }
    }

    private static func end(_ state: inout DeploymentState, _ change: OutcomeChange) {
        state.outcome = change.after
        state.rollbackOrdered = false
        state.phase = .ended
    }
}
