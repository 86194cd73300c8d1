import EventSourcing

/// A reboot that an installation needs to be in effect.
///
/// patchflow reboots the host where the plan says so, in an open window and in no freeze like anything
/// that begins. The order names the boot id that is to change, so that one that comes twice reboots
/// once; that it has happened, only another boot id proves (I13). A host that isn't back in time is
/// dead after its reboot, which is an outcome of its own.
extension DeploymentDeciding {
    /// Right after a boot services may still be starting.
    static let settlingSeconds = 120

    private var returnSeconds: Int {
        order.rebootReturnSeconds ?? RebootRules.usualReturnSeconds
    }

    /// How long a look may bring nothing before it is given up.
    var lookDeadlineSeconds: Int {
        state.phase.isInReboot ? returnSeconds : order.retries.probeDeadlineSeconds
    }

    /// Services that don't run yet, so soon after a boot, prove nothing.
    var isSettling: Bool {
        guard state.reboots > 0, let since = state.doubtSince else { return false }
        return at - since < .seconds(Self.settlingSeconds)
    }

    /// The patch is in effect only after a reboot that hasn't happened since the installation.
    func isRebootDue(_ report: VerificationReport) -> Bool {
        if report.rebootRequired { return true }
        guard state.reboots == 0, report.bootID == state.bootID else { return false }
        return state.rebootRequired || order.rebootPolicy == .always
    }

    /// What a scan that found everything in place says of a reboot; nil when none is due.
    func dueReboot(_ report: VerificationReport) -> [DeploymentEvent]? {
        guard isRebootDue(report) else { return nil }
        switch order.rebootPolicy {
        case .never, .deferToWindow: return [deferred(report)]
        case .servicesSuffice: return report.outdated == [] ? nil : [deferred(report)]
        case .ifRequired, .always:
            // Nothing lets it begin any more.
            if state.cancelOrdered { return [deferred(report)] }
            guard state.reboots == 0 else {
                return [
                    notInEffect("the host asks for a reboot again, after it was rebooted", report)
                ]
            }
            return [
                .rebootRequested(
                    RebootRequested(
                        route: route, policy: order.rebootPolicy, report: report, at: at))
            ]
        }
    }

    private func deferred(_ report: VerificationReport) -> DeploymentEvent {
        .rebootDeferred(
            RebootDeferred(
                route: route, change: change(to: .installedPendingReboot),
                policy: order.rebootPolicy, report: report, items: items(in: report)))
    }

    private func notInEffect(_ finding: String, _ report: VerificationReport) -> DeploymentEvent {
        .verificationFailed(
            VerificationFailed(
                route: route, change: change(to: .verificationFailed), findings: [finding],
                report: report, items: items(in: report)))
    }

    /// A reboot that isn't begun any more: somebody else's will do.
    func rebootGivenUp() -> [DeploymentEvent] { state.dueReboot.map { [deferred($0)] } ?? [] }

    // MARK: The order to reboot

    func toldToReboot(_ result: WorkResult) -> [DeploymentEvent] {
        guard case .executed(let report) = result else {
            let failure = failure(of: result)
            switch failure.cause {
            case .unreachable, .lost, .timedOut, .refusedByHost, .badAnswer:
                return [
                    waiting(
                        .inDoubt, delaySeconds: order.retries.firstDelaySeconds,
                        "\(failure.cause.rawValue): \(failure.detail)", changed(to: .unknown))
                ]
            case .lockHeld: return rebootAgain(failure.cause.rawValue, failure.detail)
            case .hostKeyMismatch, .digestMismatch, .badSignature, .notAvailable, .diskFull,
                .invalidOrder:
                return rebootFailed("\(failure.cause.rawValue): \(failure.detail)")
            }
        }
        return rebootAnswered(report)
    }

    /// What the host's record of the order says.
    func rebootAnswered(_ report: ExecutionReport) -> [DeploymentEvent] {
        if let refusal = report.refusal {
            return refusal.cause == .lockHeld
                ? rebootAgain(refusal.cause.rawValue, refusal.detail)
                : rebootFailed("\(refusal.cause.rawValue): \(refusal.detail)")
        }
        guard report.exitCode == 0 else {
            return rebootFailed("it ended with exit code \(report.exitCode)")
        }
        return rebootAccepted(report)
    }

    func rebootAccepted(_ report: ExecutionReport?) -> [DeploymentEvent] {
        [.rebootAccepted(RebootAccepted(attempt: state.attempt, report: report, at: at))]
    }

    /// The host didn't begin it: another attempt may.
    func rebootAgain(_ cause: String, _ detail: String) -> [DeploymentEvent] {
        if state.cancelOrdered || state.rollbackOrdered, let report = state.dueReboot {
            return wayBack(after: deferred(report), "it was ordered before the host went down")
        }
        guard state.rebootRetries < order.retries.retries else {
            return rebootFailed("\(cause): \(detail)")
        }
        return [
            waiting(
                .retry,
                delaySeconds: order.retries.delaySeconds(beforeRetry: state.rebootRetries + 1),
                "\(cause): \(detail)", changed(to: state.openOutcome))
        ]
    }

    private func rebootFailed(_ words: String) -> [DeploymentEvent] {
        guard let report = state.dueReboot else {
            preconditionFailure("a reboot was begun that no scan asked for")
        }
        let failed = notInEffect("the host was not rebooted: \(words)", report)
        return wayBack(after: failed, "it was ordered while the host was to reboot")
    }

    // MARK: Back again

    /// Whether a host that went down is back.
    func lookedForBoot(_ result: WorkResult) -> [DeploymentEvent] {
        let detail: String
        switch result {
        case .checked(let report):
            if report.bootID != state.bootID { return booted(report.bootID) }
            detail = "it still shows the boot id \(report.bootID)"
        case .failed(let failure): detail = "\(failure.cause.rawValue): \(failure.detail)"
        default: detail = failure(of: result).detail
        }
        guard isBootOverdue else {
            return lookAgain(.awaitBoot, .noAnswer, detail)
        }
        if case .checked = result {
            return rebootFailed("\(detail) \(returnSeconds) s after it was told to reboot")
        }
        if state.rollbackOrdered { return [rollbackFailed("dead-after-reboot", detail)] }
        return [deadAfterReboot(detail)]
    }

    private func booted(_ bootID: String) -> [DeploymentEvent] {
        let confirmed = DeploymentEvent.rebootConfirmed(RebootConfirmed(bootID: bootID, at: at))
        return wayBack(after: confirmed, "it was ordered while the host rebooted")
    }

    private var isBootOverdue: Bool {
        at - (state.doubtSince ?? at) >= .seconds(returnSeconds)
    }

    func deadAfterReboot(_ detail: String) -> DeploymentEvent {
        let since = state.doubtSince ?? at
        return .deadAfterReboot(
            TargetDeadAfterReboot(
                route: route, change: change(to: .deadAfterReboot), bootID: state.bootID ?? "",
                since: since, waitedSeconds: Int((at - since).wholeSeconds), detail: detail))
    }

    /// The asset was seen with another boot id, by whoever's doing.
    func observeReboot(_ bootID: String) -> [DeploymentEvent] {
        let isWaitedFor =
            state.outcome == .installedPendingReboot || state.outcome == .deadAfterReboot
        guard isWaitedFor, state.phase == .ended, bootID != state.bootID else { return [] }
        return [.rebootConfirmed(RebootConfirmed(bootID: bootID, at: at))]
    }
}

extension DeploymentDecider {
    /// A host in its reboot is looked for every few seconds, which is no event: see
    /// `secondsToNextLook(after:of:tries:at:_:)`.
    static func secondsToNextBootLook(
        after result: WorkResult, at moment: Timestamp, _ state: DeploymentState
    ) -> Int? {
        guard state.phase == .awaitingBoot, let order = state.order, let since = state.doubtSince
        else { return nil }
        if case .checked(let report) = result, report.bootID != state.bootID { return nil }
        let seconds = order.rebootReturnSeconds ?? RebootRules.usualReturnSeconds
        let gone = moment - since
        guard gone < .seconds(seconds) else { return nil }
        return gone < .seconds(60) ? 5 : 15
    }
}
