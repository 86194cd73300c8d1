/// The last report of one source about an asset.
package struct AssetReportResource: Codable, Sendable, Equatable {
    /// Who says so, such as `trivy`.
    package let source: String
    package let format: String
    /// SHA-256 of the report's document.
    package let digest: String
    package let gatheredAt: String
    package let packages: Int
    /// Of them, those of an ecosystem that advisories are published for.
    package let matchable: Int
    package let products: Int
    package let openVulnerabilities: Int
    /// Entries of the whole report that could not be read.
    package let skipped: Int
    /// The asset that is the image which it was made of; nil for a report of the asset's own.
    package let image: String?

    package init(
        source: String, format: String, digest: String, gatheredAt: String, packages: Int,
        matchable: Int, products: Int, openVulnerabilities: Int, skipped: Int,
        image: String? = nil
    ) {
        self.source = source
        self.format = format
        self.digest = digest
        self.gatheredAt = gatheredAt
        self.packages = packages
        self.matchable = matchable
        self.products = products
        self.openVulnerabilities = openVulnerabilities
        self.skipped = skipped
        self.image = image
    }
}

/// `POST /assets:report`: takes in what somebody besides the hosts says of assets.
package struct ReportAssetsRequest: Codable, Sendable, Equatable {
    /// `dpkg-query`, `dpkg-status`, `rpm`, `apk-installed`, `apk-list`, `cyclonedx`, `spdx`,
    /// `osquery`, `trivy`, `grype`, `openvas`, `csv`, `device`, ...
    package let format: String
    /// Who says so; by default the format.
    package let source: String?
    /// Name, address or id of the asset that all of it is about; by default the report says it.
    package let asset: String?
    /// When what it says was seen, RFC 3339; by default now.
    package let gatheredAt: String?
    /// `ID` and `VERSION_ID` of os-release, for lists of packages that don't say it; by default those
    /// of the asset's last inventory.
    package let osName: String?
    package let osVersion: String?
    /// The report itself, or in `base64` where it is no UTF-8.
    package let text: String?
    package let base64: String?

    package init(
        format: String, source: String? = nil, asset: String? = nil, gatheredAt: String? = nil,
        osName: String? = nil, osVersion: String? = nil, text: String? = nil,
        base64: String? = nil
    ) {
        self.format = format
        self.source = source
        self.asset = asset
        self.gatheredAt = gatheredAt
        self.osName = osName
        self.osVersion = osVersion
        self.text = text
        self.base64 = base64
    }
}

package struct ReportAssetsResult: Codable, Sendable, Equatable {
    package let data: [ReportedAsset]
    /// Assets that the report names and nobody has registered: nothing was taken of them.
    package let unknown: [String]
    /// Assets of several for which it was refused, with the reason.
    package let refused: [String]
    /// What could not be read, with place and reason; the first ones.
    package let skipped: [String]
    package let skippedCount: Int
    package let position: Int64

    package init(
        data: [ReportedAsset], unknown: [String], refused: [String], skipped: [String],
        skippedCount: Int, position: Int64
    ) {
        self.data = data
        self.unknown = unknown
        self.refused = refused
        self.skipped = skipped
        self.skippedCount = skippedCount
        self.position = position
    }
}

package struct ReportedAsset: Codable, Sendable, Equatable {
    package let id: String
    package let name: String
    /// `taken`, or `confirmed` when its source had said the same before.
    package let outcome: String
    package let packages: Int
    package let matchable: Int
    package let products: Int
    package let openVulnerabilities: Int

    package init(
        id: String, name: String, outcome: String, packages: Int, matchable: Int, products: Int,
        openVulnerabilities: Int
    ) {
        self.id = id
        self.name = name
        self.outcome = outcome
        self.packages = packages
        self.matchable = matchable
        self.products = products
        self.openVulnerabilities = openVulnerabilities
    }
}
