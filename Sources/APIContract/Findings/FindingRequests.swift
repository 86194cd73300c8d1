/// `POST /findings/{id}:dismiss`.
package struct DismissFindingRequest: Codable, Sendable, Equatable {
    /// `notAffected` or `falsePositive`.
    package let dismissal: String
    package let reason: String

    package init(dismissal: String, reason: String) {
        self.dismissal = dismissal
        self.reason = reason
    }
}

/// `POST /findings/{id}:release`: ends a forensic hold, by one of the two.
package struct ReleaseFindingRequest: Codable, Sendable, Equatable {
    /// SHA-256 of what was taken from the asset.
    package let evidence: String?
    /// `released` or `kept`, as the incident commander decided.
    package let outcome: String?
    package let reason: String

    package init(evidence: String? = nil, outcome: String? = nil, reason: String) {
        self.evidence = evidence
        self.outcome = outcome
        self.reason = reason
    }
}
