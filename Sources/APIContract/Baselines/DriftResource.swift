/// `GET /baselines/{id}/drift`: what the assets of a kind run, held against their baseline.
package struct DriftResource: Codable, Sendable, Equatable {
    package let baseline: String
    package let kind: String
    /// Active assets of the kind that have reported what they run.
    package let assets: Int
    /// Those of them that don't differ from it.
    package let assetsOnBaseline: Int
    /// Active assets of the kind that have reported nothing yet.
    package let assetsUnreported: Int
    /// How many there are; `drifts` has the first of them, by the asset's name and the package.
    package let driftCount: Int
    package let drifts: [DriftLine]
    /// How many packages there are; `packages` has the first of them, those with the most versions
    /// first.
    package let packageCount: Int
    package let packages: [PackageSpreadResource]
    /// Of the log, which the report is of.
    package let position: Int64

    package init(
        baseline: String, kind: String, assets: Int, assetsOnBaseline: Int, assetsUnreported: Int,
        driftCount: Int, drifts: [DriftLine], packageCount: Int, packages: [PackageSpreadResource],
        position: Int64
    ) {
        self.baseline = baseline
        self.kind = kind
        self.assets = assets
        self.assetsOnBaseline = assetsOnBaseline
        self.assetsUnreported = assetsUnreported
        self.driftCount = driftCount
        self.drifts = drifts
        self.packageCount = packageCount
        self.packages = packages
        self.position = position
    }
}

/// How an asset differs from its baseline in one package.
package struct DriftLine: Codable, Sendable, Equatable {
    package let asset: String
    package let assetName: String
    package let package: String
    package let architecture: String?
    /// nil when it is missing.
    package let installed: String?
    package let standard: String
    /// `behind`, `ahead`, `missing`, or `unreadable` by the rules of the baseline's versions.
    package let direction: String

    package init(
        asset: String, assetName: String, package: String, architecture: String? = nil,
        installed: String? = nil, standard: String, direction: String
    ) {
        self.asset = asset
        self.assetName = assetName
        self.package = package
        self.architecture = architecture
        self.installed = installed
        self.standard = standard
        self.direction = direction
    }
}

/// One package over the assets of a report.
package struct PackageSpreadResource: Codable, Sendable, Equatable {
    package let package: String
    /// `14 versions of openssl; standard is 3.0.2-1`.
    package let summary: String
    /// The newest first.
    package let versions: [PackageVersionCount]
    /// Those that have the package.
    package let assets: Int
    /// nil when the baseline doesn't name it.
    package let standard: String?
    /// Those that have the standard, and no other version beside it.
    package let onStandard: Int?

    package init(
        package: String, summary: String, versions: [PackageVersionCount], assets: Int,
        standard: String? = nil, onStandard: Int? = nil
    ) {
        self.package = package
        self.summary = summary
        self.versions = versions
        self.assets = assets
        self.standard = standard
        self.onStandard = onStandard
    }
}

/// How many assets have one version of a package.
package struct PackageVersionCount: Codable, Sendable, Equatable {
    package let version: String
    package let assets: Int

    package init(version: String, assets: Int) {
        self.version = version
        self.assets = assets
    }
}
