import EventSourcing
import FoundationEssentials
import PatchManagement
import Support

/// Patches: mostly the way that leads on, now and then anything.
extension History {
    mutating func livePatch() async throws {
        if patches.isEmpty || (patches.count < 12 && random.chance(5)) {
            return try await identify()
        }
        let id = random.pick(patches)
        let patch = try await state(of: id, as: PatchDecider.self)
        if random.chance(82), let (command, person) = onward(patch) {
            try await say(command, id, by: person)
        } else {
            let (command, person) = anything(patch)
            try await say(command, id, by: person)
        }
    }

    private mutating func say(
        _ command: PatchCommand, _ patch: StreamID, by person: Person
    ) async throws {
        try await send(command, to: patch, as: PatchDecider.self, by: person)
    }

    private mutating func identify() async throws {
        let id = newID("pa")
        let kind = random.pick(PatchKind.allCases)
        let holds = kind == .servicePack ? patches.suffix(2) : []
        patches.append(id)
        let identification = PatchIdentification(
            vendorID: "DSA-\(patches.count)", title: "curl: \"fix\" №\(patches.count)",
            kind: kind, purpose: .security, sourcePackage: "curl",
            packages: [Goods.package], origin: "Debian:12.10/stable-security",
            supersedes: patches.count == 2 ? patches[0] : nil, holds: Array(holds))
        try await say(.identify(identification, patch: id, policy: PatchPolicy()), id, by: .vera)
    }

    private mutating func onward(_ patch: Patch) -> (PatchCommand, Person)? {
        switch patch.state {
        case .identified: return (.assess(assessment()), .anna)
        case .assessed, .acquisitionFailed:
            if patch.acquisition == nil { return (.acquire(from: lab.host), .anna) }
            let result: WorkResult =
                random.chance(85) ? .acquired([Goods.pin]) : .failed(failure())
            return (.recordAcquisition(fence: nextFence(), result), .worker)
        case .acquired, .testFailed, .testInconclusive:
            let sample = QualificationSample(
                host: lab.host, stratum: Goods.debian, environment: .lab)
            return (.startQualification(sample: [sample], targetStrata: []), .tom)
        case .testing: return (work(patch) ?? .cancelQualification(reason: "stuck"), .worker)
        case .tested: return patch.evidence.map { (.signOff(evidence: $0.digest), .sam) }
        case .signedOff:
            let selector = TargetSelector(environments: [.production])
            return (
                .submit(selector, targets: targets, expires: now + .seconds(10 * 86_400)), .rita
            )
        case .awaitingApproval:
            if random.chance(15) { return (.reject(reason: "not now"), .paul) }
            return patch.approval.map { (.approve(binding: $0.binding.digest), .paul) }
        case .excepted: return (.observeExceptions([]), .workflow)
        case .rejected, .approvalExpired, .approvalRevoked, .rolledBack, .handedToOwner,
            .notApplicable, .resolvedElsewhere:
            return (.reopen(reason: "again"), .anna)
        case .rollbackFailed: return (.handToOwner(reason: "by hand"), .rita)
        case .verified:
            return (.document(items: EvidenceItem.allCases, pack: Digest(of: "pack")), .anna)
        case .deferred: return (.resume(reason: "sooner"), .rolf)
        case .withdrawn: return (.reinstate(reason: "sound after all"), .vera)
        case .approved, .scheduled, .deploying, .paused, .rollingBack, .documented, .superseded,
            nil:
            return nil
        }
    }

    private mutating func anything(_ patch: Patch) -> (PatchCommand, Person) {
        switch random.below(18) {
        case 14: return (.observeExceptions(random.chance(70) ? [newID("ex")] : []), .workflow)
        case 15:
            let pack = newID("pa")
            if random.chance(60) { return (.holdInPack(pack), .workflow) }
            return (.resolveInPack(pack, remaining: random.chance(30) ? 0 : 2), .workflow)
        case 16, 17: return flaw()
        case 0, 1, 2: return (.assess(assessment()), .anna)
        case 3: return (.dismiss(.notAffected, reason: "not built in"), .anna)
        case 4: return (.cancelQualification(reason: "wrong host"), .tom)
        case 5: return (.reject(reason: "too risky"), .paul)
        case 6: return (.revokeApproval(reason: "heard of trouble"), .rolf)
        case 7, 8:
            return (.defer(until: now + .seconds(86_400), reason: "holidays"), .rolf)
        case 9: return (.withdraw(reason: "the vendor took it back"), .vera)
        case 10: return (.reopen(reason: "again"), .anna)
        case 11:
            if random.chance(80) { return (.reinstate(reason: "sound"), .vera) }
            return (.supersede(by: newID("pa")), .vera)
        case 12:
            if let approval = patch.approval, random.chance(30) { now = approval.expires }
            return (.timer(.approvalExpiry), .workflow)
        default:
            if let deferral = patch.deferral { now = deferral.until }
            return (.timer(.deferralEnd), .workflow)
        }
    }

    private mutating func flaw() -> (PatchCommand, Person) {
        let name = random.pick(["CVE-2026-0100", "cve-2026-0100", "it forgets its settings"])
        let hotfix = patches[0]
        switch random.below(6) {
        case 0, 1:
            return (
                .linkFlaw(
                    name, riskClass: random.pick([nil, .nonCritical, .urgent]), reason: "seen"),
                .anna
            )
        case 2: return (.mendFlaw(name, by: hotfix, reason: "the vendor says so"), .vera)
        case 3: return (.acceptIntroducedFlaw(name, reason: "off here"), .rolf)
        case 4:
            return (.observeMending(name, by: hotfix, stands: random.chance(50)), .workflow)
        default: return (.noteMending(MendedFlaw(patch: hotfix, flaw: name)), .workflow)
        }
    }

    private var targets: ApplicableAssets {
        ApplicableAssets(assets.map { ($0.asset, Goods.debian) })
    }

    private mutating func assessment() -> Assessment {
        Assessment(
            riskClass: random.pick([.important, .nonCritical]), reason: "remote",
            applicable: targets, services: ["cron"], expectedDowntimeSeconds: random.below(3),
            reboot: random.pick(RebootNeed.allCases), effortMinutes: 20,
            checks: Goods.checks[random.chance(80) ? 0 : 1],
            dependents: random.chance(50) ? ["shop"] : [])
    }

    mutating func failure() -> WorkFailure {
        WorkFailure(random.pick(WorkFailure.Cause.allCases), "in a test")
    }

    /// The next thing that a worker says of the test.
    private mutating func work(_ patch: Patch) -> PatchCommand? {
        guard let host = patch.qualification?.open.first else { return nil }
        let asset = host.sample.asset
        switch host.awaiting {
        case .nothing: return nil
        case .step(let step):
            if step.needsIntent, host.lease == nil {
                return .beginStep(
                    step, asset: asset, worker: lab.asset.uuid, fence: nextFence())
            }
            let held = host.lease?.fence ?? nextFence()
            if random.chance(5) { return .loseLease(step, asset: asset, fence: held) }
            return .recordResult(step, asset: asset, fence: held, result(of: step))
        case .probe(let step):
            let report: ProbeReport = random.pick([
                .neverStarted, .running, .finished(Goods.executed()), .interrupted,
            ])
            return .recordResult(step, asset: asset, fence: nextFence(), .probe(report))
        }
    }

    private mutating func result(of step: QualificationStep) -> WorkResult {
        if random.chance(6) { return .failed(failure()) }
        switch step {
        case .precheck: return .precheck(Goods.precheck(random.chance(95) ? [] : [.diskFull]))
        case .backUp: return .backUp([Goods.prior])
        case .install, .rollBack: return .executed(Goods.executed(random.chance(95) ? 0 : 100))
        case .verify: return .verification(Goods.verification(Goods.package))
        // Nobody names a trial in these stories.
        case .stress, .probe: return .failed(failure())
        case .verifyRestored: return .verification(Goods.verification(Goods.old))
        }
    }
}
