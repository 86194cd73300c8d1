internal import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing
internal import PatchManagement

extension APIRoutes {
    static func addAttributeRules(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("attribute-rules", SetAttributeRuleRequest.self) { _, body, order in
            try .receipt(await useCases.setAttributeRule(rule(body), order))
        }
        routes.get("attribute-rules", query: .list, ["state"]) { call in
            try .page(
                await useCases.list(
                    .attributeRule, call.caller(), call.listWish(), state: call.filter("state")))
        }
        routes.post("attribute-rules:preview", SetAttributeRuleRequest.self) { call, body, _ in
            let assets = try await useCases.previewAttributeRules(with: rule(body), call.caller())
            return try .json(
                AttributeRulesResult(data: assets.map(resource), refused: [], position: 0))
        }
        routes.post("attribute-rules:apply", EmptyRequest.self) { _, _, order in
            let applied = try await useCases.applyAttributeRules(order)
            return try .json(
                AttributeRulesResult(
                    data: applied.assets.map(resource), refused: applied.refused,
                    position: applied.position))
        }
        routes.post("attribute-rules/{name}:remove", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.removeAttributeRule(
                    call.parameter("name"), reason: body.reason, order))
        }
    }

    private static func rule(_ body: SetAttributeRuleRequest) throws(InvalidInput) -> AttributeRule
    {
        var matches: [AttributeRule.Match] = []
        for (index, text) in body.matches.enumerated() {
            let (name, value) = try pair(text, field: "matches[\(index)]")
            matches.append(
                AttributeRule.Match(
                    subject: try choice(name, field: "matches[\(index)]"), pattern: value))
        }
        var sets: [AttributeRule.Setting] = []
        for (index, text) in body.sets.enumerated() {
            let (name, value) = try pair(text, field: "sets[\(index)]")
            sets.append(
                AttributeRule.Setting(
                    field: try choice(name, field: "sets[\(index)]"), value: value))
        }
        return AttributeRule(
            name: body.name, order: body.order ?? 100, matches: matches, sets: sets)
    }

    private static func pair(
        _ text: String, field: String
    ) throws(InvalidInput) -> (name: String, value: String) {
        guard let equals = text.firstIndex(of: "=") else {
            throw InvalidInput(
                field: field, message: "'\(text)' has no '=': write it such as host=web-*")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    private static func resource(_ asset: RuledAsset) -> RuledAssetResource {
        RuledAssetResource(
            id: asset.id.text, name: asset.name,
            changes: asset.changes.map {
                RuledChangeResource(
                    field: $0.field, before: $0.before, after: $0.after, rule: $0.rule)
            })
    }
}
