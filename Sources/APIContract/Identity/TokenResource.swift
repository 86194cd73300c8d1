/// `POST /tokens`: a token for a person, who is registered by it; answers 201.
package struct IssueTokenRequest: Codable, Sendable, Equatable {
    /// A name of the house's own choice, such as `alice`.
    package let person: String
    package let roles: [String]
    package let expiresInSeconds: Int

    package init(person: String, roles: [String], expiresInSeconds: Int) {
        self.person = person
        self.roles = roles
        self.expiresInSeconds = expiresInSeconds
    }
}

/// A token; its secret is there only in the answer that created it.
package struct TokenResource: Codable, Sendable, Equatable {
    package let id: String
    package let person: String
    /// `pe_` and a UUID: what events name.
    package let personId: String
    package let roles: [String]
    /// The first letters, to recognise it by.
    package let prefix: String
    /// `active`, `expired` or `revoked`.
    package let state: String
    package let issuedAt: String
    package let expiresAt: String
    package let secret: String?

    package init(
        id: String, person: String, personId: String, roles: [String], prefix: String,
        state: String, issuedAt: String, expiresAt: String, secret: String? = nil
    ) {
        self.id = id
        self.person = person
        self.personId = personId
        self.roles = roles
        self.prefix = prefix
        self.state = state
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.secret = secret
    }
}

/// `GET /me`: who the caller is.
package struct MeResource: Codable, Sendable, Equatable {
    package let person: String
    package let personId: String
    package let roles: [String]
    /// Its id.
    package let token: String
    package let expiresAt: String

    package init(
        person: String, personId: String, roles: [String], token: String, expiresAt: String
    ) {
        self.person = person
        self.personId = personId
        self.roles = roles
        self.token = token
        self.expiresAt = expiresAt
    }
}
