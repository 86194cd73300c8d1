import APIContract
import Application
import EventSourcing
import FoundationEssentials
import Testing

/// Inventories: all of it or nothing of it.
@Suite(.timeLimit(.minutes(2))) struct ImportTests {
    private struct Inventory: Encodable {
        let format: String
        let text: String

        init(_ format: String, _ text: String) {
            self.format = format
            self.text = text
        }

        var json: String {
            get throws { String(decoding: try WireJSON.encode(self), as: UTF8.self) }
        }
    }

    private func withAnalyst(
        _ body: (ServedLog, _ token: String?) async throws -> Void
    ) async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let analyst = try await log.token("anna", "analyst", by: administrator)
            try await body(log, analyst.secret)
        }
    }

    @Test func everyHostIsRegisteredOnceAndAgainMeansTheSame() async throws {
        try await withAnalyst { log, token in
            let text = """
                [lab]
                lab1 ansible_host=10.0.0.1
                [production]
                web1 ansible_host=10.0.1.1 patchflow_owner=anna
                """
            let body = try Inventory("ini", text).json
            let first = try await log.post("/api/v1/assets:import", body, as: token, key: "k1")
            #expect(first.status == 200, "\(first.text)")
            let result: ImportAssetsResult = try first.decode()
            #expect(result.data.map(\.name) == ["lab1", "web1"])
            #expect(result.data.map(\.outcome) == ["registered", "registered"])
            let head = try await log.useCases.store.head()
            #expect(result.position == head)

            // I10: word for word the same answer, and nothing more in the log.
            let repeated = try await log.post("/api/v1/assets:import", body, as: token, key: "k1")
            #expect(repeated.body == first.body)
            #expect(try await log.useCases.store.head() == head)

            let changed = try Inventory("ini", text.replacing("anna", with: "bob")).json
            let reused = try await log.post("/api/v1/assets:import", changed, as: token, key: "k1")
            #expect(reused.status == 409)
            #expect(try reused.problem.code == "idempotency-conflict")

            let again: ImportAssetsResult = try await log.post(
                "/api/v1/assets:import", changed, as: token
            ).decode()
            #expect(again.data.map(\.outcome) == ["unchanged", "changed"])
        }
    }

    @Test func eachBadLineIsNamedAndNothingIsRegistered() async throws {
        try await withAnalyst { log, token in
            let before = try await log.useCases.store.head()
            let text = """
                good1
                -oProxyCommand=x ansible_host=10.0.0.2 ansible_user=-x
                good2 ansible_port=99999

                good3 patchflow_environment=moon
                """
            let reply = try await log.post(
                "/api/v1/assets:import", try Inventory("ini", text).json, as: token)
            #expect(reply.status == 422)
            let problem = try reply.problem
            #expect(problem.errors.map(\.field) == ["line 2", "line 2", "line 3", "line 5"])
            #expect(problem.errors[2].detail.contains("99999"))
            #expect(try await log.useCases.store.head() == before)
        }
    }

    @Test(arguments: [
        ("toml", "a: b", "format"), ("json", "web1", "entry 1"),
        ("json", "[{\"nme\":1}]", "entry 1"),
        ("ini", "", "line 1"),
    ])
    func anInventoryOfAnotherFormIsRefused(format: String, text: String, field: String)
        async throws
    {
        try await withAnalyst { log, token in
            let reply = try await log.post(
                "/api/v1/assets:import", try Inventory(format, text).json, as: token)
            #expect(reply.status == 422, "\(reply.text)")
            #expect(try reply.problem.errors.first?.field == field)
        }
    }

    @Test func assetsAreListedFilteredAndScanned() async throws {
        try await withAnalyst { log, token in
            let text = "[lab]\nlab1\n[production]\nweb1\nweb2\n"
            let result: ImportAssetsResult = try await log.post(
                "/api/v1/assets:import", try Inventory("ini", text).json, as: token
            ).decode()
            let list = "/api/v1/assets?min_position=\(result.position)"
            let all: ListPage<AssetResource> = try await log.get(list, as: token).decode()
            #expect(all.data.map(\.name) == ["lab1", "web1", "web2"])
            let some: ListPage<AssetResource> = try await log.get(
                list + "&environment=production&limit=1", as: token
            ).decode()
            #expect(some.data.map(\.name) == ["web1"])
            let next = try #require(some.next)
            let rest: ListPage<AssetResource> = try await log.get(
                list + "&environment=production&limit=1&cursor=\(next)", as: token
            ).decode()
            #expect(rest.data.map(\.name) == ["web2"])

            let scan = try await log.post(
                "/api/v1/assets:scan", #"{"what":["inventory","updates"]}"#, as: token)
            #expect(scan.status == 202)
            let scans: ScanAssetsResult = try scan.decode()
            #expect(scans.requested == 6)
            let shown = try await log.get(
                "/api/v1/assets/\(all.data[0].id)?min_position=\(scans.position)", as: token)
            #expect(try shown.decode(AssetResource.self).openScans == 2)
            #expect(shown.header("etag") == "\"3\"")
            let then = try await log.get(
                "/api/v1/assets/\(all.data[0].id)?as_of=\(result.position)", as: token)
            #expect(try then.decode(AssetResource.self).openScans == 0)
        }
    }

    @Test func aScanOfAnUnknownAssetAsksForNothing() async throws {
        try await withAnalyst { log, token in
            let result: ImportAssetsResult = try await log.post(
                "/api/v1/assets:import", try Inventory("ini", "web1").json, as: token
            ).decode()
            for (ids, status) in [
                ("\"\(result.data[0].id)\",\"as_00000000-0000-4000-8000-000000000000\"", 404),
                ("\"web1\"", 404), ("", 422),
            ] {
                let reply = try await log.post(
                    "/api/v1/assets:scan", #"{"assets":[\#(ids)],"what":["inventory"]}"#,
                    as: token)
                #expect(reply.status == status, "\(reply.text)")
            }
            let what = try await log.post(
                "/api/v1/assets:scan", #"{"what":["ports"]}"#, as: token)
            #expect(try what.problem.errors.map(\.field) == ["what"])
            #expect(try await log.useCases.store.head() == result.position)
        }
    }
}
