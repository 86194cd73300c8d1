internal import EventSourcing
internal import PatchManagement

extension UseCases {
    /// Who has to approve a patch of that class for these assets: what the policies of all of them ask
    /// for together.
    func approval(
        of riskClass: RiskClass?, for targets: [AssetRegistration]
    ) async throws -> ApprovalNeed {
        guard let riskClass else { return ApprovalNeed() }
        let criticalities = targets.reduce(into: [PolicyPath: Set<Criticality>]()) { all, target in
            all[PolicyPath(target), default: []].insert(target.criticality)
        }
        let policies = try await patchPolicies(on: Array(criticalities.keys))
        return criticalities.reduce(ApprovalNeed()) { need, met in
            guard let policy = policies[met.key] else { return need }
            return met.value.reduce(need) { need, criticality in
                need.union(policy.approval(of: riskClass, for: criticality))
            }
        }
    }

    /// Which standing approvals may be used for assets on these paths: those that all of their
    /// policies allow.
    func standingPolicy(on paths: [PolicyPath]) async throws -> StandingPolicy {
        .strictest(
            of: try await patchPolicies(on: paths).values.map { $0.standing ?? StandingPolicy() })
    }

    /// Which standing approvals may be given for the assets that `selector` chooses, those that come
    /// later among them.
    ///
    /// - Throws: `InvalidInput` when it meets more policies than can be looked at.
    func standingPolicy(for selector: TargetSelector) async throws -> StandingPolicy {
        _ = try await position(Moment(minPosition: try await store.head()))
        let book = try await policyBook()
        let own = try await assetsWithPolicies(in: book).filter { selector.matches($0) }
        let crossings = PolicyCrossings(
            sites: selector.sites.isEmpty ? book.sites : selector.sites,
            groups: selector.groups.isEmpty ? book.groups : selector.groups,
            assets: own.map { PolicyPath($0) })
        guard !crossings.isCut else {
            throw InvalidInput(
                field: "target",
                message: "more than \(PolicyCrossings.most) policies count in it: name fewer sites "
                    + "or groups")
        }
        let paths = crossings.paths.isEmpty ? [PolicyPath()] : crossings.paths
        return .strictest(
            of: paths.map { book.effective(for: $0).patch.standing ?? StandingPolicy() })
    }

    /// The policy of patches for assets on each of these paths.
    private func patchPolicies(on paths: [PolicyPath]) async throws -> [PolicyPath: PatchPolicy] {
        // A policy that was published just now counts as well.
        _ = try await position(Moment(minPosition: try await store.head()))
        let own = Set(try await policyScopes(level: .asset))
        let ways = paths.reduce(into: [PolicyPath: PolicyPath]()) { ways, path in
            var way = path
            // Without a policy of its own an asset is like its neighbours.
            if let asset = path.asset, !own.contains(.asset(asset)) { way.asset = nil }
            ways[path] = way
        }
        let different = Set(ways.values)
        let scopes = Set(different.flatMap(\.scopes)).union([.account])
        let book = try await policyBook(of: Array(scopes))
        let policies = different.reduce(into: [PolicyPath: PatchPolicy]()) { policies, way in
            policies[way] = book.effective(for: way).patch
        }
        return ways.compactMapValues { policies[$0] }
    }
}
