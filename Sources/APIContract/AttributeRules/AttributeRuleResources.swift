/// `POST /attribute-rules`: makes a rule, or replaces the one of that name; and
/// `POST /attribute-rules:preview`, which only says what it would change.
package struct SetAttributeRuleRequest: Codable, Sendable, Equatable {
    package let name: String
    /// Rules are asked from the lowest on; 100 when left out.
    package let order: Int?
    /// Such as `host=web-*`; all of them have to hold. Subjects: `host`, `address`, `kind`, `os`,
    /// `location`, `architecture`, `image`.
    package let matches: [String]
    /// Such as `group=web`. Fields: `group`, `owner`, `site`, `environment`, `criticality`.
    package let sets: [String]

    package init(name: String, order: Int? = nil, matches: [String], sets: [String]) {
        self.name = name
        self.order = order
        self.matches = matches
        self.sets = sets
    }
}

/// A rule as `GET /attribute-rules` lists it, in the order in which rules are asked.
package struct AttributeRuleResource: Codable, Sendable, Equatable {
    /// Its name.
    package let id: String
    package let order: Int
    package let matches: [String]
    package let sets: [String]
    /// `set` or `removed`.
    package let state: String
    package let setBy: String
    package let setAt: String
    /// Why it was removed.
    package let reason: String?
    package let version: Int

    package init(
        id: String, order: Int, matches: [String], sets: [String], state: String, setBy: String,
        setAt: String, reason: String? = nil, version: Int
    ) {
        self.id = id
        self.order = order
        self.matches = matches
        self.sets = sets
        self.state = state
        self.setBy = setBy
        self.setAt = setAt
        self.reason = reason
        self.version = version
    }
}

/// What rules change, or would change: `POST /attribute-rules:apply` and `:preview`.
package struct AttributeRulesResult: Codable, Sendable, Equatable {
    /// By name.
    package let data: [RuledAssetResource]
    /// Assets that refused it, with the reason.
    package let refused: [String]
    /// 0 where nothing was written.
    package let position: Int64

    package init(data: [RuledAssetResource], refused: [String], position: Int64) {
        self.data = data
        self.refused = refused
        self.position = position
    }
}

package struct RuledAssetResource: Codable, Sendable, Equatable {
    package let id: String
    package let name: String
    package let changes: [RuledChangeResource]

    package init(id: String, name: String, changes: [RuledChangeResource]) {
        self.id = id
        self.name = name
        self.changes = changes
    }
}

package struct RuledChangeResource: Codable, Sendable, Equatable {
    package let field: String
    package let before: String
    package let after: String
    /// nil where no rule says anything of it any more.
    package let rule: String?

    package init(field: String, before: String, after: String, rule: String? = nil) {
        self.field = field
        self.before = before
        self.after = after
        self.rule = rule
    }
}
