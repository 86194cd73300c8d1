import EventSourcing

/// What a result means for a host under test.
enum StepJudgement: Equatable {
    /// A verdict on the step; `next` is nil when the host is done.
    case check(CheckOutcome, String, next: QualificationStep?)
    /// Nothing had begun: do it again.
    case again(WorkFailure.Cause, String)
    /// Something may have begun: ask the host before anything else.
    case probe(WorkFailure.Cause, String)
    /// The result does not answer the step.
    case wrong

    /// Judges `result` of `step` on `host`; `isProbe` when it is word of what became of the step.
    static func judge(
        _ result: WorkResult, of step: QualificationStep, isProbe: Bool, _ host: TestedHost,
        _ qualification: Qualification, _ pins: [PinnedPackage]
    ) -> StepJudgement {
        if isProbe { return judgeProbe(result, of: step, host) }
        switch (step, result) {
        case (.precheck, .precheck(let report)): return precheck(report, pins)
        case (.backUp, .backUp(let prior)): return backUp(prior, pins)
        case (.install, .executed(let report)), (.rollBack, .executed(let report)):
            return executed(report, step, host)
        case (.verify, .verification(let report)):
            let fault = VerificationFault.first(
                in: report, qualification.checks, wanted: pins.map { ($0.name, $0.version) })
            return verified(
                fault, report, step, host,
                next: fault == nil
                    ? following(.verify, host, qualification) : restoring(host))
        case (.stress, .checked(let report)): return stressed(report, host, qualification)
        case (.probe, .asked(let measured)): return probed(measured, host, qualification)
        case (.verifyRestored, .verification(let report)):
            let fault = VerificationFault.first(
                in: report, qualification.checks,
                wanted: (host.prior ?? []).map { ($0.name, $0.version) })
            return verified(fault, report, step, host, next: nil)
        case (_, .failed(let failure)): return failed(failure, step, host)
        default: return .wrong
        }
    }

    private static func precheck(
        _ report: PrecheckReport, _ pins: [PinnedPackage]
    ) -> StepJudgement {
        if report.obstacles == [.lockHeld] { return .again(.lockHeld, "the package lock is held") }
        if !report.obstacles.isEmpty {
            let named = report.obstacles.map(\.rawValue).joined(separator: ", ")
            return .check(.inconclusive, "the host may not be touched: \(named)", next: nil)
        }
        let present = pins.present(among: report.installed)
        if present.isEmpty {
            return .check(.inconclusive, "none of the packages is installed there", next: nil)
        }
        // Where the new version stands already, neither the update nor the way back is tested.
        let isInstalled = present.allSatisfy { pin in
            report.installed.contains { pin.isAnother(versionOf: $0) && $0.version == pin.version }
        }
        if isInstalled {
            return .check(.inconclusive, "the new versions are installed already", next: nil)
        }
        return .check(.passed, "\(report.freeBytes) bytes free", next: .backUp)
    }

    private static func backUp(_ prior: [PriorPackage], _ pins: [PinnedPackage]) -> StepJudgement {
        if let missing = pins.first(where: { pin in !prior.contains { $0.name == pin.name } }) {
            return .check(.inconclusive, "\(missing.name) was not backed up", next: nil)
        }
        let lost = prior.filter { $0.version != nil && $0.keptFile == nil }.map(\.name)
        let detail =
            lost.isEmpty
            ? "\(prior.count) packages can be brought back"
            : "no old file could be had of \(lost.joined(separator: ", "))"
        return .check(.passed, detail, next: .install)
    }

    private static func executed(
        _ report: ExecutionReport, _ step: QualificationStep, _ host: TestedHost
    ) -> StepJudgement {
        let detail =
            "exit \(report.exitCode) after \(report.seconds) s, \(report.outputBytes) bytes of "
            + "output, sha256 \(report.outputDigest)"
            + (report.rebootRequired ? "; a reboot is required" : "")
        if report.exitCode == 0 {
            return .check(.passed, detail, next: step == .install ? .verify : .verifyRestored)
        }
        return .check(.failed, detail, next: step == .install ? restoring(host) : nil)
    }

    private static func verified(
        _ fault: VerificationFault?, _ report: VerificationReport, _ step: QualificationStep,
        _ host: TestedHost, next: QualificationStep?
    ) -> StepJudgement {
        if let fault { return .check(fault.outcome, fault.detail, next: next) }
        var detail = "versions, services and check as wanted"
        if report.rebootRequired { detail += "; a reboot is required" }
        if let words = report.outdatedWords { detail += "; \(words)" }
        if step == .verify, !host.canGoBack { detail += "; the way back can't be rehearsed" }
        return .check(.passed, detail, next: next)
    }

    /// What comes after a step that passed while the new version is there.
    private static func following(
        _ step: QualificationStep, _ host: TestedHost, _ qualification: Qualification
    ) -> QualificationStep? {
        qualification.trial?.next(after: step) ?? restoring(host)
    }

    private static func stressed(
        _ report: CommandReport, _ host: TestedHost, _ qualification: Qualification
    ) -> StepJudgement {
        let name = qualification.trial?.stress?.name ?? ""
        let detail =
            "\(name): "
            + (report.exitCode == CommandReport.timedOut
                ? "not ended" : "exit \(report.exitCode)")
            + " after \(report.milliseconds) ms, \(report.outputBytes) bytes of output, sha256 "
            + "\(report.outputDigest)"
        return report.exitCode == 0
            ? .check(.passed, detail, next: following(.stress, host, qualification))
            : .check(.failed, detail, next: restoring(host))
    }

    /// One that is bad speaks against the patch; one without an answer proves nothing.
    private static func probed(
        _ measured: [HealthMeasurement], _ host: TestedHost, _ qualification: Qualification
    ) -> StepJudgement {
        let wanted = qualification.trial?.probes ?? []
        let lines = wanted.map { probe in
            let found = measured.first { $0.probe == probe.name }
            return (probe.name, found?.outcome ?? .missing, found?.detail ?? "not asked")
        }
        let detail = lines.map { "\($0.0) \($0.1.rawValue): \($0.2)" }.joined(separator: "; ")
        let outcome: CheckOutcome =
            if lines.contains(where: { $0.1 == .bad }) {
                .failed
            } else if lines.contains(where: { $0.1 == .missing }) {
                .inconclusive
            } else {
                .passed
            }
        return .check(
            outcome, detail,
            next: outcome == .passed
                ? following(.probe, host, qualification) : restoring(host))
    }

    private static func failed(
        _ failure: WorkFailure, _ step: QualificationStep, _ host: TestedHost
    ) -> StepJudgement {
        let detail = "\(failure.cause.rawValue): \(failure.detail)"
        switch failure.cause {
        case .unreachable, .lockHeld: return .again(failure.cause, failure.detail)
        case .lost, .timedOut, .badAnswer, .refusedByHost:
            return step.attemptStep == nil
                ? .again(failure.cause, failure.detail) : .probe(failure.cause, failure.detail)
        case .digestMismatch, .badSignature:
            return .check(.failed, detail, next: afterDoubt(step, host))
        case .hostKeyMismatch, .notAvailable, .diskFull, .invalidOrder:
            return .check(.inconclusive, detail, next: afterDoubt(step, host))
        }
    }

    private static func judgeProbe(
        _ result: WorkResult, of step: QualificationStep, _ host: TestedHost
    ) -> StepJudgement {
        switch result {
        case .probe(.neverStarted): return .again(.lost, "the host has no record of it")
        case .probe(.running): return .probe(.timedOut, "it is still running")
        case .probe(.finished(let report)):
            if let refusal = report.refusal { return refused(refusal, step, host) }
            guard step != .backUp else {
                return .check(.inconclusive, "what was backed up is not known", next: nil)
            }
            return executed(report, step, host)
        case .probe(.interrupted):
            let outcome: CheckOutcome = step == .backUp ? .inconclusive : .failed
            return .check(outcome, "it was interrupted on the host", next: afterDoubt(step, host))
        case .failed(let failure): return .probe(failure.cause, failure.detail)
        default: return .wrong
        }
    }

    /// The step came to an end, and did not do what was asked: its record is there, so that it
    /// can't be done again in this attempt.
    private static func refused(
        _ refusal: WorkFailure, _ step: QualificationStep, _ host: TestedHost
    ) -> StepJudgement {
        let isFault = [.digestMismatch, .badSignature].contains(refusal.cause)
        return .check(
            isFault ? .failed : .inconclusive, "\(refusal.cause.rawValue): \(refusal.detail)",
            next: afterDoubt(step, host))
    }

    /// When the budget is used up, with the last word that was heard.
    static func givenUp(
        _ step: QualificationStep, isProbe: Bool, _ cause: WorkFailure.Cause, _ detail: String,
        _ host: TestedHost
    ) -> StepJudgement {
        let words = "\(cause.rawValue): \(detail)"
        if isProbe {
            // Still running after all that time speaks against the patch. Silence proves nothing.
            let outcome: CheckOutcome = cause == .timedOut ? .failed : .inconclusive
            return .check(outcome, "gave up probing: \(words)", next: nil)
        }
        return .check(.inconclusive, "gave up: \(words)", next: afterDoubt(step, host))
    }

    /// Once the installation was due, the host is brought back to where it was.
    private static func afterDoubt(
        _ step: QualificationStep, _ host: TestedHost
    ) -> QualificationStep? {
        switch step {
        case .install, .verify, .stress, .probe: restoring(host)
        case .precheck, .backUp, .rollBack, .verifyRestored: nil
        }
    }

    private static func restoring(_ host: TestedHost) -> QualificationStep? {
        host.canGoBack ? .rollBack : nil
    }
}

/// What a later scan found wrong.
struct VerificationFault: Equatable {
    let outcome: CheckOutcome
    let detail: String

    /// The first thing in `report` that isn't as it must be: exact versions, nil for a package that
    /// must be absent; every service running; the check command at 0. nil when all is well.
    static func first(
        in report: VerificationReport, _ checks: VerificationChecks,
        wanted: [(name: String, version: String?)]
    ) -> VerificationFault? {
        for (name, version) in wanted {
            let found = report.installed.first { $0.name == name }?.version
            if found != version {
                return VerificationFault(
                    outcome: .failed,
                    detail: "\(name) is \(found ?? "not installed"), not \(version ?? "absent")")
            }
        }
        for service in checks.services {
            switch report.services.first(where: { $0.name == service })?.state {
            case .running: continue
            case nil:
                return VerificationFault(
                    outcome: .inconclusive, detail: "service \(service) was not looked at")
            case .stopped, .missing:
                return VerificationFault(
                    outcome: .failed, detail: "service \(service) does not run")
            }
        }
        guard checks.command != nil else { return nil }
        guard let code = report.commandExitCode else {
            return VerificationFault(
                outcome: .inconclusive, detail: "the check command was not run")
        }
        guard code != 0 else { return nil }
        return VerificationFault(
            outcome: .failed, detail: "the check command ended with \(code)")
    }
}
