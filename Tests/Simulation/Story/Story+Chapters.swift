import FoundationEssentials
import PatchManagement
import SimulatedFleet

@testable import EventSourcing

/// What must have happened before patches can be rolled out, as people do it.
extension Story {
    /// Appoints the cast; registers one lab host and `production` others, and has all scanned.
    mutating func begin(production: Int) throws {
        for person in Cast.all {
            guard let stream = StreamID(person.id), let role = Role(rawValue: person.role) else {
                continue
            }
            try tell(
                .grantRole(role, person: stream), to: stream, PersonDecider.self,
                by: .service(.installer))
        }
        hosts = (0...production).map { number in
            AssetRegistration(
                name: "host-\(number)", address: "192.0.2.\(number + 1)",
                environment: number == 0 ? .lab : .production)
        }
        for host in hosts {
            try tell(
                .register(host), to: host.asset, AssetDecider.self, by: Cast.analyst)
            for scan in Scan.allCases {
                try tell(
                    .requestScan(scan), to: host.asset, AssetDecider.self, by: Cast.analyst)
            }
        }
        let assets = hosts.map(\.asset)
        try run { story in
            assets.allSatisfy { story.state(of: $0, AssetDecider.self).stratum != nil }
        }
    }

    /// Takes the update of `source` through its test on the lab host and its approval.
    ///
    /// - Parameter approvalSeconds: How long the approval holds.
    /// - Returns: nil when the test did not pass.
    @discardableResult
    mutating func approvedPatch(
        _ source: String, approvalSeconds: Int = 20 * 86_400
    ) throws -> StreamID? {
        guard let update = SimulatedArchive.updates.first(where: { $0.source == source }) else {
            throw stuck("there is no update of \(source)")
        }
        return try approvedPatch(
            PatchIdentification(
                vendorID: "\(update.source) \(update.version)", title: "\(update.source) update",
                kind: .update, purpose: .security, sourcePackage: update.source,
                packages: [update.selection], origin: SimulatedArchive.origin),
            .important,
            VerificationChecks(
                packages: [update.name], services: update.service.map { [$0] } ?? [],
                command: "\(update.source)-check"), approvalSeconds: approvalSeconds)
    }

    /// The bundle of all patches so far, through its test and its approval.
    @discardableResult
    mutating func approvedBundle() throws -> StreamID? {
        let members = patches.compactMap { patch in
            self.patch(patch).identification.map { (patch: patch, identification: $0) }
        }
        return try approvedPatch(
            try PatchBundling.identification(title: "both", of: members), .nonCritical,
            VerificationChecks(packages: [], services: [], command: nil))
    }

    private mutating func approvedPatch(
        _ identification: PatchIdentification, _ riskClass: RiskClass,
        _ checks: VerificationChecks, approvalSeconds: Int = 20 * 86_400
    ) throws -> StreamID? {
        guard let patch = try testedPatch(identification, riskClass, checks) else { return nil }
        guard let evidence = self.patch(patch).evidence else { return nil }
        try tell(patch, .signOff(evidence: evidence.digest), by: Cast.securityTester)
        try tell(
            patch,
            .submit(
                TargetSelector(environments: [.production]), targets: targets,
                expires: now + .seconds(approvalSeconds)),
            by: Cast.manager, documents: [targetList])
        guard let approval = self.patch(patch).approval else { return nil }
        try tell(patch, .approve(binding: approval.binding.digest), by: Cast.approver)
        guard self.patch(patch).state == .approved else { return nil }
        patches.append(patch)
        return patch
    }

    private mutating func testedPatch(
        _ identification: PatchIdentification, _ riskClass: RiskClass, _ checks: VerificationChecks
    ) throws -> StreamID? {
        let patch = StreamID(prefix: "pa", scheduler.newID())
        try tell(
            patch, .identify(identification, patch: patch, policy: PatchPolicy()),
            by: Cast.watcher)
        try tell(
            patch,
            .assess(
                Assessment(
                    riskClass: riskClass, reason: "remote, no authentication",
                    applicable: targets, services: [], expectedDowntimeSeconds: 5, reboot: .none,
                    effortMinutes: 20, checks: checks)),
            by: Cast.analyst, documents: [targetList])
        let lab = hosts[0]
        try tell(patch, .acquire(from: lab.host), by: Cast.analyst)
        try run { $0.patch(patch).state != .assessed }
        guard self.patch(patch).state == .acquired,
            let stratum = state(of: lab.asset, AssetDecider.self).stratum
        else { return nil }
        let sample = QualificationSample(host: lab.host, stratum: stratum, environment: .lab)
        try tell(
            patch, .startQualification(sample: [sample], targetStrata: []), by: Cast.tester)
        try run { $0.patch(patch).state != .testing }
        return self.patch(patch).state == .tested ? patch : nil
    }

    @discardableResult
    mutating func tell(
        _ patch: StreamID, _ command: PatchCommand, by actor: Actor, documents: [Document] = []
    ) throws -> Told {
        try tell(command, to: patch, PatchDecider.self, by: actor, documents: documents)
    }

    @discardableResult
    mutating func tell(
        _ rollout: StreamID, _ command: RolloutCommand, by actor: Actor,
        documents: [Document] = [], guards: [StreamGuard] = []
    ) throws -> Told {
        if let careless = system.bug?.rollouts {
            return try tell(careless, rollout, command, by: actor, documents, guards)
        }
        return try tell(
            command, to: rollout, RolloutDecider.self, by: actor, documents: documents,
            guards: guards)
    }

    /// What leans on the patch's approval: refused when the patch has moved since it was read, as a use
    /// case's append is.
    mutating func tell(
        _ rollout: StreamID, by actor: Actor, leaningOn make: (PatchApproval?) -> RolloutCommand?
    ) throws {
        guard let patch = self.rollout(rollout).plan?.patch,
            let command = make(approval(for: rollout))
        else { return }
        let version = store.withState { $0.streams[patch, default: []].count }
        try tell(
            rollout, command, by: actor, guards: [StreamGuard(stream: patch, version: version)])
    }

    private mutating func tell<Careless: CarelessRollouts>(
        _: Careless.Type, _ rollout: StreamID, _ command: RolloutCommand, by actor: Actor,
        _ documents: [Document], _ guards: [StreamGuard]
    ) throws -> Told {
        try tell(
            command, to: rollout, Careless.self, by: actor, documents: documents, guards: guards)
    }

    /// The production hosts that have been scanned.
    var scanned: [(host: AssetRegistration, stratum: PlatformStratum)] {
        mutating get {
            var found: [(AssetRegistration, PlatformStratum)] = []
            for host in hosts.dropFirst() {
                guard let stratum = state(of: host.asset, AssetDecider.self).stratum else {
                    continue
                }
                found.append((host, stratum))
            }
            return found
        }
    }

    private var targets: ApplicableAssets {
        mutating get { ApplicableAssets(scanned.map { ($0.host.asset, $0.stratum) }) }
    }

    private var targetList: Document {
        mutating get { ApplicableAssets.document(of: scanned.map(\.host.asset)) }
    }

    // MARK: Rollouts

    /// Plans a rollout onto all production hosts.
    ///
    /// - Returns: nil when nothing can be planned as `change` would have it.
    mutating func plannedRollout(
        of patch: StreamID, _ change: (inout RolloutPlanner.Request) -> Void
    ) throws -> StreamID? {
        guard var request = plannable(patch) else { return nil }
        let rollout = request.rollout
        change(&request)
        guard var plan = try? RolloutPlanner.plan(request) else { return nil }
        plan.items = self.patch(patch).identification?.items
        let document = Document(
            mediaType: "application/json", bytes: try CanonicalJSON.encode(plan))
        try tell(
            rollout, .plan(plan, digest: document.digest), by: Cast.manager,
            documents: [document])
        rollouts.append(rollout)
        return rollout
    }

    /// What a rollout of the patch onto all production hosts is planned by; nil before its test.
    mutating func plannable(_ patch: StreamID) -> RolloutPlanner.Request? {
        let state = self.patch(patch)
        guard let artefact = state.artefact, let assessment = state.assessment else { return nil }
        var request = RolloutPlanner.Request(
            rollout: StreamID(prefix: "ro", scheduler.newID()), patch: patch,
            artefactDigest: artefact.digest, pins: artefact.pins,
            checks: assessment.checks,
            targets: scanned.map { entry in
                RolloutTarget(
                    asset: entry.host.asset, host: entry.host.host, site: entry.host.site,
                    stratum: entry.stratum.description,
                    criticality: entry.host.criticality.rawValue)
            },
            riskClass: assessment.riskClass, policy: Policy(), startsAt: now)
        request.testers = [Cast.tester.id, Cast.securityTester.id]
        return request
    }

    mutating func approve(_ rollout: StreamID, seconds: Int) throws {
        let end = now + .seconds(seconds)
        try tell(rollout, .requestApproval(expires: end), by: Cast.manager)
        guard let plan = self.rollout(rollout).plan else { return }
        let command = RolloutCommand.approve(planDigest: plan.planDigest, expires: end)
        // Who asked for it tries as well.
        if chance(20) { try tell(rollout, command, by: Cast.manager) }
        try tell(rollout, command, by: Cast.approver)
    }

    mutating func start(_ rollout: StreamID) throws {
        try tell(rollout, by: Cast.manager) { approval in approval.map { .start($0) } }
    }

    /// The patch's approval as a use case would read it; nil while there is none.
    mutating func approval(for rollout: StreamID) -> PatchApproval? {
        guard let plan = self.rollout(rollout).plan else { return nil }
        let state = self.patch(plan.patch)
        guard state.mayStartRollout(at: now) || system.bug == .startsUnapproved,
            let approval = state.approval, let artefact = state.artefact
        else { return nil }
        return PatchApproval(
            patch: plan.patch, artefactDigest: artefact.digest, expires: approval.expires)
    }
}
