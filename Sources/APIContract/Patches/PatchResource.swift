/// A patch as `GET /patches` lists it and `GET /patches/{id}` shows it.
package struct PatchResource: Codable, Sendable, Equatable {
    /// `pa_` and a UUID.
    package let id: String
    /// The vendor's own name for it; unique.
    package let vendorId: String
    package let title: String
    /// `patch`, `hotfix`, `update`, `servicePack` or `firmware`.
    package let kind: String
    /// `security`, `bugFix` or `feature`.
    package let purpose: String
    package let sourcePackage: String
    package let origin: String
    /// Of the patch lifecycle, such as `awaitingApproval`.
    package let state: String
    /// `urgent`, `important` or `nonCritical`; nil until assessed.
    package let riskClass: String?
    /// With digest and size once acquired.
    package let packages: [PackageResource]
    package let supersedes: [String]
    package let assessment: AssessmentResource?
    /// What was acquired; nil before.
    package let artefactDigest: String?
    /// What advisories say of the versions that it brings; nil before they were looked at.
    package let flaws: PatchFlawsResource?
    package let qualification: QualificationResource?
    package let signedOffBy: String?
    package let approval: ApprovalResource?
    package let counts: PatchCounts
    package let rollouts: [RolloutSummaryResource]
    package let identifiedAt: String
    /// When it first was assessed, tested with success, and approved; nil before.
    package let assessedAt: String?
    package let qualifiedAt: String?
    package let approvedAt: String?
    /// The patches that a service pack holds; nil for none, as in all that follow.
    package let holds: [String]?
    /// What a vendor's set was put together from.
    package let parts: [PatchPartResource]?
    /// The patches of a bundle.
    package let members: [PatchPartResource]?
    /// The service pack that it is in.
    package let pack: PackMembershipResource?
    /// What it broke.
    package let introducedFlaws: [IntroducedFlawResource]?
    /// What others broke, and it mends.
    package let mends: [MendedFlawResource]?
    /// Live exceptions that together are for all of its assets.
    package let exceptions: [String]?
    /// The emergency that it is under.
    package let emergency: PatchEmergencyResource?
    /// What is open that it mends; nil when there is nothing.
    package let due: PatchDueResource?
    package let changedAt: String
    package let version: Int

    package init(
        id: String, vendorId: String, title: String, kind: String, purpose: String,
        sourcePackage: String, origin: String, state: String, riskClass: String? = nil,
        packages: [PackageResource], supersedes: [String] = [],
        assessment: AssessmentResource? = nil, artefactDigest: String? = nil,
        flaws: PatchFlawsResource? = nil,
        qualification: QualificationResource? = nil, signedOffBy: String? = nil,
        approval: ApprovalResource? = nil, counts: PatchCounts,
        rollouts: [RolloutSummaryResource] = [], identifiedAt: String,
        assessedAt: String? = nil, qualifiedAt: String? = nil, approvedAt: String? = nil,
        holds: [String]? = nil, parts: [PatchPartResource]? = nil,
        members: [PatchPartResource]? = nil,
        pack: PackMembershipResource? = nil, introducedFlaws: [IntroducedFlawResource]? = nil,
        mends: [MendedFlawResource]? = nil, exceptions: [String]? = nil,
        emergency: PatchEmergencyResource? = nil,
        due: PatchDueResource? = nil, changedAt: String, version: Int
    ) {
        self.id = id
        self.vendorId = vendorId
        self.title = title
        self.kind = kind
        self.purpose = purpose
        self.sourcePackage = sourcePackage
        self.origin = origin
        self.state = state
        self.riskClass = riskClass
        self.packages = packages
        self.supersedes = supersedes
        self.assessment = assessment
        self.artefactDigest = artefactDigest
        self.flaws = flaws
        self.qualification = qualification
        self.signedOffBy = signedOffBy
        self.approval = approval
        self.counts = counts
        self.rollouts = rollouts
        self.identifiedAt = identifiedAt
        self.assessedAt = assessedAt
        self.qualifiedAt = qualifiedAt
        self.approvedAt = approvedAt
        self.holds = holds
        self.parts = parts
        self.members = members
        self.pack = pack
        self.introducedFlaws = introducedFlaws
        self.mends = mends
        self.exceptions = exceptions
        self.emergency = emergency
        self.due = due
        self.changedAt = changedAt
        self.version = version
    }
}

/// The open findings that a patch mends on the assets that it applies to.
package struct PatchDueResource: Codable, Sendable, Equatable {
    /// The earliest of theirs; nil when none is classified yet.
    package let deadline: String?
    package let findings: Int
    /// That have one of them.
    package let assets: Int

    package init(deadline: String? = nil, findings: Int, assets: Int) {
        self.deadline = deadline
        self.findings = findings
        self.assets = assets
    }
}

/// A binary package in one version; with digest and size where it is pinned.
package struct PackageResource: Codable, Sendable, Equatable {
    package let name: String
    package let architecture: String
    package let version: String
    package let sha256: String?
    package let size: Int?

    package init(
        name: String, architecture: String, version: String, sha256: String? = nil,
        size: Int? = nil
    ) {
        self.name = name
        self.architecture = architecture
        self.version = version
        self.sha256 = sha256
        self.size = size
    }
}

/// Assets by what the patch is to them.
package struct PatchCounts: Codable, Sendable, Equatable {
    package let applicable: Int
    /// In any rollout of the patch.
    package let targets: Int
    package let verified: Int
    package let failed: Int
    /// In a rollout, without an outcome yet.
    package let open: Int

    package init(applicable: Int, targets: Int, verified: Int, failed: Int, open: Int) {
        self.applicable = applicable
        self.targets = targets
        self.verified = verified
        self.failed = failed
        self.open = open
    }
}

/// What the analyst said, to be seen at the approval.
package struct AssessmentResource: Codable, Sendable, Equatable {
    package let assets: Int
    /// SHA-256 of the list of their ids.
    package let assetsDigest: String
    /// Platform strata of the applicable assets: system, version, architecture.
    package let strata: [String]
    package let services: [String]
    package let expectedDowntimeSeconds: Int
    package let rebootExpected: Bool
    package let effortMinutes: Int
    package let checks: ChecksResource
    /// Assets, by id, and services that depend on what the patch touches; nil for none.
    package let dependents: [String]?

    package init(
        assets: Int, assetsDigest: String, strata: [String], services: [String],
        expectedDowntimeSeconds: Int,
        rebootExpected: Bool, effortMinutes: Int, checks: ChecksResource,
        dependents: [String]? = nil
    ) {
        self.assets = assets
        self.assetsDigest = assetsDigest
        self.strata = strata
        self.services = services
        self.expectedDowntimeSeconds = expectedDowntimeSeconds
        self.rebootExpected = rebootExpected
        self.effortMinutes = effortMinutes
        self.checks = checks
        self.dependents = dependents
    }
}

/// What must hold for a patch to be in effect.
package struct ChecksResource: Codable, Sendable, Equatable {
    package let packages: [String]
    package let services: [String]
    /// For `/bin/sh -c` on the host; exit 0 is good.
    package let command: String?

    package init(packages: [String], services: [String] = [], command: String? = nil) {
        self.packages = packages
        self.services = services
        self.command = command
    }
}

/// A rollout of a patch, in the patch.
package struct RolloutSummaryResource: Codable, Sendable, Equatable {
    package let id: String
    package let state: String
    package let targets: Int
    package let verified: Int
    package let failed: Int
    package let open: Int

    package init(id: String, state: String, targets: Int, verified: Int, failed: Int, open: Int) {
        self.id = id
        self.state = state
        self.targets = targets
        self.verified = verified
        self.failed = failed
        self.open = open
    }
}
