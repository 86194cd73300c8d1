import APIContract
import ArgumentParser

/// Assets by what they are, those that come later included.
struct GroupOptions: ParsableArguments, Sendable {
    @Option(
        name: .customLong("environment"),
        help: "All assets of this environment: lab, staging or production; may be repeated.")
    var environments: [String] = []

    @Option(
        name: .customLong("site"),
        help: "Of the environment only those at this site; may be repeated.")
    var sites: [String] = []

    @Option(
        name: .customLong("group"),
        help: "Of the environment only those of this group; may be repeated.")
    var groups: [String] = []

    /// - Throws: A usage failure for a site or a group without an environment.
    func selector() throws -> AssetGroupSelector? {
        guard !environments.isEmpty else {
            if let name = (sites + groups).first {
                throw ClientFailure.usage(
                    "'\(name)' needs its environment beside it: --environment lab, staging or "
                        + "production")
            }
            return nil
        }
        return AssetGroupSelector(environments: environments, sites: sites, groups: groups)
    }
}

extension AssetGroupSelector {
    /// `production at north, south in web`.
    var words: String {
        var words = environments.joined(separator: ", ")
        if let sites, !sites.isEmpty { words += " at \(sites.joined(separator: ", "))" }
        if let groups, !groups.isEmpty { words += " in \(groups.joined(separator: ", "))" }
        return words
    }
}
