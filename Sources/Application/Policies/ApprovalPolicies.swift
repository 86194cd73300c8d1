internal import EventSourcing
internal import PatchManagement

extension UseCases {
    /// Who has to approve a patch of that class for these assets: what the policies of all of them ask
    /// for together.
    func approval(
        of riskClass: RiskClass?, for targets: [AssetRegistration]
    ) async throws -> ApprovalNeed {
        guard let riskClass else { return ApprovalNeed() }
        // A policy that was published just now counts as well.
        _ = try await position(Moment(minPosition: try await store.head()))
        let own = Set(try await policyScopes(level: .asset))
        let ways = targets.reduce(into: [PolicyPath: Set<Criticality>]()) { ways, target in
            var way = PolicyPath(target)
            // Without a policy of its own an asset is like its neighbours.
            if let asset = way.asset, !own.contains(.asset(asset)) { way.asset = nil }
            ways[way, default: []].insert(target.criticality)
        }
        let scopes = Set(ways.keys.flatMap(\.scopes)).union([.account])
        let book = try await policyBook(of: Array(scopes))
        return ways.reduce(ApprovalNeed()) { need, way in
            let policy = book.effective(for: way.key).patch
            return way.value.reduce(need) { need, criticality in
                need.union(policy.approval(of: riskClass, for: criticality))
            }
        }
    }
}
