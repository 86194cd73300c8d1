import Application
import EventSourcing
import PatchManagement

/// How far a story has come before a test begins to ask its own questions.
extension House {
    static let lab = asset("lab-1")
    static let web = (1...4).map { asset("web-\($0)") }

    static func asset(_ name: String) -> StreamID {
        AssetRegistration(name: name, address: name).asset
    }

    static let identification = PatchIdentification(
        vendorID: "DSA-5587-1", title: "curl security update", kind: .update, purpose: .security,
        sourcePackage: "curl", packages: [TestHosts.package],
        origin: "Debian:12.10/stable-security")

    static let assessment = AssessmentByHand(
        riskClass: .important, services: ["cron"], effortMinutes: 30,
        checks: VerificationChecks(packages: ["curl"], services: ["cron"], command: nil))

    static let production = AssetSelection(environment: "production")

    /// One lab host and four web servers, scanned.
    func discover(more: [String] = []) async throws {
        let names = (1...4).map { "web-\($0)" } + more
        _ = try await useCases.importAssets(
            format: "ini",
            text: "[lab]\nlab-1\n[production]\n" + names.joined(separator: "\n") + "\n",
            order(alice))
        _ = try await useCases.scanAssets(nil, what: ["inventory", "updates"], order(alice))
        for name in ["lab-1"] + names {
            try await wait("\(name) to be scanned") {
                let state = try await bus.state(of: Self.asset(name), as: AssetDecider.self).state
                return state.offers != nil && state.stratum != nil
            }
        }
    }

    func identified() async throws -> StreamID {
        try await discover()
        return try await useCases.identify(Self.identification, order(alice)).id
    }

    func acquired(_ identified: StreamID? = nil) async throws -> StreamID {
        let patch: StreamID
        if let identified { patch = identified } else { patch = try await self.identified() }
        _ = try await useCases.assess(patch.text, Self.assessment, order(alice))
        _ = try await useCases.acquire(
            patch.text, referenceAsset: Self.lab.text, order(alice))
        try await wait(for: patch, .acquired)
        return patch
    }

    func signedOff(_ identified: StreamID? = nil) async throws -> StreamID {
        let patch = try await acquired(identified)
        _ = try await useCases.test(patch.text, sample: [Self.lab.text], order(alice))
        try await wait(for: patch, .tested)
        try await wait("the advisories to be matched with it") {
            try await !self.patch(patch).lacksMatch
        }
        _ = try await useCases.signOff(patch.text, reason: "stable", order(alice))
        return patch
    }

    func submitted(
        _ selection: AssetSelection = production, identified: StreamID? = nil
    ) async throws -> StreamID {
        let patch = try await signedOff(identified)
        _ = try await useCases.submit(
            patch.text, selection, expiresInSeconds: nil, order(rita))
        return patch
    }

    func approved(
        _ selection: AssetSelection = production, identified: StreamID? = nil
    ) async throws -> StreamID {
        let patch = try await submitted(selection, identified: identified)
        _ = try await useCases.approve(
            patch.text, digest: try await binding(of: patch), reason: "read", order(peter))
        return patch
    }

    /// The digest that waits for an approval.
    func binding(of patch: StreamID) async throws -> String {
        try await self.patch(patch).approval?.binding.digest.description ?? ""
    }

    func request(_ patch: StreamID, _ selection: AssetSelection = production) -> PlanRequest {
        PlanRequest(patch: patch.text, selection: selection, batches: "1,50%,rest", soakSeconds: 0)
    }

    func planned() async throws -> PlannedRollout {
        let patch = try await approved()
        return try await useCases.plan(request(patch), order(rita))
    }

    func applied() async throws -> PlannedRollout {
        try await apply(try await planned())
    }

    func scheduled() async throws -> PlannedRollout {
        try await schedule(try await planned())
    }

    func apply(_ planned: PlannedRollout) async throws -> PlannedRollout {
        _ = try await useCases.apply(
            planned.plan.rollout.text, digest: planned.digest.description, order(rita))
        return planned
    }

    func schedule(_ planned: PlannedRollout) async throws -> PlannedRollout {
        _ = try await apply(planned)
        _ = try await useCases.approveRollout(
            planned.plan.rollout.text, digest: planned.digest.description, reason: "read",
            order(peter))
        return planned
    }
}
