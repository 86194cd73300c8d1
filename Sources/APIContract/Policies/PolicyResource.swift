package import JSON

/// The policy of a scope as `GET /policies` lists it and `GET /policies/{id}` shows it.
package struct PolicyResource: Codable, Sendable, Equatable {
    /// `po_` and a UUID; paths take the scope as well.
    package let id: String
    package let scope: String
    /// `account`, `site`, `group` or `asset`.
    package let level: String
    /// `proposed`, `examined`, `published`, `reviewDue` or `unpublished`.
    package let state: String
    /// What counts; nil while nothing does.
    package let published: PublishedPolicyResource?
    /// What is proposed instead.
    package let proposal: PolicyProposalResource?
    package let reviewDueAt: String?
    package let isReviewDue: Bool
    package let version: Int

    package init(
        id: String, scope: String, level: String, state: String,
        published: PublishedPolicyResource? = nil, proposal: PolicyProposalResource? = nil,
        reviewDueAt: String? = nil, isReviewDue: Bool = false, version: Int
    ) {
        self.id = id
        self.scope = scope
        self.level = level
        self.state = state
        self.published = published
        self.proposal = proposal
        self.reviewDueAt = reviewDueAt
        self.isReviewDue = isReviewDue
        self.version = version
    }
}

package struct PublishedPolicyResource: Codable, Sendable, Equatable {
    /// Of the scope's policy: 1 for the first.
    package let version: Int
    package let document: JSONValue
    package let proposedBy: String
    package let publishedBy: String
    package let publishedAt: String
    package let reason: String

    package init(
        version: Int, document: JSONValue, proposedBy: String, publishedBy: String,
        publishedAt: String, reason: String
    ) {
        self.version = version
        self.document = document
        self.proposedBy = proposedBy
        self.publishedBy = publishedBy
        self.publishedAt = publishedAt
        self.reason = reason
    }
}

package struct PolicyProposalResource: Codable, Sendable, Equatable {
    /// That it gets when it is published.
    package let version: Int
    package let document: JSONValue
    /// What a publication confirms.
    package let digest: String
    package let proposedBy: String
    package let proposedAt: String
    package let reason: String
    /// nil until somebody has looked at what it would change.
    package let whatIf: PolicyWhatIfSummaryResource?

    package init(
        version: Int, document: JSONValue, digest: String, proposedBy: String,
        proposedAt: String, reason: String, whatIf: PolicyWhatIfSummaryResource? = nil
    ) {
        self.version = version
        self.document = document
        self.digest = digest
        self.proposedBy = proposedBy
        self.proposedAt = proposedAt
        self.reason = reason
        self.whatIf = whatIf
    }
}

/// What a proposal would change, in numbers.
package struct PolicyWhatIfSummaryResource: Codable, Sendable, Equatable {
    package let examinedAt: String
    package let examinedBy: String
    /// Values that would be others.
    package let fields: Int
    /// Open findings that were classified anew, and those that were left out as too many.
    package let examined: Int
    package let unexamined: Int
    /// Findings with another class or an earlier deadline.
    package let changed: Int
    package let earlier: Int
    /// What would not fit together; then it can't be published.
    package let faults: [String]

    package init(
        examinedAt: String, examinedBy: String, fields: Int, examined: Int, unexamined: Int,
        changed: Int, earlier: Int, faults: [String]
    ) {
        self.examinedAt = examinedAt
        self.examinedBy = examinedBy
        self.fields = fields
        self.examined = examined
        self.unexamined = unexamined
        self.changed = changed
        self.earlier = earlier
        self.faults = faults
    }
}
