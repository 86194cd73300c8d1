import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("Bundles, from their proposal to what became of each patch", .timeLimit(.minutes(3)))
struct BundleTests {
    private static func identification(
        _ package: String, kind: PatchKind = .update
    ) -> PatchIdentification {
        PatchIdentification(
            vendorID: "\(package) update", title: package, kind: kind, purpose: .security,
            sourcePackage: package,
            packages: [
                PackageSelection(name: package, architecture: "amd64", version: TestHosts.new)
            ], origin: "Debian:12.10/stable-security")
    }

    private static func assessment(_ riskClass: RiskClass = .nonCritical) -> AssessmentByHand {
        AssessmentByHand(
            riskClass: riskClass, assets: House.web.map(\.text), services: [],
            checks: VerificationChecks(packages: [], services: [], command: nil))
    }

    /// Patches of curl, wget and vim, all non-critical but the last, which is a hotfix.
    private static func patches(_ house: House) async throws -> [StreamID] {
        house.hosts.add("wget")
        house.hosts.add("vim")
        try await house.discover()
        var ids: [StreamID] = []
        for (name, kind) in [("curl", PatchKind.update), ("wget", .update), ("vim", .hotfix)] {
            let id = try await house.useCases.identify(
                identification(name, kind: kind), house.order(alice)
            ).id
            _ = try await house.useCases.assess(id.text, assessment(), house.order(alice))
            ids.append(id)
        }
        return ids
    }

    private static func approved(_ bundle: StreamID, _ house: House) async throws {
        let useCases = house.useCases
        _ = try await useCases.test(bundle.text, sample: [House.lab.text], house.order(alice))
        try await house.wait(for: bundle, PatchState.tested)
        try await house.wait("the advisories to be matched with it") {
            try await !house.patch(bundle).lacksMatch
        }
        _ = try await useCases.signOff(bundle.text, reason: "stable", house.order(alice))
        _ = try await useCases.submit(
            bundle.text, House.production, expiresInSeconds: nil, house.order(rita))
        _ = try await useCases.approve(
            bundle.text, digest: try await house.binding(of: bundle), reason: "read",
            house.order(peter))
    }

    @Test("Each host gets all of it in one attempt, and says what became of each patch (I13)")
    func together() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let ids = try await Self.patches(house)
            let proposal = try await useCases.proposeBundle(gustav)
            #expect(Set(proposal.members.map(\.patch)) == Set(ids[..<2]))
            #expect(proposal.left.map(\.patch) == [ids[2]])
            #expect(proposal.left.first?.reason.contains("goes alone") == true)

            let order = house.order(rita)
            let texts = ids[..<2].map(\.text)
            let bundle = try await useCases.createBundle(texts, title: "July", order).id
            #expect(try await useCases.createBundle(texts, title: "July", order).id == bundle)
            for (named, code) in [
                ([ids[0], ids[2]], "invalid patches"), (ids[..<2].map { $0 }, "invalid patches"),
                ([ids[0], ids[0]], "invalid patches"),
            ] as [([StreamID], String)] {
                #expect(
                    try await house.code(house.order(rita)) {
                        try await useCases.createBundle(named.map(\.text), title: "August", $0)
                    } == code)
            }
            _ = try await useCases.assess(bundle.text, Self.assessment(), house.order(alice))
            _ = try await useCases.acquire(
                bundle.text, referenceAsset: House.lab.text, house.order(alice))
            try await house.wait(for: bundle, PatchState.acquired)
            try await Self.approved(bundle, house)
            let planned = try await house.schedule(
                try await useCases.plan(house.request(bundle), house.order(rita)))
            let rollout = planned.plan.rollout
            #expect(planned.plan.items?.map(\.patch) == Array(ids[..<2]))
            _ = try await useCases.startRollout(rollout.text, house.order(rita))
            try await house.wait(for: rollout, RolloutPhase.completed)
            for (number, web) in House.web.enumerated() {
                #expect(house.hosts.version(of: "wget", on: "web-\(number + 1)") == TestHosts.new)
                let events = try await house.store.read(
                    .deployment(of: web, in: rollout), after: 0, limit: 100)
                #expect(events.count { $0.type == InstallStarted.type } == 1)
                let last = try #require(events.last { $0.type == DeploymentSucceeded.type })
                let succeeded = try DeploymentSucceeded.decode(
                    schemaVersion: last.schemaVersion, data: last.data)
                #expect(
                    succeeded.items == ids[..<2].map { ItemOutcome(patch: $0, outcome: .installed) }
                )
            }
            // Its members are told, and end with it.
            for id in ids[..<2] { try await house.wait(for: id, PatchState.resolvedElsewhere) }
        }
    }

    @Test("Whoever leaves voids the approval, and what was planned can't start (I14)")
    func leaving() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let ids = try await Self.patches(house)
            let bundle = try await useCases.createBundle(
                ids[..<2].map(\.text), title: "July", house.order(rita)
            ).id
            _ = try await useCases.assess(bundle.text, Self.assessment(), house.order(alice))
            _ = try await useCases.acquire(
                bundle.text, referenceAsset: House.lab.text, house.order(alice))
            try await house.wait(for: bundle, PatchState.acquired)
            try await Self.approved(bundle, house)
            let planned = try await house.schedule(
                try await useCases.plan(house.request(bundle), house.order(rita)))
            for (member, code) in [(ids[2], "invalid patch"), (bundle, "invalid patch")] {
                #expect(
                    try await house.code(house.order(rita)) {
                        try await useCases.leaveBundle(
                            bundle.text, member: member.text, reason: "r", $0)
                    } == code)
            }
            // A member that can wait no longer leaves by itself.
            _ = try await useCases.assess(
                ids[1].text, Self.assessment(.urgent), house.order(alice))
            try await house.wait("wget to leave") {
                try await house.patch(bundle).identification?.members?.count == 1
            }
            let state = try await house.patch(bundle)
            #expect(state.state == .acquired && state.approval == nil)
            #expect(state.artefact?.pins.map(\.name) == ["curl"])
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.startRollout(planned.plan.rollout.text, $0)
                } == "wrong-state")
            // It has the assets until somebody ends it.
            _ = try await useCases.cancelRollout(
                planned.plan.rollout.text, reason: "planned anew", house.order(rita))
            try await Self.approved(bundle, house)
            let again = try await useCases.plan(house.request(bundle), house.order(rita))
            #expect(again.plan.artefactDigest != planned.plan.artefactDigest)
            #expect(again.plan.items?.map(\.patch) == [ids[0]])
        }
    }
}
