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
    package let position: Int64

    package init(
        asset: String, name: String, isTold: Bool, count: Int, data: [UndeterminedMatchResource],
        position: Int64
    ) {
        self.asset = asset
        self.name = name
        self.isTold = isTold
        self.count = count
        self.data = data
        self.position = position
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
