/// `POST /assets:scan`: has hosts looked at; answers 202.
package struct ScanAssetsRequest: Codable, Sendable, Equatable {
    /// Ids; nil means all active ones.
    package let assets: [String]?
    /// Any of `inventory` and `updates`.
    package let what: [String]

    package init(assets: [String]? = nil, what: [String]) {
        self.assets = assets
        self.what = what
    }
}

/// How much was asked for.
package struct ScanAssetsResult: Codable, Sendable, Equatable {
    /// Scans, counted per asset and kind.
    package let requested: Int
    package let position: Int64

    package init(requested: Int, position: Int64) {
        self.requested = requested
        self.position = position
    }
}

/// `GET /offered-updates`: one version of one package that signed lists offer, and to whom.
package struct OfferedUpdateResource: Codable, Sendable, Equatable {
    package let name: String
    package let source: String
    package let architecture: String
    package let offeredVersion: String
    /// Such as `Debian:12.10/stable-security`.
    package let origin: String
    package let fromSecurityArchive: Bool
    package let sha256: String
    /// Of the package file, in bytes.
    package let size: Int
    package let assets: [OfferedToResource]

    package init(
        name: String, source: String, architecture: String, offeredVersion: String, origin: String,
        fromSecurityArchive: Bool, sha256: String, size: Int, assets: [OfferedToResource]
    ) {
        self.name = name
        self.source = source
        self.architecture = architecture
        self.offeredVersion = offeredVersion
        self.origin = origin
        self.fromSecurityArchive = fromSecurityArchive
        self.sha256 = sha256
        self.size = size
        self.assets = assets
    }
}

/// An asset that is offered an update.
package struct OfferedToResource: Codable, Sendable, Equatable {
    package let id: String
    package let name: String
    package let environment: String
    package let installedVersion: String

    package init(id: String, name: String, environment: String, installedVersion: String) {
        self.id = id
        self.name = name
        self.environment = environment
        self.installedVersion = installedVersion
    }
}
