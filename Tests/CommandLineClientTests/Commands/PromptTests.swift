import APIContract
import CommandLineClient
import Testing

/// Approving asks; where there is nobody to ask, it has to be said.
@Suite(.timeLimit(.minutes(1))) struct PromptTests {
    private func play(_ terminal: PlayedTerminal) throws {
        let patch = PatchResource(
            id: "pa_1", vendorId: "v", title: "openssl", kind: "patch", purpose: "security",
            sourcePackage: "openssl", origin: "o", state: "awaitingApproval", packages: [],
            approval: ApprovalResource(
                state: "requested", digest: "d1g", requestedBy: "pe_1",
                requestedAt: "2026-03-01T09:30:00.000000Z"),
            counts: PatchCounts(applicable: 1, targets: 0, verified: 0, failed: 0, open: 1),
            identifiedAt: "2026-03-01T09:30:00.000000Z", changedAt: "2026-03-01T09:30:00.000000Z",
            version: 3)
        try terminal.server.play("GET /api/v1/patches/pa_1", patch)
        try terminal.server.play(
            "POST /api/v1/patches/pa_1:approve",
            Receipt(id: "pa_1", state: "approved", version: 4, position: 17))
    }

    @Test(arguments: [("y", 0), ("YES", 0), ("n", 3), ("", 3), ("yep", 3)])
    func anAnswerAtTheTerminalDecides(answer: String, exit: Int32) async throws {
        try await withPlayedServer { terminal in
            try play(terminal)
            let ran = await terminal.run(
                "patch", "approve", "pa_1", "--reason", "good", typed: [answer])
            #expect(ran.status == exit)
            #expect(ran.error.contains("[y/N]"))
            let posts = terminal.server.asked.filter { $0.line.hasPrefix("POST") }
            #expect(posts.map(\.body) == (exit == 0 ? [#"{"digest":"d1g","reason":"good"}"#] : []))
        }
    }

    @Test func theEndOfInputIsNo() async throws {
        try await withPlayedServer { terminal in
            try play(terminal)
            let ran = await terminal.run("patch", "approve", "pa_1", "--reason", "good", typed: [])
            #expect(ran.status == 3)
        }
    }

    @Test func withoutATerminalYesHasToBeSaid() async throws {
        try await withPlayedServer { terminal in
            try play(terminal)
            let silent = await terminal.run("patch", "approve", "pa_1", "--reason", "good")
            #expect(silent.status == 2)
            #expect(silent.error.contains("--yes"))
            let said = await terminal.run("patch", "approve", "pa_1", "--reason", "good", "--yes")
            #expect(said.status == 0)
            #expect(said.output == "pa_1 approved (version 4, position 17)\n")
            let quiet = await terminal.run(
                "patch", "approve", "pa_1", "--reason", "good", "--yes", "--quiet")
            #expect(quiet.output.isEmpty)
        }
    }
}
