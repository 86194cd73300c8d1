import APIContract
import Application
import EventSourcing
import Foundation
import PatchManagement
import Testing

/// I2: freezes over HTTP: who may, what is refused, and what is shown of them.
@Suite(.timeLimit(.minutes(1))) struct FreezeRouteTests {
    private static let end = "2099-01-01T00:00:00Z"

    private static func body(
        _ name: String = "stop", scope: String = "account", to: String = "2026-01-01T00:00:00Z"
    ) -> String {
        #"{"name":"\#(name)","scope":"\#(scope)","to":"\#(to)","reason":"an incident"}"#
    }

    private static func soon() -> String { "\(Timestamp(Date()) + .seconds(3600))" }

    @Test func oneIsMadeShownAndLifted() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let lena = try await log.token("lena", "incidentCommander", by: administrator).secret
            let anna = try await log.token("anna", "analyst", by: administrator).secret
            let asked = Self.body("Quarter end", to: Self.soon())
            #expect(try await log.post("/api/v1/freezes", asked, as: anna).status == 403)
            let made: Receipt = try await log.post("/api/v1/freezes", asked, as: lena).decode()
            #expect(made.id.hasPrefix("fz_") && made.state == "standing")
            let shown: FreezeResource = try await log.get(
                "/api/v1/freezes/\(made.id)?min_position=\(made.position)", as: anna
            ).decode()
            #expect(shown.name == "Quarter end" && shown.scope == "account")
            #expect(shown.reason == "an incident" && shown.lifted == nil)
            let path = "/api/v1/freezes/\(made.id):lift"
            #expect(try await log.post(path, #"{"reason":"over"}"#, as: anna).status == 403)
            let lifted: Receipt = try await log.post(
                path, #"{"reason":"over"}"#, as: lena
            ).decode()
            #expect(lifted.state == "lifted")
            let list: ListPage<FreezeResource> = try await log.get(
                "/api/v1/freezes?state=lifted&scope=account&min_position=\(lifted.position)",
                as: anna
            ).decode()
            #expect(list.data.map(\.id) == [made.id])
            #expect(list.data.first?.lifted?.reason == "over")
            #expect(
                try await log.get("/api/v1/freezes?state=frozen", as: anna).status == 422)
        }
    }

    @Test func whatCannotBeIsRefusedByItsField() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let lena = try await log.token("lena", "incidentCommander", by: administrator).secret
            let before = try await log.useCases.store.head()
            for (body, status) in [
                (Self.body(scope: "team:x", to: Self.soon()), 422),
                (Self.body(to: "tomorrow"), 422), (Self.body(to: "2020-01-01T00:00:00Z"), 422),
                (Self.body(to: Self.end), 422), (#"{"name":"x"}"#, 422),
                (
                    Self.body(
                        scope: "asset:as_00000000-0000-7000-8000-000000000009", to: Self.soon()),
                    422
                ),
            ] {
                let reply = try await log.post("/api/v1/freezes", body, as: lena)
                #expect(reply.status == status, "\(body): \(reply.text)")
            }
            let unknown = "/api/v1/freezes/fz_00000000-0000-7000-8000-000000000001"
            #expect(
                try await log.post("\(unknown):lift", #"{"reason":"r"}"#, as: lena).status == 404)
            #expect(try await log.get(unknown, as: lena).status == 404)
            let rollout = "/api/v1/rollouts/ro_00000000-0000-7000-8000-000000000001"
            let override = try await log.post(
                "\(rollout):override-freeze", #"{"freeze":"nonsense","reason":"r"}"#, as: lena)
            #expect(override.status == 422, "\(override.text)")
            #expect(try override.problem.errors.map(\.field) == ["freeze"])
            #expect(try await log.useCases.store.head() == before)
        }
    }
}
