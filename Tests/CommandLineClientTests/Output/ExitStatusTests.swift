import APIContract
import CommandLineClient
import Testing

/// How commands end: a promise to scripts.
@Suite(.timeLimit(.minutes(1))) struct ExitStatusTests {
    private static func problem(_ status: Int, _ code: String = "x") -> Problem {
        Problem(
            title: Problem.title(of: status), status: status, detail: "it is so",
            code: code, errors: [FieldProblem(field: "line 2", detail: "is odd")], requestId: "r7")
    }

    @Test(arguments: [
        (400, "x", 1), (401, "not-signed-in", 4), (403, "not-allowed", 4), (404, "not-found", 1),
        (409, "wrong-state", 1), (409, "evidence-incomplete", 9), (412, "version-conflict", 5),
        (413, "x", 1), (422, "x", 1), (500, "x", 1),
    ])
    func aProblemDecidesTheStatusAndIsShownWhole(status: Int, code: String, exit: Int32)
        async throws
    {
        try await withPlayedServer { terminal in
            try terminal.server.refuse("GET /api/v1/patches/pa_1", Self.problem(status, code))
            let ran = await terminal.run("patch", "show", "pa_1")
            #expect(ran.status == exit)
            #expect(ran.output.isEmpty)
            #expect(ran.error.contains("it is so\n  line 2: is odd\n"))
            #expect(ran.error.contains("(\(code), request r7)"))
        }
    }

    @Test func badUsageIsTwo() async {
        for words in [
            ["patch"], ["patch", "show"], ["patch", "list", "--limit", "x"], ["no-such-thing"],
            ["asset", "scan"], ["asset", "scan", "--all", "as_1"],
            ["asset", "import", "/no/such/file"], ["patch", "list", "--token-file", "/no/such"],
        ] {
            let ran = await runCommandLine(words)
            // A command that only groups others shows its help.
            #expect(ran.status == (words == ["patch"] ? 0 : 2), "\(words): \(ran.error)")
        }
    }

    @Test(arguments: [
        ("completed", 0), ("completedWithStragglers", 0), ("paused", 6), ("rolledBack", 6),
        ("aborted", 6), ("running", 7), ("awaitingStragglers", 0),
    ])
    func waitingEndsAsTheRolloutDoes(state: String, exit: Int32) async throws {
        try await withPlayedServer { terminal in
            let rollout = RolloutResource(
                id: "ro_1", patch: "pa_1", patchTitle: "t", state: state, reason: "canary failed",
                planDigest: "d", batches: [], counts: DeploymentCounts(succeeded: 1),
                plannedAt: "2026-03-01T09:30:00.000000Z", changedAt: "2026-03-01T09:30:00.000000Z",
                version: 3)
            try terminal.server.play("GET /api/v1/rollouts/ro_1", rollout)
            let ran = await terminal.run("rollout", "wait", "ro_1", "--timeout", "0")
            #expect(ran.status == exit, "\(ran.error)")
            if exit == 6 { #expect(ran.error.contains("canary failed")) }
        }
    }
}
