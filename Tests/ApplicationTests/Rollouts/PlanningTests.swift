import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("Planning a rollout, and applying exactly that plan", .timeLimit(.minutes(3)))
struct PlanningTests {
    @Test("A plan names its batches, and everybody who is left out and why (I16)")
    func plan() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let approved = AssetSelection(
                assets: House.web[..<3].map(\.text))
            let patch = try await house.approved(approved)
            _ = try await useCases.importAssets(
                format: "ini", text: "[production]\nweb-5\n", house.order(alice))
            // web-2 got it by hand, and its next scan says so.
            house.hosts.touch("web-2")
            let before = try await house.offers(of: House.web[1])
            _ = try await useCases.scanAssets(
                [House.web[1].text], what: ["updates"], house.order(alice))
            try await house.wait("web-2 to be scanned again") {
                try await house.offers(of: House.web[1]) != before
            }
            var request = house.request(
                patch, AssetSelection(assets: (House.web + [House.asset("web-5")]).map(\.text)))
            request.batches = "1,rest"
            request.capacity = 7
            request.gate.maxFailures = 0
            let key = house.order(rita)
            let planned = try await useCases.plan(request, key)
            #expect(planned.plan.batches.map(\.count) == [1, 1])
            #expect(
                Set(planned.plan.batches.joined().map(\.host.name)) == ["web-1", "web-3"])
            #expect(planned.plan.capacity == 7)
            #expect(planned.plan.gate.maxFailures == 0)
            let reasons = planned.plan.skipped.map {
                "\(planned.skippedNames[$0.asset] ?? "?") \($0.reason)"
            }
            #expect(
                reasons.sorted() == [
                    "web-2 notOffered", "web-4 notApproved", "web-5 notApplicable",
                ])
            #expect(try await useCases.plan(planned.plan.rollout.text, gustav) == planned)
            #expect(try await house.rollout(planned.plan.rollout).phase == .planned)
            #expect(
                Digest(of: try CanonicalJSON.encode(planned.plan)) == planned.digest)
        }
    }

    @Test("A plan that can't be right is refused by its field")
    func badPlans() async throws {
        try await withHouse { house in
            let patch = try await house.approved()
            let changes: [(String, (inout PlanRequest) -> Void)] = [
                ("invalid patch", { $0.patch = "curl" }),
                ("no patch", { $0.patch = unknownPatch.text }),
                ("invalid soak_seconds", { $0.soakSeconds = -1 }),
                ("invalid soak_seconds", { $0.soakSeconds = Int.max }),
                ("invalid caps.total", { $0.capacity = 0 }),
                ("invalid reboot_policy", { $0.rebootPolicy = .deferToWindow }),
                ("invalid target", { $0.selection = AssetSelection() }),
                (
                    "invalid target.assets",
                    { $0.selection = AssetSelection(assets: [House.asset("nobody").text]) }
                ),
                ("plan-invalid", { $0.batches = "1,2" }),
                ("plan-invalid", { $0.batches = "rest,1" }),
                ("plan-invalid", { $0.batches = "" }),
                ("plan-invalid", { $0.gate.maxPercent = 101 }),
                ("plan-invalid", { $0.gate.maxFailures = -1 }),
                ("plan-invalid", { $0.selection = AssetSelection(environment: "staging") }),
            ]
            for (code, change) in changes {
                var request = house.request(patch)
                change(&request)
                let wanted = request
                #expect(
                    try await house.code(house.order(rita)) {
                        try await house.useCases.plan(wanted, $0)
                    } == code, "\(code)")
            }
            #expect(
                try await house.code(house.order(peter)) {
                    try await house.useCases.plan(house.request(patch), $0)
                } == "not-allowed")
        }
    }

    @Test("A plan for a world that has changed is refused, and says what changed")
    func stalePlan() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let planned = try await house.planned()
            let rollout = planned.plan.rollout.text
            let digest = planned.digest.description
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.apply(
                        rollout, digest: Digest(of: "x").description, $0)
                } == "stale-plan")
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.apply("ro_1", digest: digest, $0)
                } == "no rollout")

            _ = try await useCases.importAssets(
                format: "ini",
                text: "[production]\nweb-1 ansible_host=10.9.9.9 patchflow_criticality=high\n",
                house.order(alice))
            _ = try await house.bus.send(
                .decommission(reason: "sold"), to: House.web[1], as: AssetDecider.self,
                useCases.context(house.order(alice), .decommissionAsset))
            let error = try await house.refusal(house.order(rita)) {
                try await useCases.apply(rollout, digest: digest, $0)
            }
            let stale = try #require(error as? StalePlan)
            #expect(stale.kind == .stale)
            #expect(
                Set(stale.changes) == [
                    "web-1 answers at root@10.9.9.9:22, not at root@web-1:22",
                    "web-1 has criticality high, not medium", "web-2 was decommissioned",
                ])
            #expect(try await house.rollout(planned.plan.rollout).phase == .planned)

            let fresh = try await useCases.plan(
                house.request(planned.plan.patch), house.order(rita))
            #expect(fresh.plan.skipped.map(\.reason) == ["decommissioned"])
            let applied = try await useCases.apply(
                fresh.plan.rollout.text, digest: fresh.digest.description, house.order(rita))
            #expect(applied.state == "awaitingApproval")
        }
    }

    @Test("An asset is in one rollout at a time")
    func underWay() async throws {
        try await withHouse { house in
            let applied = try await house.applied()
            let patch = applied.plan.patch
            try await house.wait("the patch to know its rollout") {
                try await house.patch(patch).rollouts.contains { $0.phase == .awaitingApproval }
            }
            let error = try await house.refusal(house.order(rita)) {
                try await house.useCases.plan(house.request(patch), $0)
            }
            guard case RolloutRejection.planInvalid(let fault) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(fault.contains("4 were skipped"))
            _ = try await house.useCases.cancelRollout(
                applied.plan.rollout.text, reason: "not today", house.order(rita))
            let again = try await house.useCases.plan(house.request(patch), house.order(rita))
            #expect(again.plan.batches.joined().count == 4)
        }
    }
}
