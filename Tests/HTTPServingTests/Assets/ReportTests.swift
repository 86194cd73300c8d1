import APIContract
import Application
import EventSourcing
import FoundationEssentials
import Testing

/// What scanners, bills of materials and package lists say of assets.
@Suite(.timeLimit(.minutes(2))) struct ReportTests {
    private func withAnalyst(
        _ body: (ServedLog, _ token: String?) async throws -> Void
    ) async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let analyst = try await log.token("anna", "analyst", by: administrator)
            let list = ImportAssetsRequest(
                format: "ini", text: "[production]\nweb1 ansible_host=192.0.2.7\nweb2\n")
            let imported = try await log.post(
                "/api/v1/assets:import", json(list), as: analyst.secret)
            #expect(imported.status == 200, "\(imported.text)")
            try await body(log, analyst.secret)
        }
    }

    private func json(_ body: some Encodable) throws -> String {
        String(decoding: try WireJSON.encode(body), as: UTF8.self)
    }

    private let status = """
        Package: libssl3
        Status: install ok installed
        Architecture: amd64
        Source: openssl
        Version: 3.0.1-1


        """

    @Test func aPackageListIsTakenOnceAndShownWithItsSource() async throws {
        try await withAnalyst { log, token in
            let body = try json(
                ReportAssetsRequest(
                    format: "dpkg-status", source: "cmdb", asset: "web1", osName: "debian",
                    osVersion: "12", text: status))
            let first = try await log.post("/api/v1/assets:report", body, as: token, key: "k1")
            #expect(first.status == 200, "\(first.text)")
            let result: ReportAssetsResult = try first.decode()
            #expect(result.data.map(\.outcome) == ["taken"])
            #expect(result.data.map(\.packages) == [1])
            #expect(result.data.map(\.matchable) == [1])
            let repeated = try await log.post("/api/v1/assets:report", body, as: token, key: "k1")
            #expect(repeated.body == first.body, "I10: word for word the same answer")
            let again: ReportAssetsResult = try await log.post(
                "/api/v1/assets:report", body, as: token
            ).decode()
            #expect(again.data.map(\.outcome) == ["confirmed"])

            let id = try #require(result.data.first?.id)
            let shown = try await log.get(
                "/api/v1/assets/\(id)?min_position=\(again.position)", as: token)
            let asset: AssetResource = try shown.decode()
            #expect(asset.reports?.map(\.source) == ["cmdb"])
        }
    }

    @Test func aScannersReportIsTakenApartByNamesAndAddresses() async throws {
        try await withAnalyst { log, token in
            let text = """
                asset,cve,package,status
                192.0.2.7,CVE-2026-0001,curl,open
                web2,CVE-2026-0002,curl,open
                stranger,CVE-2026-0003,curl,open
                web2,,curl,open

                """
            let reply = try await log.post(
                "/api/v1/assets:report?",
                try json(ReportAssetsRequest(format: "csv", source: "scan", text: text)),
                as: token)
            #expect(reply.status == 200, "\(reply.text)")
            let result: ReportAssetsResult = try reply.decode()
            #expect(result.data.map(\.name).sorted() == ["web1", "web2"])
            #expect(result.data.map(\.openVulnerabilities) == [1, 1])
            #expect(result.unknown == ["stranger"])
            #expect(result.skipped.count == 1)
        }
    }

    @Test func aBrokenReportChangesNothing() async throws {
        try await withAnalyst { log, token in
            let head = try await log.useCases.store.head()
            let cut = String(status.dropLast(8))
            for (request, field) in [
                (ReportAssetsRequest(format: "dpkg", asset: "web1", text: status), "format"),
                (ReportAssetsRequest(format: "dpkg-status", asset: "web1", text: cut), "text"),
                (ReportAssetsRequest(format: "cyclonedx", asset: "web1", text: "{"), "text"),
                (ReportAssetsRequest(format: "dpkg-status", asset: "web9", text: status), "asset"),
                (ReportAssetsRequest(format: "dpkg-status", text: status), "asset"),
                (
                    ReportAssetsRequest(
                        format: "dpkg-status", asset: "web1", gatheredAt: "yesterday",
                        text: status), "gathered_at"
                ),
                (ReportAssetsRequest(format: "dpkg-status", asset: "web1"), "text"),
            ] {
                let reply = try await log.post(
                    "/api/v1/assets:report", try json(request), as: token)
                #expect(reply.status == 422, "\(request): \(reply.text)")
                let errors = try reply.problem.errors
                #expect(errors.contains { $0.field == field }, "\(reply.text)")
            }
            #expect(try await log.useCases.store.head() == head)
        }
    }
}
