/// An asset as `GET /assets` lists it and `GET /assets/{id}` shows it.
package struct AssetResource: Codable, Sendable, Equatable {
    /// `as_` and a UUID.
    package let id: String
    package let name: String
    package let address: String
    package let port: Int
    package let user: String
    /// `lab`, `staging` or `production`.
    package let environment: String
    package let group: String?
    package let site: String?
    package let owner: String?
    /// `low`, `medium`, `high` or `veryHigh`.
    package let criticality: String
    /// What is known besides; nil until somebody has said it.
    package let attributes: AssetAttributesResource?
    /// `internal`, `controlled` or `public`.
    package let exposure: String
    /// `active` or `decommissioned`.
    package let state: String
    /// Nothing is known of the system before the first report.
    package let osName: String?
    package let osVersion: String?
    package let architecture: String?
    package let kernel: String?
    package let packageCount: Int?
    /// SHA-256 of the inventory's document.
    package let reportDigest: String?
    package let reportedAt: String?
    /// How many updates its signed lists offer.
    package let offers: Int
    package let securityOffers: Int
    /// Scans that were asked for and have no result yet.
    package let openScans: Int
    /// The last scan's failure, until a scan succeeds.
    package let lastFailure: ScanFailureResource?
    /// `never` before the first report, `current`, or `overdue` when it has been silent for too long;
    /// nil, as the two that follow, from a server that doesn't tell yet.
    package let reporting: String?
    package let registeredAt: String?
    /// When it, or others about it, reported last; nil before.
    package let heardAt: String?
    /// What others than the host say of it, the last of each; nil before anybody did.
    package let reports: [AssetReportResource]?
    /// Findings for which it is to be examined before it is changed: nothing begins on it. nil for none.
    package let heldFor: [String]?
    /// Which instance of a cloud it is; nil for none.
    package let cloud: AssetCloudResource?
    /// The image whose reports it takes for its own: of an ephemeral asset.
    package let runsImage: String?
    /// The image that it is.
    package let providesImage: String?
    /// Ids of the asset in whose place it stands, and of the one that stands in its own.
    package let replaces: String?
    package let replacedBy: String?
    /// Where group, owner, site, environment and criticality come from: `given`, or `rule` and its
    /// name; what isn't in it has its usual value. nil of one that knows no rules yet.
    package let origins: [String: String]?
    package let version: Int

    package init(
        id: String, name: String, address: String, port: Int, user: String, environment: String,
        group: String? = nil, site: String? = nil, owner: String? = nil, criticality: String,
        attributes: AssetAttributesResource? = nil, exposure: String, state: String,
        osName: String? = nil, osVersion: String? = nil,
        architecture: String? = nil, kernel: String? = nil, packageCount: Int? = nil,
        reportDigest: String? = nil, reportedAt: String? = nil, offers: Int = 0,
        securityOffers: Int = 0, openScans: Int = 0, lastFailure: ScanFailureResource? = nil,
        reporting: String? = nil, registeredAt: String? = nil, heardAt: String? = nil,
        reports: [AssetReportResource]? = nil, heldFor: [String]? = nil,
        cloud: AssetCloudResource? = nil, runsImage: String? = nil, providesImage: String? = nil,
        replaces: String? = nil, replacedBy: String? = nil, origins: [String: String]? = nil,
        version: Int
    ) {
        self.id = id
        self.name = name
        self.address = address
        self.port = port
        self.user = user
        self.environment = environment
        self.group = group
        self.site = site
        self.owner = owner
        self.criticality = criticality
        self.attributes = attributes
        self.exposure = exposure
        self.state = state
        self.osName = osName
        self.osVersion = osVersion
        self.architecture = architecture
        self.kernel = kernel
        self.packageCount = packageCount
        self.reportDigest = reportDigest
        self.reportedAt = reportedAt
        self.offers = offers
        self.securityOffers = securityOffers
        self.openScans = openScans
        self.lastFailure = lastFailure
        self.reporting = reporting
        self.registeredAt = registeredAt
        self.heardAt = heardAt
        self.reports = reports
        self.heldFor = heldFor
        self.cloud = cloud
        self.runsImage = runsImage
        self.providesImage = providesImage
        self.replaces = replaces
        self.replacedBy = replacedBy
        self.origins = origins
        self.version = version
    }
}

/// What is known of an asset besides its registration; empty texts and lists are what nobody has
/// said.
package struct AssetAttributesResource: Codable, Sendable, Equatable {
    /// `machine`, `network-device`, `embedded-device`, `cloud-instance`, `application`, `firmware` or
    /// `image`.
    package let kind: String
    package let location: String
    package let os: String
    package let osVersion: String
    package let architecture: String
    package let hardwareModel: String
    package let addresses: [String]
    package let failureDomain: String
    package let complianceScopes: [String]
    /// What it was started from; of an image, what it is. nil, as those that follow, where nobody has
    /// said it.
    package let image: String?
    /// It is replaced rather than patched.
    package let isEphemeral: Bool?
    package let firmwareVersion: String?

    package init(
        kind: String, location: String = "", os: String = "", osVersion: String = "",
        architecture: String = "", hardwareModel: String = "", addresses: [String] = [],
        failureDomain: String = "", complianceScopes: [String] = [], image: String? = nil,
        isEphemeral: Bool? = nil, firmwareVersion: String? = nil
    ) {
        self.kind = kind
        self.location = location
        self.os = os
        self.osVersion = osVersion
        self.architecture = architecture
        self.hardwareModel = hardwareModel
        self.addresses = addresses
        self.failureDomain = failureDomain
        self.complianceScopes = complianceScopes
        self.image = image
        self.isEphemeral = isEphemeral
        self.firmwareVersion = firmwareVersion
    }
}

/// An instance as the list of its cloud's account showed it last.
package struct AssetCloudResource: Codable, Sendable, Equatable {
    /// `aws`, `azure`, `gcp` or `generic`.
    package let provider: String
    package let account: String
    package let region: String?
    /// The provider's id of it.
    package let instance: String
    /// `running`, `stopped` or `unknown`; `gone` when the list has it no longer.
    package let state: String
    package let name: String?
    package let zone: String?
    package let group: String?
    package let image: String?
    package let addresses: [String]
    package let hostNames: [String]
    /// By what it was found: `instance`, `address` or `hostName`.
    package let match: String

    package init(
        provider: String, account: String, region: String? = nil, instance: String, state: String,
        name: String? = nil, zone: String? = nil, group: String? = nil, image: String? = nil,
        addresses: [String] = [], hostNames: [String] = [], match: String
    ) {
        self.provider = provider
        self.account = account
        self.region = region
        self.instance = instance
        self.state = state
        self.name = name
        self.zone = zone
        self.group = group
        self.image = image
        self.addresses = addresses
        self.hostNames = hostNames
        self.match = match
    }
}

/// Why the last scan of an asset failed.
package struct ScanFailureResource: Codable, Sendable, Equatable {
    package let cause: String
    package let detail: String
    package let at: String

    package init(cause: String, detail: String, at: String) {
        self.cause = cause
        self.detail = detail
        self.at = at
    }
}
