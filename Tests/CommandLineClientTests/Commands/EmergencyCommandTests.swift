import APIContract
import CommandLineClient
import Testing

/// Emergencies, disasters, and approvals of many things, at the terminal.
@Suite(.timeLimit(.minutes(1))) struct EmergencyCommandTests {
    private func emergency(_ review: String = "owed") -> EmergencyResource {
        EmergencyResource(
            id: "em_1", patch: "pa_1", state: "declared",
            target: AssetGroupSelector(environments: ["production"], sites: ["north"]),
            team: "web", reason: "it is attacked", freezeOverride: "it can't wait",
            digest: "d1g", proposedBy: "pe_1", proposedAt: "2026-03-01T09:30:00.000000Z",
            confirmedBy: "pe_2", declaredAt: "2026-03-01T09:30:00.000000Z",
            until: "2026-03-04T09:30:00.000000Z", review: review,
            reviewBy: "2026-03-06T09:30:00.000000Z", version: 2)
    }

    @Test func itIsDeclaredForAssetsAndConfirmedByItsDigest() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/emergencies",
                Receipt(id: "em_1", state: "proposed", version: 1, position: 9))
            let words = ["emergency", "declare", "pa_1", "--team", "web", "--reason", "attacked"]
            let nowhere = await terminal.run(words)
            #expect(nowhere.status == 2)
            #expect(nowhere.error.contains("--environment"))
            let ran = await terminal.run(
                words + ["--environment", "production", "--override-freeze", "it can't wait"])
            #expect(ran.status == 0, "\(ran.error)")
            #expect(
                terminal.server.asked.last?.body.contains(
                    #""freeze_override":"it can't wait""#) == true)

            try terminal.server.play("GET /api/v1/emergencies/em_1", emergency())
            try terminal.server.play(
                "POST /api/v1/emergencies/em_1:confirm",
                Receipt(id: "em_1", state: "declared", version: 2, position: 10))
            let asked = await terminal.run(
                "emergency", "confirm", "em_1", "--reason", "seen", typed: ["n"])
            #expect(asked.status == 3)
            #expect(asked.error.contains("production at north"))
            #expect(asked.error.contains("overriding freezes because 'it can't wait'"))
            let confirmed = await terminal.run(
                "emergency", "confirm", "em_1", "--reason", "seen", "--yes")
            #expect(confirmed.status == 0)
            #expect(
                terminal.server.asked.last?.body == #"{"digest":"d1g","reason":"seen"}"#)
        }
    }

    @Test func anOverdueReviewIsSaidWhereverItIsListed() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "GET /api/v1/emergencies?limit=500",
                ListPage(data: [emergency("overdue"), emergency()], next: nil, position: 4))
            let ran = await terminal.run("emergency", "list")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output.contains("OVERDUE"))
            #expect(ran.error.contains("1 review overdue"))
            for format in ["json", "jsonl", "csv"] {
                let other = await terminal.run("emergency", "list", "-o", format)
                #expect(other.status == 0 && other.output.contains("em_1"))
            }
        }
    }

    private func patch() -> PatchResource {
        PatchResource(
            id: "pa_1", vendorId: "v", title: "openssl", kind: "patch", purpose: "security",
            sourcePackage: "openssl", origin: "o", state: "awaitingApproval",
            riskClass: "urgent", packages: [],
            assessment: AssessmentResource(
                assets: 7, assetsDigest: "a", strata: ["debian 12 amd64"], services: ["nginx"],
                expectedDowntimeSeconds: 30, rebootExpected: true, effortMinutes: 45,
                checks: ChecksResource(packages: []), dependents: ["shop"]),
            approval: ApprovalResource(
                state: "awaiting", digest: "d1g", requestedBy: "pe_1",
                requestedAt: "2026-03-01T09:30:00.000000Z", assets: 7,
                strata: [AssetCountResource(name: "debian 12 amd64", assets: 7)],
                sites: [
                    AssetCountResource(name: "north", assets: 4),
                    AssetCountResource(name: "south", assets: 3),
                ]),
            counts: PatchCounts(applicable: 7, targets: 0, verified: 0, failed: 0, open: 7),
            identifiedAt: "2026-03-01T09:30:00.000000Z",
            introducedFlaws: [
                IntroducedFlawResource(
                    flaw: "it forgets keys", riskClass: "important", reason: "seen",
                    linkedBy: "pe_3")
            ], exceptions: ["ex_9"], changedAt: "2026-03-01T09:30:00.000000Z", version: 3)
    }

    @Test func anApproverSeesAllThatWillHappen() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play("GET /api/v1/patches/pa_1", patch())
            let asked = await terminal.run(
                "patch", "approve", "pa_1", "--reason", "read", typed: ["n"])
            #expect(asked.status == 3)
            for words in [
                "nginx", "shop", "30 s", "expected", "45 min", "7 assets", "debian 12 amd64 7",
                "north 4, south 3", "it forgets keys", "ex_9", "d1g",
            ] {
                #expect(asked.error.contains(words), "\(words)")
            }
        }
    }

    @Test func manyAreShownCountedAndAskedFor() async throws {
        try await withPlayedServer { terminal in
            let server = terminal.server
            try server.play(
                "GET /api/v1/patches?limit=500&state=awaitingApproval",
                ListPage(data: [patch()], next: nil, position: 4))
            try server.play(
                "GET /api/v1/rollouts?limit=500&state=awaitingApproval",
                ListPage(data: [RolloutResource](), next: nil, position: 4))
            let list = await terminal.run("approval", "list")
            #expect(list.status == 0, "\(list.error)")
            #expect(list.output.contains("d1g"))
            let asked = await terminal.run(
                "approval", "approve", "--all", "--reason", "read", typed: ["n"])
            #expect(asked.status == 3)
            #expect(asked.error.contains("Approve these 1"))
            #expect(asked.error.contains("d1g"))
            try server.play(
                "POST /api/v1/approvals",
                ApproveManyResource(
                    data: [
                        .init(
                            id: "pa_1", outcome: "refused",
                            problem: Problem(.notAllowed, "you asked for it"))
                    ], approved: 0, refused: 1))
            let refused = await terminal.run(
                "approval", "approve", "pa_1", "--reason", "read", "--yes")
            #expect(refused.status == 1)
            #expect(refused.output.contains("you asked for it"))
            #expect(
                server.asked.last?.body
                    == #"{"items":[{"digest":"d1g","id":"pa_1"}],"reason":"read"}"#)
            let unknown = await terminal.run(
                "approval", "approve", "pa_2", "--reason", "read", "--yes")
            #expect(unknown.status == 2)
            let neither = await terminal.run("approval", "approve", "--reason", "read")
            #expect(neither.status == 2)
        }
    }

    @Test func aDisasterPastItsGoalIsSaid() async throws {
        try await withPlayedServer { terminal in
            let disaster = DisasterResource(
                id: "di_1", name: "the north burns", state: "overdue", owner: "web",
                goal: "2026-03-01T09:30:00.000000Z", reason: "down",
                steps: [DisasterStepResource(number: 1, text: "cut off")], declaredBy: "pe_1",
                declaredAt: "2026-03-01T08:30:00.000000Z", version: 2)
            try terminal.server.play(
                "GET /api/v1/disasters?limit=500",
                ListPage(data: [disaster], next: nil, position: 4))
            let list = await terminal.run("disaster", "list")
            #expect(list.output.contains("OVERDUE") && list.output.contains("0 of 1"))
            #expect(list.error.contains("1 disaster past the goal"))
            try terminal.server.play(
                "POST /api/v1/disasters/di_1:finish-step",
                Receipt(id: "di_1", state: "overdue", version: 3, position: 9))
            let step = await terminal.run("disaster", "step", "di_1", "1", "--note", "cut")
            #expect(step.status == 0, "\(step.error)")
            #expect(terminal.server.asked.last?.body == #"{"note":"cut","step":1}"#)
        }
    }
}
