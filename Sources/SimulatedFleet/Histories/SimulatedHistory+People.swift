package import EventSourcing
import FoundationEssentials
package import PatchManagement

/// What people do, one after the other.
extension SimulatedHistory {
    mutating func appointPeople() throws {
        for person in people.all {
            guard let stream = StreamID(person.id), let role = Role(rawValue: person.role) else {
                continue
            }
            try send(
                .grantRole(role, person: stream), to: stream, PersonDecider.self,
                by: .service(.installer))
        }
    }

    mutating func importHosts(_ count: Int) throws {
        hosts = (0...count).map { number in
            AssetRegistration(
                name: "host-\(number)",
                address: "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)",
                environment: number == 0 ? .lab : .production)
        }
        for host in hosts {
            try send(.register(host), to: host.asset, AssetDecider.self, by: people.analyst)
            for scan in Scan.allCases {
                try send(
                    .requestScan(scan), to: host.asset, AssetDecider.self, by: people.analyst)
            }
        }
        try run()
    }

    /// Takes an update of the archive that nothing is wrong with through its test and approval, and
    /// rolls it out in three batches to all hosts but the lab's, until nothing is left to do by
    /// itself.
    ///
    /// - Returns: The patch.
    @discardableResult
    package mutating func rollOut() throws -> StreamID {
        renewFleet()
        let patch = try approvedPatch()
        let rollout = try plan(patch)
        let expires = now + .seconds(10 * 86_400)
        try send(
            .requestApproval(expires: expires), to: rollout, RolloutDecider.self,
            by: people.manager)
        guard let plan = state(of: rollout, RolloutDecider.self).plan,
            let approval = state(of: patch, PatchDecider.self).approval
        else { throw SimulatedHistoryError.stuck("planning", patch) }
        try send(
            .approve(planDigest: plan.planDigest, expires: expires), to: rollout,
            RolloutDecider.self, by: people.approver)
        try send(
            .start(
                PatchApproval(
                    patch: patch, artefactDigest: plan.artefactDigest, expires: approval.expires)),
            to: rollout, RolloutDecider.self, by: people.manager)
        try run()
        return patch
    }

    /// Takes an update of the archive that nothing is wrong with through its test and approval, which
    /// holds twenty days.
    package mutating func approvedPatch() throws -> StreamID {
        let patch = try testedPatch()
        try approve(patch)
        return patch
    }

    mutating func testedPatch() throws -> StreamID {
        let patch = StreamID(prefix: "pa", newID())
        let update = SimulatedArchive.updates.first { $0.source == "pf-demo" }
        guard let update else { throw SimulatedHistoryError.stuck("identification", patch) }
        let identification = PatchIdentification(
            vendorID: "\(update.source) \(update.version)", title: "\(update.source) update",
            kind: .update, purpose: .security, sourcePackage: update.source,
            packages: [update.selection], origin: SimulatedArchive.origin)
        try tell(
            patch, .identify(identification, patch: patch, policy: PatchPolicy()),
            by: people.watcher)
        let checks = VerificationChecks(
            packages: [update.name], services: update.service.map { [$0] } ?? [],
            command: "\(update.source)-check")
        try tell(
            patch,
            .assess(
                Assessment(
                    riskClass: .important, reason: "remote, no authentication",
                    applicable: targets, services: [], expectedDowntimeSeconds: 5,
                    reboot: .none, effortMinutes: 20, checks: checks)), by: people.analyst,
            documents: [targetList])
        guard let lab = hosts.first, let stratum = stratum(of: lab) else {
            throw SimulatedHistoryError.stuck("scan", patch)
        }
        try tell(patch, .acquire(from: lab.host), by: people.analyst)
        try run { $0.state(of: patch, PatchDecider.self).state != .assessed }
        let sample = QualificationSample(host: lab.host, stratum: stratum, environment: .lab)
        try tell(
            patch, .startQualification(sample: [sample], targetStrata: []), by: people.tester)
        try run { $0.state(of: patch, PatchDecider.self).state != .testing }
        return patch
    }

    private mutating func approve(_ patch: StreamID) throws {
        guard let evidence = state(of: patch, PatchDecider.self).evidence else {
            throw SimulatedHistoryError.stuck("test", patch)
        }
        try tell(patch, .signOff(evidence: evidence.digest), by: people.securityTester)
        try tell(
            patch,
            .submit(
                TargetSelector(environments: [.production]), targets: targets,
                expires: now + .seconds(20 * 86_400)), by: people.manager,
            documents: [targetList])
        guard let approval = state(of: patch, PatchDecider.self).approval else { return }
        try tell(patch, .approve(binding: approval.binding.digest), by: people.approver)
    }

    /// What is to be planned for the rollout of `patch` to all hosts but the lab's; policy and class
    /// say the rest.
    package func request(
        for rollout: StreamID, of patch: StreamID
    ) throws -> RolloutPlanner.Request {
        let state = state(of: patch, PatchDecider.self)
        guard let artefact = state.artefact, let assessment = state.assessment else {
            throw SimulatedHistoryError.stuck("acquisition", patch)
        }
        var request = RolloutPlanner.Request(
            rollout: rollout, patch: patch, artefactDigest: artefact.digest, pins: artefact.pins,
            checks: assessment.checks,
            targets: hosts.dropFirst().compactMap { host in
                stratum(of: host).map {
                    RolloutTarget(
                        asset: host.asset, host: host.host, site: host.site,
                        stratum: $0.description, criticality: host.criticality.rawValue)
                }
            },
            riskClass: assessment.riskClass, policy: Policy(), startsAt: now)
        request.testers = [people.tester.id, people.securityTester.id]
        return request
    }

    private mutating func plan(_ patch: StreamID) throws -> StreamID {
        let rollout = StreamID(prefix: "ro", newID())
        var request = try request(for: rollout, of: patch)
        request.batches = hosts.count > 3 ? "1,50%,rest" : "1,rest"
        request.soakSeconds = [5]
        request.capacity = hosts.count
        let plan = try RolloutPlanner.plan(request)
        let document = Document(
            mediaType: "application/json", bytes: try CanonicalJSON.encode(plan))
        try send(
            .plan(plan, digest: document.digest), to: rollout, RolloutDecider.self,
            by: people.manager, documents: [document])
        return rollout
    }

    private mutating func tell(
        _ patch: StreamID, _ command: PatchCommand, by actor: Actor, documents: [Document] = []
    ) throws {
        try send(command, to: patch, PatchDecider.self, by: actor, documents: documents)
    }

    private func stratum(of host: AssetRegistration) -> PlatformStratum? {
        state(of: host.asset, AssetDecider.self).stratum
    }

    /// The document behind `targets`.
    var targetList: Document {
        ApplicableAssets.document(
            of: hosts.dropFirst().filter { stratum(of: $0) != nil }.map(\.asset))
    }

    var targets: ApplicableAssets {
        get {
            ApplicableAssets(
                hosts.dropFirst().compactMap { host in
                    stratum(of: host).map { (host.asset, $0) }
                })
        }
    }
}

package enum SimulatedHistoryError: Error, CustomStringConvertible {
    /// The deciders took another way than the story.
    case stuck(String, StreamID)

    package var description: String {
        switch self {
        case .stuck(let chapter, let stream): "the history of \(stream) is stuck at its \(chapter)"
        }
    }
}
