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

    /// Where the policy of `scope` meets those of others. Of scopes that say the same where fields
    /// have to fit to each other, the first stands for all: hundreds of sites with the same deadlines
    /// are one.
    ///
    /// - Parameter assets: All that have policies of their own.
    package init(of scope: PolicyScope, in book: PolicyBook, assets: [PolicyPath]) {
        var known: Set<[Digest]> = []
        let assets = assets.filter { path in
            path.scopes.contains(scope)
                && known.insert(path.scopes.map { book.meeting(in: $0) }).inserted
        }
        switch scope {
        case .account:
            self.init(
                sites: book.distinctSites, groups: book.distinctGroups, assets: assets)
        case .site(let name):
            self.init(sites: [name], groups: book.distinctGroups, assets: assets)
        case .group(let name):
            self.init(sites: book.distinctSites, groups: [name], assets: assets)
        case .asset: self.init(sites: [], groups: [], assets: assets)
        }
    }
}

extension PolicyField {
    /// Whether a rule asks how it fits to other fields: see `EffectivePolicy.faults`.
    var meetsOthers: Bool {
        switch self {
        case .slaUrgent, .slaImportant, .slaImportantByScore, .slaNonCritical, .slaNextUpgrade,
            .retryFirstDelay, .retryLongestDelay:
            true
        default: rawValue.hasPrefix("rollout.gate.")
        }
    }
}

extension PolicyBook {
    /// What the scope's policy says of the fields that have to fit to others.
    fileprivate func meeting(in scope: PolicyScope) -> Digest {
        PolicyDocument((policies[scope]?.document.values ?? [:]).filter { $0.key.meetsOthers })
            .digest
    }

    /// The first site of those that say the same; nil for those without a policy.
    fileprivate var distinctSites: [String?] { distinct(sites) { .site($0) } }

    fileprivate var distinctGroups: [String?] { distinct(groups) { .group($0) } }

    private func distinct(
        _ names: [String?], _ scope: (String) -> PolicyScope
    ) -> [String?] {
        var known: Set<Digest> = []
        return names.filter { name in
            known.insert(name.map { meeting(in: scope($0)) } ?? PolicyDocument().digest).inserted
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
