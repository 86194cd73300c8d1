package import EventSourcing

/// The paths on which policies of several scopes meet, as far as they can be looked at.
package struct PolicyCrossings: Sendable, Equatable {
    package let paths: [PolicyPath]
    /// There are more than `most`, and the rest was left out.
    package let isCut: Bool

    package static let most = 2000

    /// Of each site with each group, and of assets.
    ///
    /// - Parameters:
    ///   - sites: nil for those without a policy.
    ///   - groups: Likewise.
    package init(sites: [String?], groups: [String?], assets: [PolicyPath]) {
        var paths = Array(assets.prefix(Self.most))
        for site in sites where paths.count < Self.most {
            for group in groups where paths.count < Self.most {
                paths.append(PolicyPath(site: site, group: group))
            }
        }
        self.paths = paths
        isCut = sites.count * groups.count + assets.count > Self.most
    }

    /// Where the policy of `scope` meets those of others.
    ///
    /// - Parameter assets: All that have policies of their own.
    package init(of scope: PolicyScope, in book: PolicyBook, assets: [PolicyPath]) {
        let assets = assets.filter { $0.scopes.contains(scope) }
        switch scope {
        case .account: self.init(sites: book.sites, groups: book.groups, assets: assets)
        case .site(let name): self.init(sites: [name], groups: book.groups, assets: assets)
        case .group(let name): self.init(sites: book.sites, groups: [name], assets: assets)
        case .asset: self.init(sites: [], groups: [], assets: assets)
        }
    }
}

extension PolicyBook {
    /// nil for all sites without a policy, and those with one.
    package var sites: [String?] {
        [nil]
            + policies.keys.compactMap { scope in
                if case .site(let name) = scope { name } else { nil }
            }.sorted()
    }

    /// nil for all groups without a policy, and those with one.
    package var groups: [String?] {
        [nil]
            + policies.keys.compactMap { scope in
                if case .group(let name) = scope { name } else { nil }
            }.sorted()
    }

    /// Those that have policies of their own.
    package var assets: [StreamID] {
        policies.keys.compactMap { scope in
            if case .asset(let id) = scope { id } else { nil }
        }.sorted()
    }
}
