internal import EventSourcing
internal import PatchManagement

extension UseCases {
    /// How many people have to approve a patch of that class for assets on these paths: as many as the
    /// strictest of their policies asks for.
    func approvers(on paths: [PolicyPath], _ riskClass: RiskClass?) async throws -> Int {
        guard let riskClass else { return 1 }
        // A policy that was published just now counts as well.
        _ = try await position(Moment(minPosition: try await store.head()))
        let own = Set(try await policyScopes(level: .asset))
        let ways = Set(
            paths.map { path in
                var way = path
                // Without a policy of its own an asset is like its neighbours.
                if let asset = path.asset, !own.contains(.asset(asset)) { way.asset = nil }
                return way
            })
        let scopes = Set(ways.flatMap(\.scopes)).union([.account])
        let book = try await policyBook(of: Array(scopes))
        return ways.map { book.effective(for: $0).patch.approvers(of: riskClass) }.max() ?? 1
    }
}
