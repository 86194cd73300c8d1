/// A vulnerability on an asset as `GET /findings` lists it and `GET /findings/{id}` shows it.
package struct FindingResource: Codable, Sendable, Equatable {
    /// `fi_` and a UUID.
    package let id: String
    package let asset: String
    package let assetName: String
    package let environment: String
    package let site: String?
    package let owner: String?
    /// Its CVE where it has one.
    package let vulnerability: String
    /// The package in which it is, and the version that was installed when it was seen last.
    package let package: String
    package let installedVersion: String
    /// `open`, `mitigated`, `accepted`, `disputed`, `resolved` or `dismissed`.
    package let state: String
    /// Where a disputed one goes back to when the dispute is rejected; nil when it is none.
    package let disputedFrom: String?
    /// 1 from the opening on, one more with each time that it started anew.
    package let episode: Int
    package let openedAt: String
    /// When the first fix came out; nil while there is none.
    package let fixReleasedAt: String?
    /// nil until it is classified, and so is the deadline.
    package let classification: FindingClassificationResource?
    /// `running`, `warned` or `breached` while time counts against it, else `stopped`.
    package let clock: String
    package let deadline: String?
    /// What stands in for a patch.
    package let treatment: FindingTreatmentResource?
    /// The exception that the deadline rests on.
    package let deferral: FindingDeferralResource?
    /// How it was closed.
    package let end: FindingEndResource?
    /// Lives before this one, the oldest first; nil when it never came back.
    package let earlier: [FindingEpisodeResource]?
    /// Whether the asset waits for evidence to be taken.
    package let isHeld: Bool
    package let version: Int

    package init(
        id: String, asset: String, assetName: String, environment: String, site: String? = nil,
        owner: String? = nil, vulnerability: String, package: String, installedVersion: String,
        state: String, disputedFrom: String? = nil, episode: Int, openedAt: String,
        fixReleasedAt: String? = nil,
        classification: FindingClassificationResource? = nil, clock: String,
        deadline: String? = nil, treatment: FindingTreatmentResource? = nil,
        deferral: FindingDeferralResource? = nil,
        end: FindingEndResource? = nil, earlier: [FindingEpisodeResource]? = nil, isHeld: Bool,
        version: Int
    ) {
        self.id = id
        self.asset = asset
        self.assetName = assetName
        self.environment = environment
        self.site = site
        self.owner = owner
        self.vulnerability = vulnerability
        self.package = package
        self.installedVersion = installedVersion
        self.state = state
        self.disputedFrom = disputedFrom
        self.episode = episode
        self.openedAt = openedAt
        self.fixReleasedAt = fixReleasedAt
        self.classification = classification
        self.clock = clock
        self.deadline = deadline
        self.treatment = treatment
        self.deferral = deferral
        self.end = end
        self.earlier = earlier
        self.isHeld = isHeld
        self.version = version
    }
}

/// How urgent a finding is, and what decided it.
package struct FindingClassificationResource: Codable, Sendable, Equatable {
    /// `urgent`, `important` or `nonCritical`.
    package let riskClass: String
    /// 3 to 0; 0 waits for the next upgrade.
    package let rank: Int
    /// The rows of the two tables that decided.
    package let rows: [String]
    package let isLiftedByScore: Bool
    package let mitigatedBy: String?
    package let knownExploited: Bool
    package let exploitation: String
    /// With one digit, `9.8`.
    package let cvss: String
    package let epss: String?
    package let criticality: String
    /// What nobody knew, and a default stood in for.
    package let assumed: [String]
    package let policyVersion: Int
    /// `treatment` until there is a fix, then `remediation`.
    package let clock: String
    package let clockStart: String

    package init(
        riskClass: String, rank: Int, rows: [String], isLiftedByScore: Bool,
        mitigatedBy: String? = nil, knownExploited: Bool, exploitation: String, cvss: String,
        epss: String? = nil, criticality: String, assumed: [String], policyVersion: Int,
        clock: String, clockStart: String
    ) {
        self.riskClass = riskClass
        self.rank = rank
        self.rows = rows
        self.isLiftedByScore = isLiftedByScore
        self.mitigatedBy = mitigatedBy
        self.knownExploited = knownExploited
        self.exploitation = exploitation
        self.cvss = cvss
        self.epss = epss
        self.criticality = criticality
        self.assumed = assumed
        self.policyVersion = policyVersion
        self.clock = clock
        self.clockStart = clockStart
    }
}

/// A control or an exception, until when.
package struct FindingTreatmentResource: Codable, Sendable, Equatable {
    package let by: String
    package let until: String

    package init(by: String, until: String) {
        self.by = by
        self.until = until
    }
}

/// What closed a finding.
package struct FindingEndResource: Codable, Sendable, Equatable {
    /// `patched`, `outOfBand`, `removed`, or why it was dismissed.
    package let means: String
    package let at: String
    /// When what shows it was seen.
    package let gatheredAt: String?
    package let reason: String?
    /// SHA-256 of the report that shows it.
    package let evidence: String?
    /// Who reported it: `host` for the asset itself, else the source of the report.
    package let evidenceSource: String?
    package let deployment: String?
    package let isInTime: Bool?

    package init(
        means: String, at: String, gatheredAt: String? = nil, reason: String? = nil,
        evidence: String? = nil, evidenceSource: String? = nil,
        deployment: String? = nil, isInTime: Bool? = nil
    ) {
        self.means = means
        self.at = at
        self.gatheredAt = gatheredAt
        self.reason = reason
        self.evidence = evidence
        self.evidenceSource = evidenceSource
        self.deployment = deployment
        self.isInTime = isInTime
    }
}
