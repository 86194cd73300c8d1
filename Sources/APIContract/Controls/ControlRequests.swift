/// `POST /controls`: makes a security control known, or describes the one of that name anew.
package struct RegisterControlRequest: Codable, Sendable, Equatable {
    package let name: String
    /// `firewall`, `webApplicationFirewall`, `intrusionPrevention`, `antivirus`, `endpointDetection`,
    /// `segmentation`, `hardening` or `other`.
    package let kind: String
    package let description: String
    /// The assets that it protects, by id.
    package let assets: [String]?
    /// Others that it protects, those that come later included.
    package let group: AssetGroupSelector?

    package init(
        name: String, kind: String, description: String, assets: [String]? = nil,
        group: AssetGroupSelector? = nil
    ) {
        self.name = name
        self.kind = kind
        self.description = description
        self.assets = assets
        self.group = group
    }
}

/// `POST /controls/{id}:verify`.
package struct VerifyControlRequest: Codable, Sendable, Equatable {
    /// SHA-256 of what shows that it works.
    package let evidence: String
    /// How it was verified.
    package let method: String
    /// When the evidence was gathered; now when left out.
    package let gatheredAt: String?
    /// Until when the verification holds.
    package let until: String

    package init(evidence: String, method: String, gatheredAt: String? = nil, until: String) {
        self.evidence = evidence
        self.method = method
        self.gatheredAt = gatheredAt
        self.until = until
    }
}
