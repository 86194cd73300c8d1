/// A cap as `GET /caps` lists it and `GET /caps/{scope}` shows it.
package struct CapResource: Codable, Sendable, Equatable {
    /// `cp_` and a UUID.
    package let id: String
    /// `account`, `site:NAME`, `group:NAME` or `domain:NAME`.
    package let scope: String
    /// `set` or `cleared`.
    package let state: String
    /// How many attempts may be under way there at once; as it was last, where it is cleared.
    package let limit: Int
    /// Of the last change.
    package let reason: String
    package let by: String
    package let changedAt: String
    package let version: Int

    package init(
        id: String, scope: String, state: String, limit: Int, reason: String, by: String,
        changedAt: String, version: Int
    ) {
        self.id = id
        self.scope = scope
        self.state = state
        self.limit = limit
        self.reason = reason
        self.by = by
        self.changedAt = changedAt
        self.version = version
    }
}

/// `POST /caps`.
package struct SetCapRequest: Codable, Sendable, Equatable {
    package let scope: String
    package let limit: Int
    package let reason: String

    package init(scope: String, limit: Int, reason: String) {
        self.scope = scope
        self.limit = limit
        self.reason = reason
    }
}
