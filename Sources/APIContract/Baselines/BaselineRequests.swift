/// `POST /baselines`: makes or replaces the baseline of a kind of assets.
package struct SetBaselineRequest: Codable, Sendable, Equatable {
    /// The group of the assets, such as `web-server`, or what they are, such as `network-device`.
    package let kind: String
    /// Whose rules order the versions: `debian`, `redhat`, `alpine`, `semver`, `pypi`, `maven`, `npm`,
    /// `go`, `rubygems` or `nuget`.
    package let scheme: String
    package let standards: [PackageStandardResource]

    package init(kind: String, scheme: String, standards: [PackageStandardResource]) {
        self.kind = kind
        self.scheme = scheme
        self.standards = standards
    }
}

/// The version of a package that a baseline asks for.
package struct PackageStandardResource: Codable, Sendable, Equatable {
    package let name: String
    package let version: String
    /// An asset without the package is off the baseline, too; false when left out.
    package let isRequired: Bool?

    package init(name: String, version: String, isRequired: Bool? = nil) {
        self.name = name
        self.version = version
        self.isRequired = isRequired
    }
}
