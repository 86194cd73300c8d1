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
    package let version: Int

    package init(
        id: String, name: String, address: String, port: Int, user: String, environment: String,
        group: String? = nil, site: String? = nil, owner: String? = nil, criticality: String,
        exposure: String, state: String, osName: String? = nil, osVersion: String? = nil,
        architecture: String? = nil, kernel: String? = nil, packageCount: Int? = nil,
        reportDigest: String? = nil, reportedAt: String? = nil, offers: Int = 0,
        securityOffers: Int = 0, openScans: Int = 0, lastFailure: ScanFailureResource? = nil,
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
        self.version = version
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
