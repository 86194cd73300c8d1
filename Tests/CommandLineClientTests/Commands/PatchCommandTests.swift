import APIContract
import FoundationEssentials
import Testing

@testable import CommandLineClient

/// What patches are to each other, by the command line.
@Suite(.timeLimit(.minutes(1))) struct PatchCommandTests {
    private static let at = "2026-03-01T09:30:00.000000Z"

    private func patch(
        holds: [String]? = nil, pack: PackMembershipResource? = nil,
        flaws: [IntroducedFlawResource]? = nil, mends: [MendedFlawResource]? = nil
    ) -> PatchResource {
        PatchResource(
            id: "pa_1", vendorId: "DSA-1", title: "curl", kind: "servicePack",
            purpose: "security", sourcePackage: "curl", origin: "Debian",
            state: "awaitingApproval", packages: [],
            assessment: AssessmentResource(
                assets: 1, assetsDigest: "00", strata: [], services: [],
                expectedDowntimeSeconds: 0, rebootExpected: false, effortMinutes: 1,
                checks: ChecksResource(packages: []), dependents: ["shop"]),
            approval: ApprovalResource(
                state: "awaiting", digest: "d1g", requestedBy: "pe_1", requestedAt: Self.at),
            counts: PatchCounts(applicable: 1, targets: 0, verified: 0, failed: 0, open: 0),
            identifiedAt: Self.at, holds: holds, pack: pack, introducedFlaws: flaws,
            mends: mends, changedAt: Self.at, version: 3)
    }

    private let flaw = IntroducedFlawResource(
        flaw: "it forgets its settings", riskClass: "urgent", reason: "seen", linkedBy: "pe_1")

    private func run(_ words: [String], _ terminal: PlayedTerminal) async -> Ran {
        await runCommandLine(words + ["--server", terminal.address])
    }

    @Test func whoeverApprovesIsToldWhatThePatchBroke() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play("GET /api/v1/patches/pa_1", patch(flaws: [flaw]))
            let ran = await terminal.run(
                "patch", "approve", "pa_1", "--reason", "r", typed: ["n"])
            #expect(ran.status == 3)
            #expect(ran.error.contains("though it introduced it forgets its settings?"))
        }
    }

    @Test func itIsSaidWhoElseHasToApproveAndInWhichRoleOneDoes() async throws {
        try await withPlayedServer { terminal in
            var shown = patch()
            shown = PatchResource(
                id: shown.id, vendorId: shown.vendorId, title: shown.title, kind: shown.kind,
                purpose: shown.purpose, sourcePackage: shown.sourcePackage, origin: shown.origin,
                state: shown.state, packages: [],
                approval: ApprovalResource(
                    state: "awaiting", digest: "d1g", requestedBy: "pe_1", requestedAt: Self.at,
                    approversNeeded: 2, approvers: ["pe_2"], approverRoles: ["riskOwner"],
                    awaitedRoles: ["approver"]),
                counts: shown.counts, identifiedAt: Self.at, changedAt: Self.at, version: 3)
            try terminal.server.play("GET /api/v1/patches/pa_1", shown)
            try terminal.server.play(
                "POST /api/v1/patches/pa_1:approve",
                Receipt(id: "pa_1", state: "approved", version: 4, position: 9))
            let table = await run(["patch", "show", "pa_1"], terminal)
            #expect(table.output.contains("2 needed, among them riskOwner, given by pe_2"))
            #expect(table.output.contains("waits for"), "\(table.output)")
            let ran = await run(
                ["patch", "approve", "pa_1", "--as", "riskOwner", "--reason", "r", "--yes"],
                terminal)
            #expect(ran.status == 0, "\(ran.error)")
            #expect(
                terminal.server.asked.last?.body
                    == #"{"digest":"d1g","reason":"r","role":"riskOwner"}"#)
        }
    }

    @Test func flawsAreLinkedMendedAndAcceptedByTheirNames() async throws {
        try await withPlayedServer { terminal in
            let receipt = Receipt(id: "pa_1", state: "approved", version: 4, position: 9)
            for verb in ["link-flaw", "mend-flaw", "accept-introduced-flaw"] {
                try terminal.server.play("POST /api/v1/patches/pa_1:\(verb)", receipt)
            }
            try terminal.server.play("GET /api/v1/patches/pa_1", patch())
            let commands = [
                ["link-flaw", "pa_1", "--flaw", "CVE-2026-1", "--class", "urgent"],
                ["mend-flaw", "pa_1", "--flaw", "CVE-2026-1", "--by", "pa_2"],
                ["accept-flaws", "pa_1", "--flaw", "CVE-2026-1"],
            ]
            for words in commands {
                let ran = await run(["patch"] + words + ["--reason", "seen"], terminal)
                #expect(ran.status == 0, "\(ran.error)")
            }
            #expect(
                terminal.server.asked.filter { $0.line.hasPrefix("POST") }.map(\.body) == [
                    #"{"flaw":"CVE-2026-1","reason":"seen","risk_class":"urgent"}"#,
                    #"{"flaw":"CVE-2026-1","hotfix":"pa_2","reason":"seen"}"#,
                    #"{"flaw":"CVE-2026-1","reason":"seen"}"#,
                ])
        }
    }

    @Test(arguments: [[], ["--flaw", "f", "--digest", "d"]])
    func whatIsAcceptedIsSaidInOneWay(words: [String]) async throws {
        try await withPlayedServer { terminal in
            let ran = await run(
                ["patch", "accept-flaws", "pa_1", "--reason", "r"] + words, terminal)
            #expect(ran.status == 2)
            #expect(terminal.server.asked.isEmpty)
        }
    }

    @Test func patchesBecomeASet() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/patches:group",
                Receipt(id: "pa_3", state: "identified", version: 1, position: 9))
            let ran = await terminal.run(
                "patch", "group", "pa_1", "pa_2", "--vendor-id", "DSA-1")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(
                terminal.server.asked.map(\.body) == [
                    #"{"patches":["pa_1","pa_2"],"vendor_id":"DSA-1"}"#
                ])
        }
    }

    @Test func whatAPatchHasToDoWithIsShown() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "GET /api/v1/patches/pa_1",
                patch(
                    holds: ["pa_2"], pack: PackMembershipResource(id: "pa_4", remaining: 2),
                    flaws: [flaw], mends: [MendedFlawResource(patch: "pa_5", flaw: "old one")]))
            let ran = await terminal.run("patch", "show", "pa_1")
            #expect(ran.status == 0, "\(ran.error)")
            for words in [
                "pa_2", "pa_4, verified, 2 assets outside of it", "it forgets its settings",
                "nobody", "old one of pa_5", "shop",
            ] { #expect(ran.output.contains(words), "\(words) is not in \(ran.output)") }
        }
    }
}
