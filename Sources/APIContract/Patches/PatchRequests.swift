/// `POST /patches`; answers 201.
package struct IdentifyPatchRequest: Codable, Sendable, Equatable {
    package let vendorId: String
    package let title: String
    package let kind: String
    package let purpose: String
    package let sourcePackage: String
    package let packages: [PackageResource]
    package let origin: String
    package let supersedes: [String]
    /// The patches that a service pack holds; nil for none.
    package let holds: [String]?

    package init(
        vendorId: String, title: String, kind: String, purpose: String, sourcePackage: String,
        packages: [PackageResource], origin: String, supersedes: [String] = [],
        holds: [String]? = nil
    ) {
        self.vendorId = vendorId
        self.title = title
        self.kind = kind
        self.purpose = purpose
        self.sourcePackage = sourcePackage
        self.packages = packages
        self.origin = origin
        self.supersedes = supersedes
        self.holds = holds
    }
}

/// `POST /patches/{id}:assess`.
package struct AssessPatchRequest: Codable, Sendable, Equatable {
    /// `urgent`, `important` or `nonCritical`; nil takes that of the findings that it mends.
    package let riskClass: String?
    /// Applicable assets; nil means those that are offered the patch.
    package let assets: [String]?
    package let services: [String]
    package let expectedDowntimeSeconds: Int
    package let rebootExpected: Bool
    package let effortMinutes: Int
    package let checks: ChecksResource
    /// Assets, by id, and services that depend on what the patch touches; nil for none.
    package let dependents: [String]?

    package init(
        riskClass: String? = nil, assets: [String]? = nil, services: [String],
        expectedDowntimeSeconds: Int, rebootExpected: Bool, effortMinutes: Int,
        checks: ChecksResource, dependents: [String]? = nil
    ) {
        self.riskClass = riskClass
        self.assets = assets
        self.services = services
        self.expectedDowntimeSeconds = expectedDowntimeSeconds
        self.rebootExpected = rebootExpected
        self.effortMinutes = effortMinutes
        self.checks = checks
        self.dependents = dependents
    }
}

/// `POST /patches/{id}:acquire`; answers 202.
package struct AcquirePatchRequest: Codable, Sendable, Equatable {
    /// Through whose signed lists the patch is downloaded.
    package let referenceAsset: String

    package init(referenceAsset: String) {
        self.referenceAsset = referenceAsset
    }
}

/// `POST /patches/{id}:test`; answers 202.
package struct TestPatchRequest: Codable, Sendable, Equatable {
    /// Lab assets, which together cover every platform stratum of the targets; empty leaves the
    /// choice to the server.
    package let sample: [String]
    /// A command probe of the policy that puts a load on each host.
    package let stress: String?
    /// Probes of the policy that each host is asked by while the patch is installed.
    package let probes: [String]?
    /// One lab host is enough, while an emergency is in force for the patch.
    package let smoke: Bool?

    package init(
        sample: [String], stress: String? = nil, probes: [String]? = nil, smoke: Bool? = nil
    ) {
        self.sample = sample
        self.stress = stress
        self.probes = probes
        self.smoke = smoke
    }
}

/// `POST /patches/{id}:submit`: asks for approval.
package struct SubmitPatchRequest: Codable, Sendable, Equatable {
    package let target: TargetSelector
    /// Until when the approval is good; nil takes the policy's.
    package let expiresInSeconds: Int?

    package init(target: TargetSelector, expiresInSeconds: Int? = nil) {
        self.target = target
        self.expiresInSeconds = expiresInSeconds
    }
}

/// Which assets: all that match every field that is there.
package struct TargetSelector: Codable, Sendable, Equatable {
    package let environment: String?
    package let group: String?
    package let site: String?
    package let assets: [String]?

    package init(
        environment: String? = nil, group: String? = nil, site: String? = nil,
        assets: [String]? = nil
    ) {
        self.environment = environment
        self.group = group
        self.site = site
        self.assets = assets
    }
}

/// `POST /patches/{id}:approve`.
package struct ApprovePatchRequest: Codable, Sendable, Equatable {
    /// Of exactly what was read; another one is refused as stale.
    package let digest: String
    package let reason: String
    /// In which of the caller's roles; nil for the first that is waited for.
    package let role: String?

    package init(digest: String, reason: String, role: String? = nil) {
        self.digest = digest
        self.reason = reason
        self.role = role
    }
}

/// `POST /rollouts/{id}:approve`.
package struct ApproveRequest: Codable, Sendable, Equatable {
    /// Of exactly what was read; another one is refused as stale.
    package let digest: String
    package let reason: String

    package init(digest: String, reason: String) {
        self.digest = digest
        self.reason = reason
    }
}
