import APIContract
import CommandLineClient
import JSON
import Testing

/// Policies by the command line.
@Suite(.timeLimit(.minutes(1))) struct PolicyCommandTests {
    private let effective = EffectivePolicyResource(
        site: "berlin", group: nil, asset: nil,
        sections: [PolicySectionResource(section: "classification", version: 2, digest: "ab")],
        values: [
            PolicyValueResource(
                field: "classification.sla.urgent_seconds", value: .integer(86_400),
                scope: "site:berlin", version: 1,
                hidden: [
                    HiddenPolicyValueResource(value: .integer(259_200), scope: nil, version: 1)
                ])
        ], ignored: [], position: 5)

    @Test func whatCountsIsShownWithItsSourceAndExplained() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play("GET /api/v1/policies/effective?site=berlin", effective)
            let ran = await terminal.run("policy", "show", "--site", "berlin", "--explain")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(
                ran.output == """
                    counts for  site berlin
                    versions    classification 2

                    FIELD                              VALUE  FROM                   INSTEAD OF
                    classification.sla.urgent_seconds  86400  site:berlin version 1  259200 (built in)

                    """)
            let json = await terminal.run("policy", "show", "--site", "berlin", "-o", "jsonl")
            #expect(json.output.contains(#""scope":"site:berlin","value":86400"#))
            let both = await terminal.run("policy", "show", "account", "--site", "berlin")
            #expect(both.status == 2)
        }
    }

    @Test func aProposalIsReadFromStandardInputAndSentAsItIs() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/policies",
                Receipt(id: "po_1", state: "proposed", version: 1, position: 9))
            let ran = await runCommandLine(
                [
                    "policy", "propose", "-", "--scope", "site:berlin", "--reason", "r",
                    "--server", terminal.address,
                ], piped: [#"{"classification":"#, #"{"sla":{"urgent_seconds":86400}}}"#])
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output == "po_1 proposed (version 1, position 9)\n")
            #expect(
                terminal.server.asked.map(\.body) == [
                    #"{"document":{"classification":{"sla":{"urgent_seconds":86400}}},"#
                        + #""reason":"r","scope":"site:berlin"}"#
                ])
            let broken = await runCommandLine(
                [
                    "policy", "propose", "-", "--scope", "account", "--reason", "r", "--server",
                    terminal.address,
                ], piped: ["{"])
            #expect(broken.status == 2)
            #expect(broken.output.isEmpty)
            #expect(broken.error.contains("the policy '-' is no JSON: byte "))
        }
    }

    @Test func aPolicyMayBeYAML() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/policies",
                Receipt(id: "po_1", state: "proposed", version: 1, position: 9))
            let yaml = [
                "# as the audit asks for", "patch:", "  approvers: {urgent: 2}", "windows:",
                "  maintenance:", "    - name: nightly", "      start: 2026-01-06T22:00",
                "      rule: \"FREQ=WEEKLY;BYDAY=TU\"", "      duration_seconds: 7200",
            ]
            let ran = await runCommandLine(
                [
                    "policy", "propose", "--file", "-", "--scope", "account", "--reason", "r",
                    "--server", terminal.address,
                ], piped: yaml)
            #expect(ran.status == 0, "\(ran.error)")
            #expect(
                terminal.server.asked.map(\.body) == [
                    #"{"document":{"patch":{"approvers":{"urgent":2}},"windows":{"maintenance":["#
                        + #"{"duration_seconds":7200,"name":"nightly","#
                        + #""rule":"FREQ=WEEKLY;BYDAY=TU","start":"2026-01-06T22:00"}]}},"#
                        + #""reason":"r","scope":"account"}"#
                ])
            let broken = await runCommandLine(
                [
                    "policy", "propose", "-", "--scope", "account", "--reason", "r", "--server",
                    terminal.address,
                ], piped: ["patch:", "  a: &x 1"])
            #expect(broken.status == 2)
            #expect(broken.error.contains("line 2"), "\(broken.error)")
            let twice = await runCommandLine(
                ["policy", "propose", "-", "--file", "x", "--scope", "account", "--reason", "r"])
            #expect(twice.status == 2)
        }
    }

    @Test func whatWindowsComeToIsShownAndThatNothingEnforcesThem() async throws {
        try await withPlayedServer { terminal in
            let opening = WindowOpeningResource(
                window: "nightly", startsAt: "2026-01-06T21:00:00.000000Z",
                lastStartAt: "2026-01-06T22:50:00.000000Z",
                endsAt: "2026-01-06T23:00:00.000000Z", localStart: "2026-01-06T22:00",
                localEnd: "2026-01-07T00:00", timeZone: "Europe/Berlin", frozenBy: ["holidays"])
            try terminal.server.play(
                "GET /api/v1/windows?limit=1&site=berlin",
                WindowsResource(
                    site: "berlin", group: nil, asset: nil, from: "2026-01-06T09:00:00.000000Z",
                    state: "closed", openings: [opening], freezes: [],
                    faults: ["window 'x': give FREQ"], position: 7))
            let ran = await terminal.run("policy", "windows", "--site", "berlin", "--next", "1")
            #expect(ran.status == 0, "\(ran.error)")
            for words in [
                "2026-01-06T22:00  Europe/Berlin  2026-01-06 21:00:00Z", "holidays",
                "window 'x': give FREQ",
            ] {
                #expect(ran.output.contains(words), "\(words): \(ran.output)")
            }
            let help = await terminal.run("policy", "windows", "--help")
            #expect(help.output.contains("begin in them only"), "\(help.output)")
            #expect(await terminal.run("policy", "windows", "--next", "0").status == 2)
        }
    }

    @Test func aPublicationConfirmsTheDigestThatIsProposed() async throws {
        try await withPlayedServer { terminal in
            let policy = PolicyResource(
                id: "po_1", scope: "site:berlin", level: "site", state: "examined",
                proposal: PolicyProposalResource(
                    version: 1, document: .object([:]), digest: "d1", proposedBy: "pe_1",
                    proposedAt: "2026-03-01T09:30:00.000000Z", reason: "r"), version: 2)
            try terminal.server.play("GET /api/v1/policies/site%3Aberlin", policy)
            try terminal.server.play(
                "POST /api/v1/policies/site%3Aberlin:publish",
                Receipt(id: "po_1", state: "published", version: 3, position: 10))
            let ran = await terminal.run(
                "policy", "publish", "site:berlin", "--reason", "read", "--yes")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(terminal.server.asked.last?.body == #"{"digest":"d1","reason":"read"}"#)
            let unasked = await terminal.run("policy", "publish", "site:berlin", "--reason", "r")
            #expect(unasked.status == 2, "nobody is there to confirm it")
        }
    }
}
