/// Vulnerabilities that the versions which a patch brings are known to have.
package struct PatchFlawsResource: Codable, Sendable, Equatable {
    /// SHA-256 of the report: what is accepted.
    package let digest: String
    /// How many there are; the list has the first ones.
    package let total: Int
    /// The risk owner who takes the patch with them; nil while nobody does.
    package let acceptedBy: String?
    /// No advisory is about the platforms of the patch; nil where some are.
    package let uncovered: Bool?
    /// The most pressing first.
    package let flaws: [PatchFlawResource]

    package init(
        digest: String, total: Int, acceptedBy: String? = nil, uncovered: Bool? = nil,
        flaws: [PatchFlawResource]
    ) {
        self.uncovered = uncovered
        self.digest = digest
        self.total = total
        self.acceptedBy = acceptedBy
        self.flaws = flaws
    }
}

package struct PatchFlawResource: Codable, Sendable, Equatable {
    package let vulnerability: String
    package let package: String
    package let version: String
    /// As it would be on the most critical and most exposed asset.
    package let riskClass: String
    /// A version without it; nil when none is known.
    package let fixed: String?

    package init(
        vulnerability: String, package: String, version: String, riskClass: String,
        fixed: String? = nil
    ) {
        self.vulnerability = vulnerability
        self.package = package
        self.version = version
        self.riskClass = riskClass
        self.fixed = fixed
    }
}

/// `POST /patches/{id}:accept-flaws`.
package struct AcceptFlawsRequest: Codable, Sendable, Equatable {
    /// The digest of the flaws that were seen.
    package let digest: String
    package let reason: String

    package init(digest: String, reason: String) {
        self.digest = digest
        self.reason = reason
    }
}
