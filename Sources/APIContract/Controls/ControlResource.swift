/// A security control as `GET /controls` lists it and `GET /controls/{id}` shows it.
package struct ControlResource: Codable, Sendable, Equatable {
    /// `ct_` and a UUID.
    package let id: String
    package let name: String
    package let kind: String
    package let description: String
    /// `registered` before its first verification, `verified`, or `lapsed`.
    package let state: String
    package let assets: [String]
    package let group: AssetGroupSelector?
    /// The last one; of a control that lapsed, the one that lapsed.
    package let verification: ControlVerificationResource?
    /// nil while it is verified, and before.
    package let lapse: ControlLapseResource?
    package let version: Int

    package init(
        id: String, name: String, kind: String, description: String, state: String,
        assets: [String], group: AssetGroupSelector? = nil,
        verification: ControlVerificationResource? = nil, lapse: ControlLapseResource? = nil,
        version: Int
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.description = description
        self.state = state
        self.assets = assets
        self.group = group
        self.verification = verification
        self.lapse = lapse
        self.version = version
    }
}

/// What shows that a control works.
package struct ControlVerificationResource: Codable, Sendable, Equatable {
    /// SHA-256 of what shows it.
    package let evidence: String
    package let method: String
    package let gatheredAt: String
    package let until: String
    package let by: String

    package init(evidence: String, method: String, gatheredAt: String, until: String, by: String) {
        self.evidence = evidence
        self.method = method
        self.gatheredAt = gatheredAt
        self.until = until
        self.by = by
    }
}

/// Why a control can't be counted on any more.
package struct ControlLapseResource: Codable, Sendable, Equatable {
    /// `verificationEnded`, `withdrawn` or `changed`.
    package let cause: String
    package let at: String
    package let reason: String

    package init(cause: String, at: String, reason: String) {
        self.cause = cause
        self.at = at
        self.reason = reason
    }
}
