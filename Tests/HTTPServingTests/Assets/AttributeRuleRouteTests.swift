import APIContract
import Application
import EventSourcing
import FoundationEssentials
import Testing

/// Rules for attributes, over the wire.
@Suite(.timeLimit(.minutes(2))) struct AttributeRuleRouteTests {
    private struct Scene {
        let log: ServedLog
        let analyst: String?
        let viewer: String?

        func post(
            _ path: String, _ body: some Encodable, as token: String?
        ) async throws -> ServedLog.Reply {
            try await log.post(
                "/api/v1/\(path)", String(decoding: try WireJSON.encode(body), as: UTF8.self),
                as: token)
        }

        func asset(_ name: String, _ position: Int64) async throws -> AssetResource {
            let page: ListPage<AssetResource> = try await log.get(
                "/api/v1/assets?name=\(name)&min_position=\(position)", as: analyst
            ).decode()
            return try #require(page.data.first)
        }

        func importing(_ lines: String) async throws -> Int64 {
            let result: ImportAssetsResult = try await post(
                "assets:import",
                ImportAssetsRequest(format: "csv", text: "name,group\n" + lines), as: analyst
            ).decode()
            return result.position
        }

        func apply() async throws -> AttributeRulesResult {
            try await post("attribute-rules:apply", EmptyRequest(), as: analyst).decode()
        }
    }

    private func withScene(_ body: (Scene) async throws -> Void) async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let scene = Scene(
                log: log,
                analyst: try await log.token("anna", "analyst", by: administrator).secret,
                viewer: try await log.token("vic", "viewer", by: administrator).secret)
            try await body(scene)
        }
    }

    private let rule = SetAttributeRuleRequest(
        name: "web", matches: ["host=web-*"], sets: ["group=web", "criticality=high"])

    @Test func aRuleIsPreviewedThenSetByWhoMay() async throws {
        try await withScene { scene in
            let position = try await scene.importing("web-1,\nweb-2,mine\ndb-1,\n")
            #expect(try await scene.asset("web-1", position).origins == nil)
            let head = try await scene.log.useCases.store.head()
            let preview: AttributeRulesResult = try await scene.post(
                "attribute-rules:preview", rule, as: scene.viewer
            ).decode()
            #expect(preview.data.map(\.name) == ["web-1", "web-2"])
            #expect(preview.data[1].changes.map(\.field) == ["criticality"], "its group was given")
            #expect(try await scene.log.useCases.store.head() == head, "a preview writes nothing")

            #expect(try await scene.post("attribute-rules", rule, as: scene.viewer).status == 403)
            #expect(try await scene.post("attribute-rules", rule, as: scene.analyst).status == 200)
            for (matches, sets, field) in [
                ("host", "group=a", "matches[0]"), ("moon=a", "group=a", "matches[0]"),
                ("host=a", "name=a", "sets[0]"),
            ] {
                let reply = try await scene.post(
                    "attribute-rules",
                    SetAttributeRuleRequest(name: "x", matches: [matches], sets: [sets]),
                    as: scene.analyst)
                #expect(try reply.problem.errors.first?.field == field, "\(reply.text)")
            }
            let first = try await scene.log.post(
                "/api/v1/attribute-rules:apply", "{}", as: scene.analyst, key: "k1")
            #expect(try first.decode(AttributeRulesResult.self).data == preview.data)
            let repeated = try await scene.log.post(
                "/api/v1/attribute-rules:apply", "{}", as: scene.analyst, key: "k1")
            #expect(repeated.body == first.body, "I10: word for word the same answer")
        }
    }

    @Test func assetsFollowTheRulesAndSayWhereTheirAttributesComeFrom() async throws {
        try await withScene { scene in
            _ = try await scene.importing("web-1,\nweb-2,mine\ndb-1,\n")
            _ = try await scene.post("attribute-rules", rule, as: scene.analyst)
            let applied = try await scene.apply()
            let web = try await scene.asset("web-1", applied.position)
            #expect(web.group == "web" && web.criticality == "high")
            #expect(web.origins == ["criticality": "rule web", "group": "rule web"])
            let again = try await scene.apply()
            #expect(again.data.isEmpty && again.position == 0, "all follow already")

            // What comes later follows by itself.
            let later = try await scene.importing("web-3,\n")
            #expect(try await scene.asset("web-3", later).group == "web")
            // The usual value is given as well, where the list says it.
            let usual = try await scene.importing("web-4,ungrouped\n")
            let named = try await scene.asset("web-4", usual)
            #expect(named.group == "ungrouped" && named.origins?["group"] == "given")
            let plain = try await scene.importing("db-2,ungrouped\n")
            #expect(try await scene.asset("db-2", plain).origins == ["group": "given"])

            let removed = try await scene.post(
                "attribute-rules/web:remove", ReasonRequest(reason: "renamed"), as: scene.analyst)
            #expect(removed.status == 200, "\(removed.text)")
            let back = try await scene.apply()
            #expect(back.data.map(\.name) == ["web-1", "web-2", "web-3", "web-4"])
            #expect(try await scene.asset("web-1", back.position).group == "ungrouped")
            #expect(try await scene.asset("web-2", back.position).group == "mine")
            let listed: ListPage<AttributeRuleResource> = try await scene.log.get(
                "/api/v1/attribute-rules?min_position=\(back.position)", as: scene.viewer
            ).decode()
            #expect(listed.data.map(\.state) == ["removed"])
            #expect(listed.data.map(\.matches) == [["host=web-*"]])
        }
    }
}
