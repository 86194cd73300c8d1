import APIContract
import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

/// Reports over the wire, as JSON and as CSV.
@Suite(.timeLimit(.minutes(2))) struct ReportRouteTests {
    private func withViewer(
        _ body: (ServedLog, _ token: String?) async throws -> Void
    ) async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let viewer = try await log.token("vera", "viewer", by: administrator)
            try await body(log, viewer.secret)
        }
    }

    private func openFinding(_ log: ServedLog) async throws {
        let registration = AssetRegistration(
            name: "web", address: "10.0.0.1", site: "north", owner: "=shop")
        let now = log.useCases.now()
        let opening = FindingOpening(
            asset: registration.asset,
            vulnerability: try #require(VulnerabilityID("CVE-2026-1")), package: "curl",
            installedVersion: "1", match: Digest(of: "m"), observed: now, inScope: now,
            fixReleased: nil)
        func context() -> CommandContext {
            CommandContext(
                actor: Actor(id: "pe_1", role: "analyst"), at: now, commandID: UUID())
        }
        _ = try await log.useCases.bus.send(
            .register(registration), to: registration.asset, as: AssetDecider.self, context())
        _ = try await log.useCases.bus.send(
            .open(opening), to: opening.finding, as: FindingDecider.self, context())
    }

    @Test func aReportIsJSONOrCSVAsWasAskedFor() async throws {
        try await withViewer { log, token in
            try await openFinding(log)
            let path = "/api/v1/reports/compliance?by=owner&site=north"
            let report: ReportResource<ComplianceRow> = try await log.get(path, as: token).decode()
            #expect(report.report == "compliance")
            #expect(report.filter.site == "north")
            let all = try #require(report.rows.first)
            #expect(all.population == 1)
            #expect(all.withoutDeadline == 1)
            #expect(all.compliancePercent == nil)
            let groups = report.rows.compactMap(\.group)
            #expect(Set(groups) == ["=shop"])
            let head = try await log.useCases.store.head()
            #expect(report.position == head)

            let csv = try await log.send(
                "GET", path, token: token, headers: ["Accept": "text/csv"], body: "")
            #expect(csv.header("content-type") == "text/csv; charset=utf-8")
            let lines = csv.text.split(separator: "\r\n")
            #expect(lines.first?.hasPrefix("group,risk_class,compliance_percent,") == true)
            // A name is no formula.
            #expect(lines.contains { $0.hasPrefix("'=shop,all,,0,") })
            #expect(lines.count == report.rows.count + 1)
        }
    }

    @Test func everyMetricSaysWhatItIsOf() async throws {
        try await withViewer { log, token in
            try await openFinding(log)
            let reply = try await log.get("/api/v1/reports/metrics", as: token)
            let report: ReportResource<MetricRow> = try reply.decode()
            #expect(Set(report.rows.map(\.metric)) == Set(Metric.allCases.map(\.rawValue)))
            for row in report.rows {
                #expect(row.value != nil || row.note != nil, "\(row.metric)")
                #expect(!row.definition.isEmpty)
            }
            let sla: ReportResource<SLARow> = try await log.get(
                "/api/v1/reports/sla?risk_class=urgent", as: token
            ).decode()
            #expect(sla.rows.map(\.open) == [0])
        }
    }

    @Test(arguments: [
        ("/api/v1/reports/compliance?colour=red", 400), ("/api/v1/reports/sla?by=colour", 422),
        ("/api/v1/reports/compliance?as_of=99999", 422),
        ("/api/v1/reports/sla?from=2026-01-01", 422),
        ("/api/v1/reports/metrics?by=site", 422), ("/api/v1/reports/metrics?to=2100-01-01", 422),
        ("/api/v1/reports/nothing", 404), ("/api/v1/findings?sort=colour", 422),
        ("/api/v1/findings?due_before=soon", 422), ("/api/v1/findings?risk_class=severe", 422),
        ("/api/v1/patches?review=maybe", 422), ("/api/v1/patches?review=true&state=tested", 422),
        ("/api/v1/patches?review=true&risk_class=urgent", 422),
    ])
    func whatCannotBeMeantIsRefused(path: String, status: Int) async throws {
        try await withViewer { log, token in
            let reply = try await log.get(path, as: token)
            #expect(reply.status == status, "\(reply.text)")
            #expect(try !reply.problem.detail.isEmpty)
        }
    }

    @Test func theReviewListIsServedToWhoIsSignedIn() async throws {
        try await withViewer { log, token in
            for path in ["patches?review=true", "reports/compliance", "reports/sla"] {
                #expect(try await log.get("/api/v1/\(path)").status == 401)
            }
            let reply = try await log.get("/api/v1/patches?review=true&site=north", as: token)
            let page: ListPage<PatchResource> = try reply.decode()
            #expect(page.data.isEmpty)
        }
    }
}
