import EventSourcing

/// What a scan after the fact proves (I13).
extension DeploymentDeciding {
    /// Each of the patch's packages that is there has its version or a later one.
    func isInstalled(_ installed: [PackageSelection]) -> Bool {
        let present = order.pins.present(among: installed)
        return !present.isEmpty
            && present.allSatisfy { pin in
                installed.contains {
                    pin.isAnother(versionOf: $0) && isAtLeast($0.version, pin.version)
                }
            }
    }

    func isPinned(_ package: PackageSelection) -> Bool {
        order.pins.contains {
            $0.name == package.name && $0.architecture == package.architecture
        }
    }

    func scanned(_ result: WorkResult) -> [DeploymentEvent] {
        guard case .verification(let report) = result else {
            let failure = failure(of: result)
            return lookAgain(.verify, .noAnswer, "\(failure.cause.rawValue): \(failure.detail)")
        }
        let findings = findings(in: report)
        guard findings.isEmpty else {
            if isSettling {
                return lookAgain(.verify, .running, findings.joined(separator: "; "))
            }
            return [
                .verificationFailed(
                    VerificationFailed(
                        route: route, change: change(to: .verificationFailed),
                        findings: findings, report: capped(report),
                        items: items(in: report)))
            ]
        }
        if let due = dueReboot(capped(report)) { return due }
        return [
            .succeeded(
                DeploymentSucceeded(
                    route: route, change: change(to: .succeeded),
                    versionsBefore: state.installedBefore,
                    versionsAfter: report.installed.filter(isPinned), report: capped(report),
                    items: items(in: report)))
        ]
    }

    /// What became of each patch of a bundle; nil for one patch alone.
    func items(in report: VerificationReport) -> [ItemOutcome]? {
        order.outcomes(
            by: ItemEvidence(
                pins: state.pins, before: state.installedBefore, after: report.installed,
                isHealthy: isHealthy(report), isRebootDue: isRebootDue(report)))
    }

    private func findings(in report: VerificationReport) -> [String] {
        var findings: [String] = []
        for pin in state.pins {
            let installed = report.installed.first {
                $0.name == pin.name && $0.architecture == pin.architecture
            }
            let name = "\(pin.name):\(pin.architecture)"
            if let installed {
                if !isAtLeast(installed.version, pin.version) {
                    findings.append("\(name) is \(installed.version), not \(pin.version) or later")
                }
            } else {
                findings.append("\(name) is not installed, \(pin.version) or later should be")
            }
        }
        return findings + ailments(in: report)
    }

    private func isHealthy(_ report: VerificationReport) -> Bool { ailments(in: report).isEmpty }

    private func ailments(in report: VerificationReport) -> [String] {
        var ailments = stoppedServices(in: report)
        if order.checks.command != nil, report.commandExitCode != 0 {
            let code = report.commandExitCode.map { "with exit code \($0)" } ?? "without an answer"
            ailments.append("the check command ended \(code)")
        }
        return ailments
    }

    private func stoppedServices(in report: VerificationReport) -> [String] {
        order.checks.services.compactMap { name in
            let service = report.services.first { $0.name == name }
            if service?.state == .running { return nil }
            return "service \(name) is \(service?.state.rawValue ?? "not reported"), not running"
        }
    }

    func scannedAfterRollback(_ result: WorkResult) -> [DeploymentEvent] {
        guard case .verification(let report) = result else {
            let failure = failure(of: result)
            return lookAgain(.verify, .noAnswer, "\(failure.cause.rawValue): \(failure.detail)")
        }
        var findings: [String] = []
        for prior in state.prior {
            let installed = report.installed.first {
                $0.name == prior.name && $0.architecture == prior.architecture
            }
            if installed?.version != prior.version {
                findings.append(
                    "\(prior.name) is \(installed?.version ?? "not installed"), was "
                        + "\(prior.version ?? "not installed")")
            }
        }
        findings += stoppedServices(in: report)
        guard findings.isEmpty else {
            return [rollbackFailed("not-restored", findings.joined(separator: "; "))]
        }
        return [
            .rolledBack(
                RolledBack(
                    route: route, change: change(to: .rolledBack),
                    restored: report.installed.filter(isPinned)))
        ]
    }

    /// Output of a check command is hostile and may be long: the event keeps its end.
    private func capped(_ report: VerificationReport) -> VerificationReport {
        VerificationReport(
            installed: report.installed, services: report.services,
            commandExitCode: report.commandExitCode,
            commandOutput: String(report.commandOutput.suffix(4000)),
            rebootRequired: report.rebootRequired, bootID: report.bootID,
            outdated: report.outdated.map {
                Array($0.prefix(VerificationReport.mostOutdated))
            })
    }
}
