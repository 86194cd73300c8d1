import EventSourcing
import FoundationEssentials

/// The test on a sample of lab hosts: precheck, back up, install, verify, go back, verify again.
extension PatchDecider {
    static let largestSample = 50

    static func startQualification(
        _ sample: [QualificationSample], _ targetStrata: [PlatformStratum],
        _ trial: QualificationTrial?, isSmoke: Bool, _ context: CommandContext, _ patch: Patch,
        _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        let needed: [PatchState] = [
            .acquired, .testFailed, .testInconclusive, .tested, .signedOff, .rejected,
            .approvalExpired, .approvalRevoked,
        ]
        try need(needed, current)
        guard let artefact = patch.artefact, let assessment = patch.assessment else {
            throw .wrongState(current, needed: needed)
        }
        let required = Set(assessment.applicable.strata.map(\.stratum) + targetStrata).sorted()
        // Where there is no lab host at all, the platforms that are wanted say more.
        if !sample.isEmpty || required.isEmpty { try check(sample) }
        let covered = Set(sample.map(\.stratum)).sorted()
        let targets = required.map { stratum in
            let known = assessment.applicable.strata.first { $0.stratum == stratum }
            return known ?? ApplicableAssets.Stratum(stratum: stratum, assets: 0)
        }
        let coverage = SampleChoice.coverage(of: sample, over: targets)
        let missing = coverage.filter { $0.samples == 0 }
        let smoke = try isSmoke ? emergencyOfSmoke(context, patch, sample, required) : nil
        guard missing.isEmpty || smoke != nil else { throw .strataMissing(missing) }
        let number = patch.qualifications + 1
        let hosts = sample.map { host in
            QualificationStarted.Host(
                sample: host,
                attempt: .version5(namespace: context.commandID, name: "attempt/\(host.asset)"))
        }
        return [
            .qualificationStarted(
                QualificationStarted(
                    number: number, artefact: artefact.digest, checks: assessment.checks,
                    hosts: hosts, required: required, covered: covered,
                    deadline: context.at + .seconds(patch.policy.qualificationSeconds),
                    by: context.actor, coverage: coverage, trial: trial, smoke: smoke))
        ]
    }

    /// A smoke sample shrinks to one lab host of one of the platforms, never to nothing, and is good
    /// for that emergency alone.
    private static func emergencyOfSmoke(
        _ context: CommandContext, _ patch: Patch, _ sample: [QualificationSample],
        _ required: [PlatformStratum]
    ) throws(PatchRejection) -> StreamID {
        guard let emergency = patch.liveEmergency(at: context.at) else {
            throw .smokeNeedsEmergency
        }
        try check(sample)
        guard required.isEmpty || sample.contains(where: { required.contains($0.stratum) }) else {
            throw .smokeOfOtherPlatforms(required)
        }
        return emergency.emergency
    }

    private static func check(_ sample: [QualificationSample]) throws(PatchRejection) {
        guard !sample.isEmpty else { throw .sampleEmpty }
        guard sample.count <= largestSample else { throw .sampleTooLarge(sample.count) }
        var seen: [StreamID] = []
        for host in sample {
            guard host.environment == .lab else {
                throw .notALabHost(host.host.name, host.environment)
            }
            guard !seen.contains(host.asset) else { throw .sampledTwice(host.host.name) }
            seen.append(host.asset)
        }
    }

    /// The intent, durable before the step is dispatched (I9, I15). A step that changes the host is
    /// never begun twice without a probe between (I4).
    static func beginStep(
        _ step: QualificationStep, _ asset: StreamID, _ worker: UUID, _ fence: Int64,
        _ patch: Patch
    ) throws(PatchRejection) -> [PatchEvent] {
        guard patch.decision == .testing, let qualification = patch.qualification else {
            throw .stepNotDue(step, asset: asset)
        }
        guard let host = qualification.host(asset) else { throw .noSuchSampleHost(asset) }
        guard host.awaiting == .step(step) else { throw .stepNotDue(step, asset: asset) }
        guard fence > host.spentFence else {
            throw .staleFence(fence, latest: host.spentFence)
        }
        if let lease = host.lease {
            guard lease.fence <= fence else { throw .staleFence(fence, latest: lease.fence) }
            if lease.fence == fence {
                guard lease.worker == worker else { throw .stepUnderWay(step, asset: asset) }
                return []
            }
            guard step.attemptStep == nil else { throw .stepUnderWay(step, asset: asset) }
        }
        return [
            .stepBegun(
                QualificationStepBegun(
                    asset: asset, attempt: host.attempt, step: step,
                    artefact: qualification.artefact, worker: worker, fence: fence))
        ]
    }

    /// A result that was heard already, or whose lease was lost, says nothing new.
    static func recordResult(
        _ step: QualificationStep, _ asset: StreamID, _ fence: Int64, _ result: WorkResult,
        _ context: CommandContext, _ patch: Patch
    ) throws(PatchRejection) -> [PatchEvent] {
        guard patch.decision == .testing, let qualification = patch.qualification else { return [] }
        guard let host = qualification.host(asset) else { throw .noSuchSampleHost(asset) }
        guard fence > host.spentFence else { return [] }
        let isProbe: Bool
        switch host.awaiting {
        case .nothing: return []
        case .step(step):
            isProbe = false
            if step.needsIntent, host.lease?.fence != fence {
                throw .stepNotBegun(step, asset: asset)
            }
        case .probe(step): isProbe = true
        case .step, .probe: throw .stepNotDue(step, asset: asset)
        }
        let judgement = StepJudgement.judge(
            result, of: step, isProbe: isProbe, host, qualification,
            host.present(patch.artefact?.pins ?? []))
        if judgement == .wrong { throw .wrongResult(result.kind, step: step.rawValue) }
        return carryOut(
            judgement, of: step, host, fence, result, context, patch, isProbe: isProbe)
    }

    static func loseLease(
        _ step: QualificationStep, _ asset: StreamID, _ fence: Int64, _ context: CommandContext,
        _ patch: Patch
    ) throws(PatchRejection) -> [PatchEvent] {
        guard patch.decision == .testing, let qualification = patch.qualification else { return [] }
        guard let host = qualification.host(asset) else { throw .noSuchSampleHost(asset) }
        guard fence > host.spentFence, fence >= host.lease?.fence ?? 0,
            host.awaiting == .step(step) || host.awaiting == .probe(step)
        else { return [] }
        let isProbe = host.awaiting == .probe(step)
        // A step whose intent was never recorded was never dispatched either.
        let mayHaveBegun = step.attemptStep != nil && (host.lease != nil || !step.needsIntent)
        let words = "the worker's lease ran out"
        let judgement: StepJudgement =
            isProbe || mayHaveBegun ? .probe(.lost, words) : .again(.lost, words)
        return carryOut(judgement, of: step, host, fence, nil, context, patch, isProbe: isProbe)
    }

    static func cancelQualification(
        _ reason: String, _ context: CommandContext, _ patch: Patch, _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        try need([.testing], current)
        try PatchRejection.check(reason: reason)
        return conclude("cancelled: \(reason)", context, patch)
    }

    /// Ends a running test with what is known. Nothing when none runs.
    static func conclude(
        _ reason: String, _ context: CommandContext, _ patch: Patch
    ) -> [PatchEvent] {
        guard patch.decision == .testing, let qualification = patch.qualification else { return [] }
        let events = qualification.open.map { host in
            let step: QualificationStep =
                switch host.awaiting {
                case .step(let step), .probe(let step): step
                case .nothing: .precheck
                }
            return PatchEvent.checkRecorded(
                CheckRecorded(
                    attempt: host.attempt,
                    check: Check(
                        asset: host.sample.asset, step: step, outcome: .inconclusive,
                        detail: reason, result: nil),
                    fence: 0, prior: nil, installed: nil, next: nil))
        }
        return withVerdict(events, context, patch)
    }

    private static func carryOut(
        _ judgement: StepJudgement, of step: QualificationStep, _ host: TestedHost,
        _ fence: Int64, _ result: WorkResult?, _ context: CommandContext, _ patch: Patch,
        isProbe: Bool
    ) -> [PatchEvent] {
        let policy = patch.policy
        switch judgement {
        case .wrong: return []
        case .again(let cause, let detail):
            guard host.retries < policy.retries else {
                let given = StepJudgement.givenUp(step, isProbe: false, cause, detail, host)
                return carryOut(
                    given, of: step, host, fence, result, context, patch, isProbe: false)
            }
            return [repeated(step, host, fence, isProbe: false, cause, detail, policy)]
        case .probe(let cause, let detail):
            guard host.probes < policy.probes else {
                let given = StepJudgement.givenUp(step, isProbe: true, cause, detail, host)
                return carryOut(given, of: step, host, fence, result, context, patch, isProbe: true)
            }
            return [repeated(step, host, fence, isProbe: true, cause, detail, policy)]
        case .check(let outcome, let detail, let next):
            var prior: [PriorPackage]?
            var installed: [PackageSelection]?
            if case .backUp(let packages) = result { prior = packages }
            if case .verification(let report) = result { installed = report.installed }
            if case .precheck(let report) = result { installed = report.installed }
            let check = Check(
                asset: host.sample.asset, step: step, outcome: outcome, detail: detail,
                result: result.map { Digest(of: storedForm($0)) })
            let recorded = CheckRecorded(
                attempt: host.attempt, check: check, fence: fence, prior: prior,
                installed: installed, next: next)
            return withVerdict([.checkRecorded(recorded)], context, patch)
        }
    }

    private static func repeated(
        _ step: QualificationStep, _ host: TestedHost, _ fence: Int64, isProbe: Bool,
        _ cause: WorkFailure.Cause, _ detail: String, _ policy: PatchPolicy
    ) -> PatchEvent {
        .stepRepeated(
            QualificationStepRepeated(
                asset: host.sample.asset, step: step, fence: fence, isProbe: isProbe, cause: cause,
                detail: String(detail.prefix(1000)),
                delaySeconds: isProbe ? policy.probeDelaySeconds : policy.retryDelaySeconds))
    }

    /// `events`, and the verdict when no host has anything left to do.
    private static func withVerdict(
        _ events: [PatchEvent], _ context: CommandContext, _ patch: Patch
    ) -> [PatchEvent] {
        var after = patch
        for event in events { evolve(&after, event) }
        guard let qualification = after.qualification, qualification.open.isEmpty else {
            return events
        }
        let evidence = Digest(of: storedForm(qualification.evidence))
        let number = qualification.number
        func causes(_ outcome: CheckOutcome) -> [String] {
            qualification.hosts.flatMap { host in
                host.checks.filter { $0.outcome == outcome }.map {
                    "\(host.sample.host.name), \($0.step.rawValue): \($0.detail)"
                }
            }
        }
        let pins = after.artefact?.pins ?? []
        var untested = qualification.untested(of: pins)
        // A smoke sample has seen one of them at least.
        if qualification.smoke != nil, untested.count < pins.count { untested = [] }
        switch qualification.verdict {
        case .passed where !untested.isEmpty:
            return events + [
                .qualificationInconclusive(
                    QualificationInconclusive(
                        number: number, evidence: evidence,
                        causes: untested.map { "\($0.name) is on no host of the sample" }))
            ]
        case .passed:
            return events + [
                .qualificationPassed(
                    QualificationPassed(
                        number: number, evidence: evidence, checks: qualification.evidence.count,
                        covered: qualification.covered, reversible: qualification.isReversible,
                        gathered: context.at))
            ]
        case .failed:
            return events + [
                .qualificationFailed(
                    QualificationFailed(
                        number: number, evidence: evidence, causes: causes(.failed)))
            ]
        case .inconclusive:
            return events + [
                .qualificationInconclusive(
                    QualificationInconclusive(
                        number: number, evidence: evidence, causes: causes(.inconclusive)))
            ]
        }
    }
}
