/// The test of a patch on lab assets.
package struct QualificationResource: Codable, Sendable, Equatable {
    /// `running`, `passed`, `failed` or `inconclusive`.
    package let state: String
    package let sample: [SampleResource]
    /// In the order in which they were recorded.
    package let checks: [CheckResource]
    /// Of the checks, once it has ended.
    package let evidenceDigest: String?
    package let reason: String?
    /// How much of each platform of the targets the sample covers; nil for older tests.
    package let coverage: [CoverageResource]?
    /// The emergency in which a smoke sample was enough; nil where every platform is covered.
    package let smoke: String?

    package init(
        state: String, sample: [SampleResource], checks: [CheckResource],
        evidenceDigest: String? = nil, reason: String? = nil,
        coverage: [CoverageResource]? = nil, smoke: String? = nil
    ) {
        self.state = state
        self.sample = sample
        self.checks = checks
        self.evidenceDigest = evidenceDigest
        self.reason = reason
        self.coverage = coverage
        self.smoke = smoke
    }
}

/// One platform of the targets, such as `debian/12/amd64`.
package struct CoverageResource: Codable, Sendable, Equatable {
    package let stratum: String
    /// Assets that the patch applies to.
    package let targets: Int
    /// Lab hosts in the sample.
    package let samples: Int

    package init(stratum: String, targets: Int, samples: Int) {
        self.stratum = stratum
        self.targets = targets
        self.samples = samples
    }
}

/// A lab asset of the sample.
package struct SampleResource: Codable, Sendable, Equatable {
    package let asset: String
    package let name: String
    package let stratum: String

    package init(asset: String, name: String, stratum: String) {
        self.asset = asset
        self.name = name
        self.stratum = stratum
    }
}

/// One recorded check.
package struct CheckResource: Codable, Sendable, Equatable {
    package let asset: String
    /// Of the host.
    package let name: String
    /// Such as `install` or `verify`.
    package let step: String
    /// `passed`, `failed` or `unknown`.
    package let outcome: String
    package let detail: String
    package let at: String

    package init(
        asset: String, name: String, step: String, outcome: String, detail: String, at: String
    ) {
        self.asset = asset
        self.name = name
        self.step = step
        self.outcome = outcome
        self.detail = detail
        self.at = at
    }
}

/// A decision by a person other than the requester, of a patch or a plan.
package struct ApprovalResource: Codable, Sendable, Equatable {
    /// `awaiting`, `approved`, `rejected`, `expired` or `revoked`.
    package let state: String
    /// What is approved; a decision names it.
    package let digest: String
    package let requestedBy: String
    package let requestedAt: String
    package let decidedBy: String?
    package let decidedAt: String?
    package let reason: String?
    package let expiresAt: String?
    /// Of a patch's approval.
    package let target: TargetSelector?
    /// Where several people have to approve: how many, and who has while others are waited for.
    package let approversNeeded: Int?
    package let approvers: [String]?
    /// In which roles one of them each has to, beside the approvers; absent for none.
    package let approverRoles: [String]?
    /// In which roles somebody is still waited for, where there is more than one to come.
    package let awaitedRoles: [String]?
    /// Of a patch's approval: how many assets it is for, by platform and by site.
    package let assets: Int?
    package let strata: [AssetCountResource]?
    package let sites: [AssetCountResource]?
    /// The emergency that it was asked for in.
    package let emergency: String?
    /// The standing approval that stood in for a person, and who gave that.
    package let standing: String?
    package let standingBy: [String]?

    package init(
        state: String, digest: String, requestedBy: String, requestedAt: String,
        decidedBy: String? = nil, decidedAt: String? = nil, reason: String? = nil,
        expiresAt: String? = nil, target: TargetSelector? = nil, approversNeeded: Int? = nil,
        approvers: [String]? = nil, approverRoles: [String]? = nil, awaitedRoles: [String]? = nil,
        assets: Int? = nil, strata: [AssetCountResource]? = nil,
        sites: [AssetCountResource]? = nil, emergency: String? = nil, standing: String? = nil,
        standingBy: [String]? = nil
    ) {
        self.state = state
        self.digest = digest
        self.requestedBy = requestedBy
        self.requestedAt = requestedAt
        self.decidedBy = decidedBy
        self.decidedAt = decidedAt
        self.reason = reason
        self.expiresAt = expiresAt
        self.target = target
        self.approversNeeded = approversNeeded
        self.approvers = approvers
        self.approverRoles = approverRoles
        self.awaitedRoles = awaitedRoles
        self.assets = assets
        self.strata = strata
        self.sites = sites
        self.emergency = emergency
        self.standing = standing
        self.standingBy = standingBy
    }
}
