package import EventSourcing

/// A vulnerability that the version which a patch brings is known to have.
package struct KnownFlaw: Codable, Hashable, Sendable {
    package let vulnerability: VulnerabilityID
    package let package: String
    package let version: String
    /// As it would be on the most critical and most exposed asset that there is.
    package let riskClass: RiskClass
    /// A version without it; nil when none is known.
    package let fixed: String?

    package init(
        vulnerability: VulnerabilityID, package: String, version: String, riskClass: RiskClass,
        fixed: String? = nil
    ) {
        self.vulnerability = vulnerability
        self.package = package
        self.version = version
        self.riskClass = riskClass
        self.fixed = fixed
    }

    private enum CodingKeys: String, CodingKey {
        case vulnerability, package, version
        case riskClass = "risk_class"
        case fixed
    }

    /// Whether whoever has accepted this one has accepted `other` as well: the same, and no worse.
    func covers(_ other: KnownFlaw) -> Bool {
        vulnerability == other.vulnerability && package == other.package
            && version == other.version && riskClass.rank >= other.riskClass.rank
    }
}

/// What the advisories say of the versions that a patch brings.
package struct FlawReport: Codable, Hashable, Sendable {
    /// What was acquired.
    package let artefact: Digest
    /// The most pressing first, then by vulnerability and package; at most `most`.
    package let flaws: [KnownFlaw]
    /// How many there are in all.
    package let total: Int
    /// No advisory here is about any platform of its targets, so that none could say anything; nil
    /// where there are some.
    package let uncovered: Bool?

    package static let most = 50

    package init(artefact: Digest, flaws: [KnownFlaw], isCovered: Bool = true) {
        self.artefact = artefact
        uncovered = isCovered ? nil : true
        let sorted = Set(flaws).sorted {
            ($1.riskClass.rank, $0.vulnerability, $0.package, $0.version)
                < ($0.riskClass.rank, $1.vulnerability, $1.package, $1.version)
        }
        self.flaws = Array(sorted.prefix(Self.most))
        total = sorted.count
    }

    package var digest: Digest { Digest(of: storedForm(self)) }
}

/// The versions of a patch were matched against the advisories, and what they say is new.
package struct KnownFlawsObserved: EventPayload {
    package static let type = "KnownFlawsObserved"
    package let report: FlawReport
    package let by: Actor
}

/// The risk owner takes the patch with the flaws that are known of it.
package struct KnownFlawsAccepted: EventPayload {
    package static let type = "KnownFlawsAccepted"
    /// Digest of the report that was seen.
    package let report: Digest
    package let accepted: [KnownFlaw]
    package let reason: String
    package let by: Actor
}
