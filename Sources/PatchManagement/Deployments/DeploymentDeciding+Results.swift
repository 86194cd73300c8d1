import EventSourcing

/// What follows from the results of steps.
extension DeploymentDeciding {
    func record(
        _ step: DeploymentStep, _ result: WorkResult, fence: Int64
    ) throws(DeploymentRejection) -> [DeploymentEvent] {
        // A step that is not awaited any more: late or twice.
        guard step == state.phase.awaitedStep else { return [] }
        if step.needsPermit {
            guard fence <= state.fence else { throw .noIntent(step) }
            guard fence == state.fence else { return [] }
        } else {
            // Evidence must have been asked for after what it proves (I13).
            guard fence > state.fence else { return [] }
        }
        switch state.phase {
        case .prechecking: return prechecked(result)
        case .backingUp: return backedUp(result)
        case .snapshotting: return snapshotTaken(result)
        case .installing: return installed(result)
        case .installInDoubt: return probed(result, .install)
        case .verifying: return scanned(result)
        case .rebooting: return toldToReboot(result)
        case .rebootInDoubt: return probed(result, .reboot)
        case .awaitingBoot: return lookedForBoot(result)
        case .rollingBack: return rolledBack(result)
        case .rollbackInDoubt: return probed(result, .rollBack)
        case .verifyingRollback: return scannedAfterRollback(result)
        case .awaitingReturn: return lookedForReturn(result)
        case .unqueued, .waiting, .ready, .rebootQueued, .rollbackQueued, .ended: return []
        }
    }

    /// A result of another kind than the step's is an answer that can't be understood.
    func failure(of result: WorkResult) -> WorkFailure {
        if case .failed(let failure) = result { return failure }
        return WorkFailure(.badAnswer, "the answer belongs to another step")
    }

    // MARK: Before the installation

    private func prechecked(_ result: WorkResult) -> [DeploymentEvent] {
        guard case .precheck(let report) = result else {
            return failedBeforeInstall(failure(of: result))
        }
        if isInstalled(report.installed) { return [skipped(.alreadyInstalled, report)] }
        if report.obstacles.isEmpty {
            guard !order.pins.present(among: report.installed).isEmpty else {
                return [skipped(.notApplicable, report)]
            }
            return [
                .precheckPassed(
                    PrecheckPassed(
                        attempt: state.attempt, installed: report.installed,
                        bootID: report.bootID))
            ]
        }
        let obstacle = report.obstacles[0]
        let checked = DeploymentEvent.precheckFailed(
            PrecheckFailed(
                attempt: state.attempt, obstacles: report.obstacles, freeBytes: report.freeBytes))
        let words = "the host may not be touched: \(obstacle.rawValue)"
        guard report.obstacles == [.lockHeld] else {
            return [
                checked,
                failed(permanent: true, obstacle.rawValue, words, as: .failedBeforeInstall),
            ]
        }
        return [checked, retry(.retry, obstacle.rawValue, words)]
    }

    private func skipped(
        _ reason: DeploymentSkipped.Reason, _ report: PrecheckReport
    ) -> DeploymentEvent {
        .skipped(
            DeploymentSkipped(
                route: route, change: change(to: .skipped), reason: reason,
                installed: report.installed,
                items: order.outcomes(
                    by: ItemEvidence(
                        pins: order.pins.present(among: report.installed),
                        before: report.installed, after: report.installed))))
    }

    private func backedUp(_ result: WorkResult) -> [DeploymentEvent] {
        guard case .backUp(let prior) = result else {
            return failedBeforeInstall(failure(of: result))
        }
        let reversible = prior.allSatisfy { $0.version == nil || $0.keptFile != nil }
        let taken = DeploymentEvent.backupTaken(
            BackupTaken(attempt: state.attempt, prior: prior, reversible: reversible))
        guard reversible || !order.target.needsBackup else {
            return [
                taken,
                failed(
                    permanent: true, "irreversible",
                    "criticality \(order.target.criticality) asks for a way back, and an old "
                        + "package file can't be had", as: .failedBeforeInstall),
            ]
        }
        return [taken]
    }

    /// Without evidence of it nothing is installed. An asset that may not do without waits for it, for
    /// as long as it takes; any other one fails after a while.
    private func snapshotTaken(_ result: WorkResult) -> [DeploymentEvent] {
        let words: String
        switch result {
        case .checked(let report) where report.exitCode == 0:
            return [
                .snapshotTaken(
                    SnapshotTaken(
                        attempt: state.attempt, argv: order.snapshot?.argv ?? [], report: report,
                        at: at))
            ]
        case .checked(let report):
            words =
                report.exitCode == CommandReport.timedOut
                ? "it was ended after \(order.snapshot?.seconds ?? 0) s"
                : "it ended with exit code \(report.exitCode): \(report.outputTail.suffix(200))"
        default:
            let failure = failure(of: result)
            guard order.needsSnapshot == true, failure.cause != .unreachable,
                failure.cause != .hostKeyMismatch
            else { return failedBeforeInstall(failure) }
            words = "\(failure.cause.rawValue): \(failure.detail)"
        }
        guard order.needsSnapshot == true, !state.rollbackOrdered, !state.cancelOrdered else {
            return [retry(.retry, "no-snapshot", words)]
        }
        return [
            waiting(
                .snapshot,
                delaySeconds: order.retries.delaySeconds(beforeRetry: state.heldAttempts + 1),
                "criticality \(order.target.criticality) waits for a snapshot: \(words)", nil)
        ]
    }

    private func failedBeforeInstall(_ failure: WorkFailure) -> [DeploymentEvent] {
        switch failure.cause {
        case .unreachable: [retry(.offline, failure.cause.rawValue, failure.detail)]
        // Something else answers at its address: the asset isn't there.
        case .hostKeyMismatch: [absent(failure.cause.rawValue, failure.detail)]
        case .lost, .timedOut, .refusedByHost, .lockHeld, .notAvailable, .badAnswer:
            [retry(.retry, failure.cause.rawValue, failure.detail)]
        case .digestMismatch, .badSignature, .diskFull, .invalidOrder:
            [
                failed(
                    permanent: true, failure.cause.rawValue, failure.detail,
                    as: .failedBeforeInstall)
            ]
        }
    }

    /// Another attempt, as long as the budget lasts.
    func retry(
        _ reason: DeploymentWaiting.Reason, _ cause: String, _ detail: String
    ) -> DeploymentEvent {
        if state.rollbackOrdered || state.cancelOrdered {
            return cancelled("nothing had been installed when the rollout was stopped")
        }
        guard state.budgetedAttempts <= order.retries.retries else {
            if reason == .offline { return absent(cause, detail) }
            return failed(permanent: false, cause, detail, as: .failedBeforeInstall)
        }
        return waiting(
            reason, delaySeconds: order.retries.delaySeconds(beforeRetry: state.budgetedAttempts),
            "\(cause): \(detail)", changed(to: state.openOutcome))
    }

    private func absent(_ cause: String, _ detail: String) -> DeploymentEvent {
        // Back for a moment and gone again.
        if let straggling = state.straggling, at < straggling.until {
            return returnAwaited(batch: straggling.batch, straggling.until)
        }
        return .absent(
            TargetAbsent(
                route: route, change: change(to: .absent), cause: cause, detail: detail,
                attempts: state.attempt))
    }

    // MARK: The installation

    private func installed(_ result: WorkResult) -> [DeploymentEvent] {
        guard case .executed(let report) = result else {
            return begunAndFailed(failure(of: result), .install)
        }
        return executed(report)
    }

    private func executed(_ report: ExecutionReport) -> [DeploymentEvent] {
        if let refusal = report.refusal {
            return installFailed(refusal.cause.rawValue, refusal.detail, report)
        }
        guard report.exitCode == 0 else {
            return installFailed(
                "exit-code", "the installation ended with exit code \(report.exitCode)", report)
        }
        let finished = DeploymentEvent.installFinished(
            InstallFinished(attempt: state.attempt, report: report, at: at))
        guard state.rollbackOrdered else { return [finished] }
        if state.cancelOrdered { return [finished, wayBackCancelled] }
        return state.reversible ? [finished] : [finished] + beginRollback("")
    }

    private func installFailed(
        _ cause: String, _ detail: String, _ report: ExecutionReport?
    ) -> [DeploymentEvent] {
        wayBack(
            after: failed(permanent: true, cause, detail, report, as: .failed),
            "it was ordered while this ran")
    }

    /// `event`, and the way back that was ordered while what it ends was under way.
    func wayBack(after event: DeploymentEvent, _ reason: String) -> [DeploymentEvent] {
        guard state.rollbackOrdered else { return [event] }
        let next = after(event)
        if state.cancelOrdered { return [event, next.wayBackCancelled] }
        // It is queued already where the event itself leads to it.
        if next.state.phase == .rollbackQueued, state.reversible { return [event] }
        return [event] + next.beginRollback(reason)
    }

    /// The rollout was aborted on its way back, so nothing lets this way back begin any more.
    var wayBackCancelled: DeploymentEvent {
        rollbackFailed("cancelled", "the rollout was aborted before the way back could begin")
    }

    /// The decisions in the state after `event`.
    private func after(_ event: DeploymentEvent) -> Self {
        var next = state
        DeploymentDecider.evolve(&next, event)
        return Self(state: next, order: order, at: at)
    }

    /// A step whose intent was recorded did not come to its end, or may not have.
    private func begunAndFailed(_ failure: WorkFailure, _ step: AttemptStep) -> [DeploymentEvent] {
        switch failure.cause {
        case .unreachable, .lost, .timedOut, .refusedByHost, .badAnswer:
            let outcome = step == .install ? DeploymentOutcome.unknown : state.outcome
            return [
                waiting(
                    .inDoubt, delaySeconds: order.retries.firstDelaySeconds,
                    "\(failure.cause.rawValue): \(failure.detail)", changed(to: outcome))
            ]
        // The host says that it changed nothing, and it may pass: dpkg was busy, or the archive away.
        case .lockHeld where step == .install, .notAvailable where step == .install:
            return [retry(.retry, failure.cause.rawValue, failure.detail)]
        case .hostKeyMismatch, .digestMismatch, .badSignature, .notAvailable, .diskFull, .lockHeld,
            .invalidOrder:
            if step == .rollBack {
                return [rollbackFailed(failure.cause.rawValue, failure.detail)]
            }
            return installFailed(failure.cause.rawValue, failure.detail, nil)
        }
    }

    // MARK: In doubt

    private func probed(_ result: WorkResult, _ step: AttemptStep) -> [DeploymentEvent] {
        guard case .probe(let report) = result else {
            let failure = failure(of: result)
            return lookAgain(.probe, .noAnswer, "\(failure.cause.rawValue): \(failure.detail)")
        }
        switch report {
        case .running: return lookAgain(.probe, .running, "it still runs")
        case .neverStarted:
            let answer = answered(.neverStarted)
            let next = after(answer)
            return [answer]
                + (step == .reboot
                    ? next.rebootAgain("never-started", Self.neverStartedWords)
                    : [next.neverStarted(step)])
        case .finished(let report):
            let answer = answered(.finished)
            let next = after(answer)
            switch step {
            case .install: return [answer] + next.executed(report)
            case .reboot: return [answer] + next.rebootAnswered(report)
            case .backUp, .rollBack: return [answer] + next.wentBack(report)
            }
        case .interrupted:
            let answer = answered(.interrupted)
            let words = "the host stopped in the middle of it"
            switch step {
            case .install: return [answer] + after(answer).installFailed("interrupted", words, nil)
            case .reboot: return [answer] + after(answer).rebootAccepted(nil)
            case .backUp, .rollBack:
                return [answer, after(answer).rollbackFailed("interrupted", words)]
            }
        }
    }

    private func answered(_ answer: ReconcileProbed.Answer) -> DeploymentEvent {
        .probed(
            ReconcileProbed(
                step: .probe, answer: answer, tries: state.fruitlessProbes + 1, delaySeconds: nil,
                detail: "", route: route, change: changed(to: state.openOutcome)))
    }

    private static let neverStartedWords = "the host has no record of it"

    private func neverStarted(_ step: AttemptStep) -> DeploymentEvent {
        let words = Self.neverStartedWords
        guard step == .rollBack else { return retry(.retry, "never-started", words) }
        guard !state.cancelOrdered else { return rollbackFailed("cancelled", words) }
        guard state.rollbackRetries < order.retries.retries else {
            return rollbackFailed("never-started", words)
        }
        return waiting(
            .rollbackOrdered,
            delaySeconds: order.retries.delaySeconds(beforeRetry: state.rollbackRetries + 1),
            words, nil)
    }

    /// Looks again after a while, up to the deadline.
    func lookAgain(
        _ step: DeploymentStep, _ answer: ReconcileProbed.Answer, _ detail: String
    ) -> [DeploymentEvent] {
        let tries = state.fruitlessProbes + 1
        let since = state.doubtSince ?? at
        guard at - since < .seconds(lookDeadlineSeconds) else {
            return [giveUp(step, "\(detail), after \(tries) tries")]
        }
        return [
            .probed(
                ReconcileProbed(
                    step: step, answer: answer, tries: tries,
                    delaySeconds: order.retries.delaySeconds(beforeRetry: tries), detail: detail,
                    route: route, change: nil))
        ]
    }

    // MARK: The way back

    private func rolledBack(_ result: WorkResult) -> [DeploymentEvent] {
        guard case .executed(let report) = result else {
            return begunAndFailed(failure(of: result), .rollBack)
        }
        return wentBack(report)
    }

    private func wentBack(_ report: ExecutionReport) -> [DeploymentEvent] {
        if let refusal = report.refusal {
            return [rollbackFailed(refusal.cause.rawValue, refusal.detail)]
        }
        guard report.exitCode == 0 else {
            return [
                rollbackFailed(
                    "exit-code", "the rollback ended with exit code \(report.exitCode)")
            ]
        }
        return [
            .rollbackFinished(RollbackFinished(attempt: state.attempt, report: report, at: at))
        ]
    }
}
