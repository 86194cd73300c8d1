import APIContract
import Foundation
import Testing

/// What nobody can tell is shown, as it opens no finding.
@Suite(.timeLimit(.minutes(2))) struct UndeterminedRouteTests {
    private func json(_ body: some Encodable) throws -> String {
        String(decoding: try WireJSON.encode(body), as: UTF8.self)
    }

    /// A range of commits, which no package's version can be compared with; and one that can.
    private let records = [
        """
        {"id":"CVE-2026-1000","modified":"2026-01-02T00:00:00Z","affected":[{"package":\
        {"ecosystem":"Debian:12","name":"openssl"},"ranges":[{"type":"GIT","repo":"https://r.example",\
        "events":[{"introduced":"0"}]}]}]}
        """,
        """
        {"id":"CVE-2026-1001","modified":"2026-01-02T00:00:00Z","affected":[{"package":\
        {"ecosystem":"Debian:12","name":"openssl"},"ranges":[{"type":"ECOSYSTEM",\
        "events":[{"introduced":"0"},{"fixed":"3.0.1-2"}]}]}]}
        """,
    ]

    private let status =
        "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\n"
        + "Version: 3.0.1-1\n\n\n"

    @Test func whatNobodyCanTellIsListedWithItsReasonAndAdvisory() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let vera = try await log.token("vera", "vendorWatch", by: administrator).secret
            let anna = try await log.token("anna", "analyst", by: administrator).secret
            let imported = try await log.post(
                "/api/v1/assets:import",
                json(ImportAssetsRequest(format: "ini", text: "[production]\nweb1\nweb2\n")),
                as: anna)
            #expect(imported.status == 200, "\(imported.text)")
            let reported: ReportAssetsResult = try await log.post(
                "/api/v1/assets:report",
                json(
                    ReportAssetsRequest(
                        format: "dpkg-status", source: "cmdb", asset: "web1", osName: "debian",
                        osVersion: "12", text: status)), as: anna
            ).decode()
            let web = try #require(reported.data.first?.id)
            _ = try await log.post(
                "/api/v1/feeds", #"{"name":"debian","kind":"osv","team":"watch"}"#, as: vera)
            let documents = records.enumerated().map {
                FeedDocumentContent(name: "\($0.offset).json", text: $0.element)
            }
            let kept: KeptFeedDocuments = try await log.post(
                "/api/v1/feeds/debian/documents",
                json(KeepFeedDocumentsRequest(documents: documents)), as: vera
            ).decode()
            let taken: FeedTakenResource = try await log.post(
                "/api/v1/feeds/debian:take",
                json(
                    TakeFeedRequest(
                        documents: kept.data.map {
                            FeedDocumentName(name: $0.name, digest: $0.digest)
                        })), as: vera
            ).decode()
            #expect(taken.outcome == "taken")
            // The list of feeds is read from the views.
            _ = try await log.get("/api/v1/feeds?min_position=\(taken.position)", as: vera)
            let found: UndeterminedResource = try await log.get(
                "/api/v1/assets/\(web)/undetermined", as: anna
            ).decode()
            #expect(found.isTold && found.count == 1)
            let match = try #require(found.data.first)
            #expect(match.vulnerability == "CVE-2026-1000" && match.package == "libssl3")
            #expect(match.advisories == ["CVE-2026-1000"])
            #expect(match.reasons.first?.contains("range") == true, "\(match.reasons)")

            // Before the feed spoke, nothing was open; before the asset was there, nothing was asked.
            let before: UndeterminedResource = try await log.get(
                "/api/v1/assets/\(web)/undetermined?as_of=\(taken.position - 1)", as: anna
            ).decode()
            #expect(before.isTold && before.count == 0)
            #expect(before.position == taken.position - 1)
            let unborn = try await log.get(
                "/api/v1/assets/\(web)/undetermined?as_of=2020-01-01", as: anna)
            #expect(unborn.status == 404)

            let assets: ListPage<AssetResource> = try await log.get(
                "/api/v1/assets?name=web2", as: anna
            ).decode()
            let other = try #require(assets.data.first?.id)
            let silent: UndeterminedResource = try await log.get(
                "/api/v1/assets/\(other)/undetermined", as: anna
            ).decode()
            #expect(!silent.isTold && silent.count == 0, "nothing was reported of it")
            #expect(found.uncovered.isEmpty)
            try await expectUncovered(other, log, anna)
        }
    }

    /// Of a system that no feed speaks of, nothing that isn't found means anything.
    private func expectUncovered(_ asset: String, _ log: ServedLog, _ anna: String?) async throws {
        let unknown = try await log.get("/api/v1/assets/as_1/undetermined", as: anna)
        #expect(unknown.status == 404)
        _ = try await log.post(
            "/api/v1/assets:report",
            json(
                ReportAssetsRequest(
                    format: "dpkg-status", source: "cmdb", asset: "web2", osName: "ubuntu",
                    osVersion: "24.04", text: status)), as: anna)
        let uncovered: UndeterminedResource = try await log.get(
            "/api/v1/assets/\(asset)/undetermined", as: anna
        ).decode()
        #expect(uncovered.isTold && uncovered.count == 0)
        #expect(
            uncovered.uncovered
                == [UncoveredPackagesResource(ecosystem: "Ubuntu:24.04", packages: 1)])
    }
}
