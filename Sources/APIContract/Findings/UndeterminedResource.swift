/// `GET /assets/{id}/undetermined`: the vulnerabilities of which nobody can tell whether the asset has
/// them, by what was reported of it last and what the feeds say now. They open no findings.
package struct UndeterminedResource: Codable, Sendable, Equatable {
    package let asset: String
    package let name: String
    /// False where nothing can be told of it at all: nothing was reported, or of a system without
    /// advisories.
    package let isTold: Bool
    package let count: Int
    /// The first of them.
    package let data: [UndeterminedMatchResource]
    /// Packages of which no feed says anything at all: that they have no finding means nothing.
    package let uncovered: [UncoveredPackagesResource]
    package let position: Int64

    package init(
        asset: String, name: String, isTold: Bool, count: Int, data: [UndeterminedMatchResource],
        uncovered: [UncoveredPackagesResource] = [], position: Int64
    ) {
        self.asset = asset
        self.name = name
        self.isTold = isTold
        self.count = count
        self.data = data
        self.uncovered = uncovered
        self.position = position
    }
}

package struct UncoveredPackagesResource: Codable, Sendable, Equatable {
    /// Such as `Ubuntu:24.04`; left out where nobody knows of which system they are.
    package let ecosystem: String?
    package let packages: Int

    package init(ecosystem: String?, packages: Int) {
        self.ecosystem = ecosystem
        self.packages = packages
    }
}

package struct UndeterminedMatchResource: Codable, Sendable, Equatable {
    package let vulnerability: String
    package let ecosystem: String
    package let package: String
    package let version: String
    /// Why nobody can tell.
    package let reasons: [String]
    package let advisories: [String]
    /// The first version without it, where one is known.
    package let fixed: String?

    package init(
        vulnerability: String, ecosystem: String, package: String, version: String,
        reasons: [String], advisories: [String], fixed: String? = nil
    ) {
        self.vulnerability = vulnerability
        self.ecosystem = ecosystem
        self.package = package
        self.version = version
        self.reasons = reasons
        self.advisories = advisories
        self.fixed = fixed
    }
}
