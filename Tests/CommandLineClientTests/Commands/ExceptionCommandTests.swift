import APIContract
import FoundationEssentials
import Testing

@testable import CommandLineClient

/// Exceptions, controls and baselines by the command line.
@Suite(.timeLimit(.minutes(1))) struct ExceptionCommandTests {
    private func exception(
        _ state: String, until: String, reminders: Int = 0, isForgotten: Bool = false
    ) -> ExceptionResource {
        ExceptionResource(
            id: "ex_1", kind: "acceptRisk", state: state,
            scope: ExceptionScopeResource(findings: [], patches: [], assets: ["as_1", "as_2"]),
            reason: "slow", until: until, digest: "d1g", requestedBy: "pe_1",
            requestedAt: "2026-03-01T09:30:00.000000Z", reminders: reminders,
            isForgotten: isForgotten, version: 2)
    }

    @Test func aRequestSaysWhatItIsForAndUntilWhen() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/exceptions",
                Receipt(id: "ex_1", state: "requested", version: 1, position: 9))
            let ran = await terminal.run(
                "exception", "request", "--kind", "compensatingControl", "--finding", "fi_1",
                "--environment", "production", "--group", "web", "--until",
                "2026-09-01T00:00:00Z", "--control", "ct_1", "--reason", "slow")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output == "ex_1 requested (version 1, position 9)\n")
            let body = """
                {"control":"ct_1","kind":"compensatingControl","reason":"slow",\
                "scope":{"assets":[],"findings":["fi_1"],\
                "group":{"environments":["production"],"groups":["web"],"sites":[]},\
                "patches":[]},"until":"2026-09-01T00:00:00Z"}
                """
            #expect(terminal.server.asked.map(\.body) == [body])
        }
    }

    @Test(arguments: [
        ["--until", "30d"], ["--until", "30d", "--site", "north"],
        ["--until", "99999999d", "--asset", "as_1"],
    ])
    func aRequestForNothingOrForeverIsAUsageError(words: [String]) async throws {
        try await withPlayedServer { terminal in
            let ran = await runCommandLine(
                ["exception", "request", "--kind", "defer", "--reason", "r"] + words
                    + ["--server", terminal.address])
            #expect(ran.status == 2)
            #expect(terminal.server.asked.isEmpty)
        }
    }

    @Test func theListCountsWhatIsForgotten() async throws {
        try await withPlayedServer { terminal in
            let page = ListPage(
                data: [
                    exception("requested", until: "2026-03-11T09:30:00.000000Z"),
                    exception(
                        "granted", until: "2026-03-01T12:40:00.000000Z", reminders: 2,
                        isForgotten: true),
                ], next: nil, position: 5)
            try terminal.server.play(
                "GET /api/v1/exceptions?as_of=2026-03-01T09%3A30%3A00Z&limit=500", page)
            let ran = await terminal.run("exception", "list", "--as-of", "2026-03-01T09:30:00Z")
            #expect(ran.status == 0, "\(ran.error)")
            let lines = ran.output.split(separator: "\n")
            try #require(lines.count == 3)
            #expect(lines[0].hasPrefix("STATE"))
            #expect(lines[1].contains("10d") && lines[1].contains("2 assets"))
            #expect(lines[2].contains("3h") && lines[2].contains("yes"))
            #expect(ran.error.hasPrefix("1 exception forgotten"))
            let json = await terminal.run(
                "exception", "list", "--as-of", "2026-03-01T09:30:00Z", "-o", "jsonl")
            #expect(json.output.split(separator: "\n").count == 2)
            // A day means its end.
            try terminal.server.play("GET /api/v1/exceptions?as_of=2026-03-01&limit=500", page)
            let day = await terminal.run("exception", "list", "--as-of", "2026-03-01")
            #expect(day.output.contains("over") && day.output.contains("9d"), "\(day.output)")
        }
    }

    @Test func aGrantIsAskedAboutAndBindsTheDigestThatWasRead() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "GET /api/v1/exceptions/ex_1",
                exception("requested", until: "2026-09-01T00:00:00.000000Z"))
            try terminal.server.play(
                "POST /api/v1/exceptions/ex_1:approve",
                Receipt(id: "ex_1", state: "granted", version: 2, position: 9))
            let words = ["exception", "approve", "ex_1", "--reason", "ok", "--clock", "restarts"]
            let denied = await runCommandLine(
                words + ["--server", terminal.address], typed: ["n"])
            #expect(denied.status == 3)
            let ran = await runCommandLine(words + ["--server", terminal.address], typed: ["y"])
            #expect(ran.status == 0, "\(ran.error)")
            #expect(
                terminal.server.asked.map(\.body).filter { !$0.isEmpty }
                    == [#"{"digest":"d1g","reason":"ok","restart":"restarts"}"#])
        }
    }

    @Test func aControlSaysUntilWhenItIsVerifiedAndWhyItLapsed() async throws {
        try await withPlayedServer { terminal in
            let verification = ControlVerificationResource(
                evidence: "00", method: "scan", gatheredAt: "2026-02-01T00:00:00.000000Z",
                until: "2026-03-03T09:30:00.000000Z", by: "pe_1")
            func control(_ name: String, _ state: String, _ lapse: ControlLapseResource?)
                -> ControlResource
            {
                ControlResource(
                    id: "ct_1", name: name, kind: "firewall", description: "d", state: state,
                    assets: ["as_1"], verification: verification, lapse: lapse, version: 1)
            }
            let lapse = ControlLapseResource(
                cause: "withdrawn", at: "2026-02-20T00:00:00.000000Z", reason: "gone")
            try terminal.server.play(
                "GET /api/v1/controls?as_of=2026-03-01T09%3A30%3A00Z&limit=500",
                ListPage(
                    data: [control("edge", "verified", nil), control("old", "lapsed", lapse)],
                    next: nil, position: 5))
            let ran = await terminal.run("control", "list", "--as-of", "2026-03-01T09:30:00Z")
            let lines = ran.output.split(separator: "\n")
            try #require(lines.count == 3, "\(ran.error)")
            #expect(lines[1].contains("2026-03-03 09:30Z") && lines[1].contains("2d"))
            #expect(lines[2].contains("2026-02-20 00:00Z withdrawn"))
        }
    }

    @Test func aBaselineIsSetFromStandardsAndItsDriftSummedUp() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/baselines",
                Receipt(id: "ba_1", state: "set", version: 1, position: 9))
            let ran = await terminal.run(
                "baseline", "set", "web", "openssl=1:3.0.15-1", "--require", "nginx=1.22")
            #expect(ran.status == 0, "\(ran.error)")
            let body = """
                {"kind":"web","scheme":"debian","standards":[{"is_required":false,\
                "name":"openssl","version":"1:3.0.15-1"},{"is_required":true,"name":"nginx",\
                "version":"1.22"}]}
                """
            #expect(terminal.server.asked.map(\.body) == [body])
            for text in ["openssl", "=1", "openssl="] {
                #expect(await terminal.run("baseline", "set", "web", text).status == 2)
            }

            let drift = DriftResource(
                baseline: "ba_1", kind: "web", assets: 3, assetsOnBaseline: 1,
                assetsUnreported: 1, driftCount: 2,
                drifts: [
                    DriftLine(
                        asset: "as_1", assetName: "web1", package: "openssl", installed: "1",
                        standard: "3", direction: "behind")
                ], packageCount: 1,
                packages: [
                    PackageSpreadResource(
                        package: "openssl", summary: "2 versions of openssl; standard is 3",
                        versions: [
                            PackageVersionCount(version: "3", assets: 1),
                            PackageVersionCount(version: "1", assets: 2),
                        ], assets: 3, standard: "3", onStandard: 1)
                ], position: 7)
            try terminal.server.play("GET /api/v1/baselines/web/drift?limit=500", drift)
            let spread = await terminal.run("baseline", "drift", "web")
            #expect(spread.output.contains("3 (1), 1 (2)"))
            #expect(spread.output.contains("2 versions of openssl; standard is 3"))
            #expect(
                spread.error
                    == "1 of 3 assets on the baseline of 'web'; 1 asset without a report\n")
            let lines = await terminal.run("baseline", "drift", "web", "--assets")
            #expect(lines.output.contains("web1   openssl"))
            #expect(lines.error.contains("1 more are not shown"))
        }
    }

    @Test(arguments: [
        ("90d", "2026-05-30T09:30:00Z"), ("12h", "2026-03-01T21:30:00Z"),
        ("2026-09-01T00:00:00Z", "2026-09-01T00:00:00Z"), ("soon", "soon"),
    ])
    func anEndIsADurationFromNowOrWhateverTheServerReads(text: String, end: String) throws {
        let now = try Date("2026-03-01T09:30:00Z", strategy: .iso8601)
        #expect(EndMoment(text, now: now)?.text == end)
    }
}
