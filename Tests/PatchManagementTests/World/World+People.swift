import EventSourcing
import FoundationEssentials
import SimulatedFleet

@testable import PatchManagement

/// What people do, as the use cases do it for them.
extension World {
    @discardableResult
    mutating func tell(
        _ patch: StreamID, _ command: PatchCommand, by actor: Actor
    ) throws -> [PatchEvent] {
        try send(command, to: patch, PatchDecider.self, context(actor, newID()))
    }

    @discardableResult
    mutating func tell(
        _ rollout: StreamID, _ command: RolloutCommand, by actor: Actor
    ) throws -> [RolloutEvent] {
        try send(command, to: rollout, RolloutDecider.self, context(actor, newID()))
    }

    @discardableResult
    mutating func tell(
        _ freeze: StreamID, _ command: FreezeCommand, by actor: Actor
    ) throws -> [FreezeEvent] {
        try send(command, to: freeze, FreezeDecider.self, context(actor, newID()))
    }

    /// Registers one lab host, host-1, and production hosts host-2 and on, and has all scanned.
    mutating func importFleet(production: Int) throws -> [AssetRegistration] {
        let hosts = (1...(production + 1)).map { number in
            AssetRegistration(
                name: "host-\(number)", address: "192.0.\(number / 250).\(number % 250)",
                environment: number == 1 ? .lab : .production)
        }
        for host in hosts {
            let actor = anna
            try send(
                .register(host), to: host.asset, AssetDecider.self, context(actor, newID()))
            for scan in [Scan.inventory, .updates] {
                try send(
                    .requestScan(scan), to: host.asset, AssetDecider.self,
                    context(actor, newID()))
            }
        }
        try run()
        return hosts
    }

    /// Takes the update of `source` through its test on host-1 and both decisions.
    mutating func approvedPatch(
        _ source: String = "pf-demo", on hosts: [AssetRegistration], services: [String]? = nil
    ) throws -> StreamID {
        let patch = try testedPatch(source, on: hosts, services: services)
        let targets = ApplicableAssets(
            hosts.dropFirst().map { ($0.asset, debian12) })
        try tell(
            patch, .signOff(evidence: unwrapped(self.patch(patch).evidence).digest), by: sam)
        try tell(
            patch,
            .submit(
                Sample.selector, targets: targets, expires: now + .seconds(20 * 86_400)),
            by: rita)
        let binding = try unwrapped(self.patch(patch).approval).binding.digest
        try tell(patch, .approve(binding: binding), by: paul)
        return patch
    }

    mutating func testedPatch(
        _ source: String, on hosts: [AssetRegistration], services: [String]?
    ) throws -> StreamID {
        let update = try unwrapped(SimulatedArchive.updates.first { $0.source == source })
        let patch = StreamID(prefix: "pa", newID())
        let identification = PatchIdentification(
            vendorID: "\(source) \(update.version)", title: "\(source) update", kind: .update,
            purpose: .security, sourcePackage: source, packages: [update.selection],
            origin: SimulatedArchive.origin)
        try tell(
            patch, .identify(identification, patch: patch, policy: PatchPolicy()), by: vera)
        let checks = VerificationChecks(
            packages: [source], services: services ?? (update.service.map { [$0] } ?? []),
            command: "\(source)-check")
        let targets = ApplicableAssets(hosts.dropFirst().map { ($0.asset, debian12) })
        try tell(patch, .assess(Sample.assessment(targets: targets, checks: checks)), by: anna)
        let lab = hosts[0]
        try tell(patch, .acquire(from: lab.host), by: anna)
        try run { $0.patch(patch).state == .assessed }
        let sample = QualificationSample(
            host: lab.host, stratum: debian12, environment: .lab)
        try tell(patch, .startQualification(sample: [sample], targetStrata: []), by: tom)
        try run { $0.patch(patch).state == .testing }
        return patch
    }

    /// Plans a rollout for the production hosts.
    mutating func plan(
        _ patch: StreamID, on hosts: [AssetRegistration], batches: String = "1,50%,rest",
        soak: [Int] = [5], change: (inout RolloutPlanner.Request) -> Void = { _ in }
    ) throws -> StreamID {
        let rollout = StreamID(prefix: "ro", newID())
        let state = self.patch(patch)
        let artefact = try unwrapped(state.artefact)
        var request = RolloutPlanner.Request(
            rollout: rollout, patch: patch, artefactDigest: artefact.digest, pins: artefact.pins,
            checks: try unwrapped(state.assessment).checks,
            targets: hosts.dropFirst().map {
                RolloutTarget(
                    asset: $0.asset, host: $0.host, site: $0.site,
                    stratum: debian12.description, criticality: $0.criticality.rawValue,
                    group: $0.group)
            },
            riskClass: .important, policy: Policy(), startsAt: now)
        request.batches = batches
        request.soakSeconds = soak
        change(&request)
        let plan = try RolloutPlanner.plan(request)
        let document = Document(
            mediaType: "application/json", bytes: try CanonicalJSON.encode(plan))
        let sample = plan.health.map {
            [HealthSample(of: plan.batches, size: $0.sampleHosts).document]
        }
        try send(
            .plan(plan, digest: document.digest), to: rollout, RolloutDecider.self,
            context(rita, newID()), Options(documents: [document] + (sample ?? [])))
        return rollout
    }

    mutating func approve(
        _ rollout: StreamID, by approver: Actor = paul, days: Int64 = 10
    ) throws {
        let end = now + .seconds(days * 86_400)
        try tell(rollout, .requestApproval(expires: end), by: rita)
        try tell(
            rollout,
            .approve(
                planDigest: unwrapped(self.rollout(rollout).plan).planDigest,
                expires: end),
            by: approver)
    }

    func approval(of patch: StreamID) throws -> PatchApproval {
        let state = self.patch(patch)
        return PatchApproval(
            patch: patch, artefactDigest: try unwrapped(state.artefact).digest,
            expires: try unwrapped(state.approval).expires)
    }

    mutating func start(_ rollout: StreamID) throws {
        let patch = try unwrapped(self.rollout(rollout).plan).patch
        try tell(rollout, .start(approval(of: patch)), by: rita)
    }

    /// Planned, approved by another person, and started.
    mutating func startedRollout(
        _ patch: StreamID, on hosts: [AssetRegistration], batches: String = "1,50%,rest",
        soak: [Int] = [5], change: (inout RolloutPlanner.Request) -> Void = { _ in }
    ) throws -> StreamID {
        let rollout = try plan(patch, on: hosts, batches: batches, soak: soak, change: change)
        try approve(rollout)
        try start(rollout)
        return rollout
    }

    /// The production hosts on which `rollout` didn't succeed.
    func outstanding(
        _ hosts: [AssetRegistration], _ rollout: StreamID
    ) -> [AssetRegistration] {
        hosts.dropFirst().filter { outcome(of: $0, in: rollout) != .succeeded }
    }

    func outcome(of host: AssetRegistration, in rollout: StreamID) -> DeploymentOutcome? {
        deployment(host.asset, rollout).outcome
    }
}
