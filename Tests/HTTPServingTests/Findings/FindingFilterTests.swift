import APIContract
import Foundation
import Testing

/// An empty list says that there is nothing to do: it is no answer to a question that nobody
/// understood.
@Suite(.timeLimit(.minutes(2))) struct FindingFilterTests {
    @Test func whatNobodyKnowsIsNoEmptyList() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let anna = try await log.token("anna", "analyst", by: administrator).secret
            let imported: ImportAssetsResult = try await log.post(
                "/api/v1/assets:import", #"{"format":"ini","text":"[production]\nweb1\n"}"#,
                as: anna
            ).decode()
            let asset = try #require(imported.data.first?.id)
            for known in ["web1", asset] {
                let answer = try await log.get("/api/v1/findings?asset=\(known)", as: anna)
                #expect(answer.status == 200, "\(known): \(answer.text)")
            }
            for unknown in ["web2", "as_00000000-0000-7000-8000-000000000000", "no%20name"] {
                let answer = try await log.get("/api/v1/findings?asset=\(unknown)", as: anna)
                #expect(answer.status == 422, "\(unknown): \(answer.text)")
            }
            let odd = try await log.get("/api/v1/findings?vulnerability=x", as: anna)
            #expect(odd.status == 422, "\(odd.text)")
            let small = try await log.get("/api/v1/findings?vulnerability=cve-2026-1", as: anna)
            #expect(small.status == 200, "\(small.text)")
        }
    }

    @Test func badLinesOfAnInventoryAreNamedAndTheRestIsRegistered() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let anna = try await log.token("anna", "analyst", by: administrator).secret
            let text =
                "name,address,port\nweb1,192.0.2.1,22\nweb2,192.0.2.2,none\nweb3,192.0.2.3,22\n"
            func body(_ leaveOut: Bool) throws -> String {
                String(
                    decoding: try WireJSON.encode(
                        ImportAssetsRequest(
                            format: "csv", text: text, leaveOutFaults: leaveOut)), as: UTF8.self)
            }
            let refused = try await log.post("/api/v1/assets:import", body(false), as: anna)
            #expect(refused.status == 422, "\(refused.text)")
            let taken: ImportAssetsResult = try await log.post(
                "/api/v1/assets:import", body(true), as: anna
            ).decode()
            #expect(taken.data.map(\.name) == ["web1", "web3"])
            #expect(taken.leftOut?.count == 1)
            #expect(taken.leftOut?.first?.hasPrefix("line 3: port 'none'") == true)
        }
    }
}
