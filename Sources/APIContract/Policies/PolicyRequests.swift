package import JSON

/// `POST /policies`: proposes the policy of a scope.
package struct ProposePolicyRequest: Codable, Sendable, Equatable {
    /// `account`, `site:NAME`, `group:NAME` or `asset:` with an id.
    package let scope: String
    /// Sections of fields; what it leaves out, the scope takes from above.
    package let document: JSONValue
    package let reason: String

    package init(scope: String, document: JSONValue, reason: String) {
        self.scope = scope
        self.document = document
        self.reason = reason
    }
}

/// `POST /policies/{id}:publish`.
package struct PublishPolicyRequest: Codable, Sendable, Equatable {
    /// Of the proposal that was read.
    package let digest: String
    package let reason: String

    package init(digest: String, reason: String) {
        self.digest = digest
        self.reason = reason
    }
}
