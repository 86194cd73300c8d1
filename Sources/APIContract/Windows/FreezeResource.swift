/// A freeze as `GET /freezes` lists it and `GET /freezes/{id}` shows it.
package struct FreezeResource: Codable, Sendable, Equatable {
    /// `fz_` and a UUID.
    package let id: String
    package let name: String
    /// `account`, `site:NAME`, `group:NAME` or `asset:ID`.
    package let scope: String
    /// `standing`, before its beginning and after its end as well, or `lifted`.
    package let state: String
    package let from: String
    /// The first moment after it.
    package let to: String
    package let reason: String
    package let by: String
    package let lifted: LiftedFreezeResource?
    package let version: Int

    package init(
        id: String, name: String, scope: String, state: String, from: String, to: String,
        reason: String, by: String, lifted: LiftedFreezeResource? = nil, version: Int
    ) {
        self.id = id
        self.name = name
        self.scope = scope
        self.state = state
        self.from = from
        self.to = to
        self.reason = reason
        self.by = by
        self.lifted = lifted
        self.version = version
    }
}

/// Who ended it before its time.
package struct LiftedFreezeResource: Codable, Sendable, Equatable {
    package let at: String
    package let reason: String
    package let by: String

    package init(at: String, reason: String, by: String) {
        self.at = at
        self.reason = reason
        self.by = by
    }
}

/// `POST /freezes`.
package struct CreateFreezeRequest: Codable, Sendable, Equatable {
    package let name: String
    package let scope: String
    /// Now when left out.
    package let from: String?
    package let to: String
    package let reason: String

    package init(name: String, scope: String, from: String? = nil, to: String, reason: String) {
        self.name = name
        self.scope = scope
        self.from = from
        self.to = to
        self.reason = reason
    }
}

/// `POST /rollouts/{id}:override-freeze`.
package struct OverrideFreezeRequest: Codable, Sendable, Equatable {
    /// The id of a freeze, or `SCOPE/NAME` of one that a policy lists.
    package let freeze: String
    package let reason: String

    package init(freeze: String, reason: String) {
        self.freeze = freeze
        self.reason = reason
    }
}
