package import Advisories

/// A vulnerability of which nobody can tell whether an asset's package has it: it opens no finding,
/// and must be looked at.
package struct UndeterminedMatch: Sendable, Equatable {
    package let vulnerability: String
    package let package: Advisories.InstalledPackage
    /// Why nobody can tell, in words.
    package let reasons: [String]
    /// Ids of the advisories that say something of it.
    package let advisories: [String]
    package let fix: String?
}

extension ReportsOfAsset {
    /// The packages as advisories are matched with them; nil where nothing can be told of them.
    package var packagesToMatch: [Advisories.InstalledPackage]? { matchable }

    /// How many packages no advisory can be about, as what reported them doesn't say of which system
    /// they are, or of one that nobody publishes advisories for.
    package var unplacedPackages: Int {
        let own = inventory.map { $0.matchable == nil ? $0.packages.count : 0 } ?? 0
        return others.reduce(own) { $0 + $1.packages.count - $1.matchable.count }
    }
}

extension AdvisoryIndex {
    /// In the order of the packages. What is known of the project upstream alone counts no more here
    /// than in findings, where the distribution has a word of its own.
    package func undetermined(
        of packages: [Advisories.InstalledPackage]
    ) -> [UndeterminedMatch] {
        packages.flatMap { match($0) }.compactMap { match in
            guard case .undetermined(let reasons) = match.verdict, !match.isSuppressed,
                !(match.isByUpstreamOnly && covers(match.package.ecosystem))
            else { return nil }
            return UndeterminedMatch(
                vulnerability: match.vulnerability, package: match.package,
                reasons: reasons.map(\.description),
                advisories: Set(match.bases.map(\.advisory.id)).sorted(), fix: match.fix?.version)
        }
    }
}
