import APIContract
import Application
import EventSourcing
import Foundation
import PatchManagement
import Testing

/// I1: caps over HTTP: who may, what is refused, and what is shown of them.
@Suite(.timeLimit(.minutes(1))) struct CapRouteTests {
    private static func body(
        _ scope: String = "site:berlin", limit: Int = 3, reason: String = "the line is slow"
    ) -> String {
        #"{"scope":"\#(scope)","limit":\#(limit),"reason":"\#(reason)"}"#
    }

    @Test func oneIsSetShownAndCleared() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let lena = try await log.token("lena", "incidentCommander", by: administrator).secret
            let anna = try await log.token("anna", "analyst", by: administrator).secret
            #expect(try await log.post("/api/v1/caps", Self.body(), as: anna).status == 403)
            let set: Receipt = try await log.post(
                "/api/v1/caps", Self.body(), as: lena
            ).decode()
            #expect(set.id.hasPrefix("cp_") && set.state == "set")
            let shown: CapResource = try await log.get(
                "/api/v1/caps/site%3Aberlin?min_position=\(set.position)", as: anna
            ).decode()
            #expect(shown.id == set.id && shown.limit == 3)
            let again: Receipt = try await log.post(
                "/api/v1/caps", Self.body(limit: 5, reason: "it is faster"), as: lena
            ).decode()
            #expect(again.id == set.id && again.version == 2)
            let path = "/api/v1/caps/\(set.id):clear"
            #expect(try await log.post(path, #"{"reason":"over"}"#, as: anna).status == 403)
            let cleared: Receipt = try await log.post(
                path, #"{"reason":"over"}"#, as: lena
            ).decode()
            #expect(cleared.state == "cleared")
            let list: ListPage<CapResource> = try await log.get(
                "/api/v1/caps?state=cleared&min_position=\(cleared.position)", as: anna
            ).decode()
            #expect(list.data.map(\.scope) == ["site:berlin"])
            #expect(list.data.first?.limit == 5 && list.data.first?.reason == "over")
        }
    }

    @Test func whatCannotBeIsRefusedAndWritesNothing() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let lena = try await log.token("lena", "incidentCommander", by: administrator).secret
            let before = try await log.useCases.store.head()
            for body in [
                Self.body("asset:as_1"), Self.body("domain:"), Self.body(limit: 0),
                Self.body(limit: 10_001), Self.body(reason: " "), #"{"scope":"account"}"#,
            ] {
                let reply = try await log.post("/api/v1/caps", body, as: lena)
                #expect(reply.status == 422, "\(body): \(reply.text)")
            }
            #expect(
                try await log.post(
                    "/api/v1/caps/account:clear", #"{"reason":"r"}"#, as: lena
                ).status == 404)
            #expect(try await log.get("/api/v1/caps/account", as: lena).status == 404)
            #expect(try await log.useCases.store.head() == before)
        }
    }
}
