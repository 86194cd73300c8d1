/// A standing approval as `GET /standing-approvals` lists it and `GET /standing-approvals/{id}` shows
/// it.
package struct StandingApprovalResource: Codable, Sendable, Equatable {
    /// `sa_` and a UUID.
    package let id: String
    /// `proposed`, `granted`, `denied`, `expired` or `revoked`.
    package let state: String
    /// `urgent`, `important` or `nonCritical`.
    package let riskClass: String
    /// The source package.
    package let product: String
    package let target: AssetGroupSelector
    package let until: String
    package let reason: String
    /// Of the terms; the second approver confirms it.
    package let digest: String
    package let proposedBy: String
    package let proposedAt: String
    /// nil before a second approver has decided.
    package let decision: StandingDecisionResource?
    /// The patches that it was used for, in that order.
    package let patches: [String]
    /// nil while it may still be granted, and while it holds.
    package let end: StandingEndResource?
    package let version: Int

    package init(
        id: String, state: String, riskClass: String, product: String, target: AssetGroupSelector,
        until: String, reason: String, digest: String, proposedBy: String, proposedAt: String,
        decision: StandingDecisionResource? = nil, patches: [String] = [],
        end: StandingEndResource? = nil, version: Int
    ) {
        self.id = id
        self.state = state
        self.riskClass = riskClass
        self.product = product
        self.target = target
        self.until = until
        self.reason = reason
        self.digest = digest
        self.proposedBy = proposedBy
        self.proposedAt = proposedAt
        self.decision = decision
        self.patches = patches
        self.end = end
        self.version = version
    }
}

/// What the second approver has decided.
package struct StandingDecisionResource: Codable, Sendable, Equatable {
    /// `granted` or `denied`.
    package let outcome: String
    package let by: String
    package let at: String
    package let reason: String

    package init(outcome: String, by: String, at: String, reason: String) {
        self.outcome = outcome
        self.by = by
        self.at = at
        self.reason = reason
    }
}

/// How it ended.
package struct StandingEndResource: Codable, Sendable, Equatable {
    /// `timeOver`, `notDecided` or `revoked`.
    package let cause: String
    package let at: String
    /// Of a revocation, as is `by`.
    package let reason: String?
    package let by: String?

    package init(cause: String, at: String, reason: String? = nil, by: String? = nil) {
        self.cause = cause
        self.at = at
        self.reason = reason
        self.by = by
    }
}

/// `POST /standing-approvals`: proposes one; answers 201.
package struct ProposeStandingApprovalRequest: Codable, Sendable, Equatable {
    package let riskClass: String
    package let product: String
    package let target: AssetGroupSelector
    /// Its end, in RFC 3339.
    package let until: String
    package let reason: String

    package init(
        riskClass: String, product: String, target: AssetGroupSelector, until: String,
        reason: String
    ) {
        self.riskClass = riskClass
        self.product = product
        self.target = target
        self.until = until
        self.reason = reason
    }
}

/// `POST /patches/{id}:approve-standing`: a standing approval in the place of a person.
package struct ApproveByStandingRequest: Codable, Sendable, Equatable {
    package let standing: String
    /// Of exactly what was read; another one is refused as stale.
    package let digest: String
    package let reason: String

    package init(standing: String, digest: String, reason: String) {
        self.standing = standing
        self.digest = digest
        self.reason = reason
    }
}
