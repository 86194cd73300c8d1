package import EventSourcing

/// The work and the timers that follow from a patch's events.
extension PatchDecider {
    /// The kind of the activity that compiles the evidence.
    package static let documentKind = "document"

    package static func effects(of event: PatchEvent, _ patch: Patch) -> [Effect] {
        switch event {
        case .acquisitionRequested(let requested):
            let task = ScanTask(host: requested.host, work: .acquire(packages: requested.packages))
            return [
                .schedule(
                    NewActivity(
                        kind: task.work.kind, asset: requested.host.asset, data: storedForm(task),
                        delay: .seconds(requested.delaySeconds)))
            ]
        case .qualificationStarted(let started): return beginning(of: started, patch)
        case .stepRepeated(let repeated):
            guard let host = patch.qualification?.host(repeated.asset) else { return [] }
            return schedule(
                repeated.step, on: host, patch, isProbe: repeated.isProbe,
                after: .seconds(repeated.delaySeconds))
        case .checkRecorded(let recorded):
            let asset = recorded.check.asset
            guard let next = recorded.next, let host = patch.qualification?.host(asset) else {
                return [.endAttempt(asset: asset, attempt: recorded.attempt)]
            }
            return schedule(next, on: host, patch)
        case .qualificationPassed, .qualificationFailed, .qualificationInconclusive:
            return [.cancelPending] + halt(patch)
        case .approvalRequested(let requested):
            return [timer(.approvalExpiry, requested.expires)]
        case .approved(let approved): return [timer(.approvalExpiry, approved.expires)]
        case .dismissed: return [.cancelPending]
        case .resolvedElsewhere(let resolved): return resolved.ended ? [.cancelPending] : []
        case .deferred(let deferred): return [timer(.deferralEnd, deferred.until)]
        case .verified:
            return [.schedule(NewActivity(kind: documentKind, data: Array("{}".utf8)))]
        case .identified, .assessed, .acquired, .acquisitionFailed, .flawsObserved, .flawsAccepted,
            .stepBegun,
            .signedOff, .approvalGiven, .rejected, .approvalExpired, .approvalRevoked, .reopened,
            .withdrawn, .reinstated, .superseded, .handedToOwner, .rolloutObserved, .stateChanged,
            .documented, .introducedFlawLinked, .introducedFlawMended, .introducedFlawUnmended,
            .introducedFlawAccepted, .mendedFlawLinked, .heldInPack, .excepted, .exceptionEnded,
            .emergencyBegun, .emergencyEnded:
            return []
        // What was to be fetched of the old combination.
        case .memberLeft: return [.cancelPending]
        }
    }

    /// The document that a result of a test is kept as, under the digest in its check.
    package static func document(of result: WorkResult) -> Document {
        Document(mediaType: "application/json", bytes: storedForm(result))
    }

    private static func beginning(
        of started: QualificationStarted, _ patch: Patch
    ) -> [Effect] {
        guard let id = patch.id else { return [] }
        let control = ControlChange(
            scope: ControlChange.rolloutScope(id), halted: false, releasedBatch: 0,
            capacity: started.hosts.count)
        var effects: [Effect] = [
            .control(control), timer(.qualificationDeadline, started.deadline),
        ]
        for host in patch.qualification?.hosts ?? [] {
            effects += schedule(.precheck, on: host, patch)
        }
        return effects
    }

    private static func halt(_ patch: Patch) -> [Effect] {
        guard let id = patch.id else { return [] }
        return [.control(ControlChange(scope: ControlChange.rolloutScope(id), halted: true))]
    }

    private static func timer(_ timer: PatchTimer, _ due: Timestamp) -> Effect {
        .start(NewTimer(name: timer.rawValue, due: due))
    }

    private static func schedule(
        _ step: QualificationStep, on host: TestedHost, _ patch: Patch, isProbe: Bool = false,
        after delay: Duration = .zero
    ) -> [Effect] {
        let work: Work
        if isProbe, let attemptStep = step.attemptStep {
            work = .probe(attempt: host.attempt, step: attemptStep)
        } else {
            work = self.work(of: step, on: host, patch)
        }
        let task = QualificationTask(step: step, host: host.sample.host, work: work)
        return [
            .schedule(
                NewActivity(
                    kind: work.kind, asset: host.sample.asset, data: storedForm(task),
                    delay: delay))
        ]
    }

    private static func work(
        of step: QualificationStep, on host: TestedHost, _ patch: Patch
    ) -> Work {
        let pins = host.present(patch.artefact?.pins ?? [])
        switch step {
        case .precheck: return .precheck(packages: pins)
        case .backUp: return .backUp(attempt: host.attempt, packages: pins)
        case .install: return .install(attempt: host.attempt, packages: pins)
        case .rollBack: return .rollBack(attempt: host.attempt, packages: host.prior ?? [])
        case .stress:
            let stress = patch.qualification?.trial?.stress
            return .check(argv: stress?.argv ?? [], seconds: stress?.timeLimitSeconds ?? 1)
        case .probe: return .ask(probes: patch.qualification?.trial?.probes ?? [])
        case .verify, .verifyRestored:
            let checks =
                patch.qualification?.checks
                ?? VerificationChecks(packages: [], services: [], command: nil)
            let names = pins.map(\.name) + checks.packages
            var packages: [String] = []
            for name in names where !packages.contains(name) { packages.append(name) }
            return .verify(
                checks: VerificationChecks(
                    packages: packages, services: checks.services, command: checks.command))
        }
    }
}
