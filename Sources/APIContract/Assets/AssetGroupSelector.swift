/// Assets by what they are: all that match every list that isn't empty.
package struct AssetGroupSelector: Codable, Sendable, Equatable {
    /// `lab`, `staging` or `production`; one at least.
    package let environments: [String]
    /// Empty for all, as are groups.
    package let sites: [String]?
    package let groups: [String]?

    package init(environments: [String], sites: [String]? = nil, groups: [String]? = nil) {
        self.environments = environments
        self.sites = sites
        self.groups = groups
    }
}
