import APIContract
import CommandLineClient
import Testing

/// Reports and the work list by the command line.
@Suite(.timeLimit(.minutes(1))) struct ReportCommandTests {
    private let row = ComplianceRow(
        riskClass: "urgent", compliancePercent: "66.67", measured: 3, closedInTime: 2,
        closedLate: 0, openPastDeadline: 1, openInTime: 4, excepted: 0, dismissed: 1,
        decommissioned: 0, outOfBand: 1, removed: 0, disputed: 0, withoutDeadline: 0,
        population: 9, openOnSilentAssets: 2)

    private func report<Row>(_ name: String, _ rows: [Row]) -> ReportResource<Row> {
        ReportResource(
            report: name, position: 7, to: "2026-03-01T09:30:00.000000Z",
            filter: ReportFilter(site: "north"), by: "class", rows: rows)
    }

    @Test func aShareStandsWithItsDenominator() async throws {
        try await withPlayedServer { terminal in
            let line =
                "GET /api/v1/reports/compliance?as_of=7&by=class&from=2026-01-01&site=north"
            try terminal.server.play(line, report("compliance", [row]))
            let ran = await terminal.run(
                "report", "compliance", "--site", "north", "--from", "2026-01-01", "--as-of", "7")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output.contains("urgent     66.67 %   3        2"))
            #expect(ran.error == "to 2026-03-01 09:30:00Z, up to position 7\n")
        }
    }

    @Test func csvIsAsTheServerMakesIt() async throws {
        try await withPlayedServer { terminal in
            terminal.server.play(
                "GET /api/v1/reports/sla?by=owner",
                PlayedServer.Played(status: 200, body: "group,open\r\n,3\r\n"))
            let ran = await terminal.run("report", "sla", "--by", "owner", "-o", "csv")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output == "group,open\r\n,3\r\n")
        }
    }

    @Test func noFigureIsSaidWithItsReason() async throws {
        try await withPlayedServer { terminal in
            let gap = MetricRow(
                metric: "emergencyShare", statistic: "share", riskClass: "all", unit: "percent",
                denominator: 0, unknown: 0, note: "not recorded: no event says it yet",
                definition: "d")
            try terminal.server.play("GET /api/v1/reports/metrics", report("metrics", [gap]))
            let table = await terminal.run("report", "metrics")
            #expect(table.output.contains("not recorded: no event says it yet"))
            let lines = await terminal.run("report", "metrics", "-o", "jsonl")
            #expect(lines.output.hasPrefix(#"{"definition":"d","denominator":0"#))
            #expect(lines.output.split(separator: "\n").count == 1)
        }
    }

    @Test func aTimeStandsWithItsPercentilesAndEmptyClassesAreLeftOut() async throws {
        func row(_ statistic: String, _ riskClass: String, _ value: String?) -> MetricRow {
            MetricRow(
                metric: "timeToPatch", statistic: statistic, riskClass: riskClass, value: value,
                unit: "hours", numerator: nil, denominator: value == nil ? 0 : 4, unknown: 0,
                note: value == nil ? "no figure: nothing to count" : nil, definition: "d")
        }
        try await withPlayedServer { terminal in
            let rows =
                ["all": "3.50", "urgent": nil].sorted { $0.key < $1.key }.flatMap { lane, mean in
                    [
                        row("mean", lane, mean), row("p50", lane, mean.map { _ in "3.00" }),
                        row("p90", lane, mean.map { _ in "6.00" }),
                    ]
                }
            try terminal.server.play("GET /api/v1/reports/metrics", report("metrics", rows))
            let ran = await terminal.run("report", "metrics")
            #expect(
                ran.output == """
                    METRIC       CLASS  VALUE   P50   P90  UNIT   OF  UNKNOWN  NOTE
                    timeToPatch  all     3.50  3.00  6.00  hours   4        0

                    """)
        }
    }

    @Test func theReviewListShowsWhatPutsPatchesTogether() async throws {
        try await withPlayedServer { terminal in
            let patch = PatchResource(
                id: "pa_1", vendorId: "v", title: "curl", kind: "update", purpose: "security",
                sourcePackage: "curl", origin: "o", state: "assessed", riskClass: "nonCritical",
                packages: [],
                assessment: AssessmentResource(
                    assets: 4, assetsDigest: "d", strata: [], services: [],
                    expectedDowntimeSeconds: 30, rebootExpected: true, effortMinutes: 15,
                    checks: ChecksResource(packages: [])),
                counts: PatchCounts(applicable: 4, targets: 0, verified: 0, failed: 0, open: 0),
                identifiedAt: "2026-03-01T09:30:00.000000Z",
                due: PatchDueResource(
                    deadline: "2026-04-01T00:00:00.000000Z", findings: 3, assets: 2),
                changedAt: "2026-03-01T09:30:00.000000Z", version: 3)
            try terminal.server.play(
                "GET /api/v1/patches?limit=500&owner=shop&review=true",
                ListPage(data: [patch], next: nil, position: 5))
            let ran = await terminal.run("patch", "list", "--review", "--owner", "shop")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(
                ran.output == """
                    PATCH  TITLE  STATE     DUE                FINDINGS  NEEDED  ASSETS  REBOOT    DOWNTIME  EFFORT
                    pa_1   curl   assessed  2026-04-01 00:00Z         3       2       4  expected      30 s  15 min

                    """)
            let csv = await terminal.run(
                "patch", "list", "--review", "--owner", "shop", "-o", "csv")
            #expect(
                csv.output
                    == "patch,title,state,due,findings,needed,assets,reboot,downtime,effort\r\n"
                    + "pa_1,curl,assessed,2026-04-01T00:00:00.000000Z,3,2,4,expected,30 s,15 min\r\n"
            )
        }
    }

    @Test func findingsAreFilteredByClassAndDeadline() async throws {
        try await withPlayedServer { terminal in
            let line =
                "GET /api/v1/findings?due_before=2026-04-01&limit=500&risk_class=urgent"
                + "&sort=deadline&state=open"
            try terminal.server.play(
                line, ListPage<FindingResource>(data: [], next: nil, position: 5))
            let ran = await terminal.run(
                "finding", "list", "--risk-class", "urgent", "--due-before", "2026-04-01",
                "--sort", "deadline")
            #expect(ran.status == 0, "\(ran.error)")
        }
    }

    @Test func aReceiptIsCSVAsWell() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/findings/fi_1:reopen",
                Receipt(id: "fi_1", state: "open", version: 4, position: 17))
            let ran = await terminal.run("finding", "reopen", "fi_1", "--reason", "r", "-o", "csv")
            #expect(ran.output == "id,position,state,version\r\nfi_1,17,open,4\r\n")
        }
    }
}
