internal import EventSourcing
internal import PatchManagement

extension UseCases {
    /// How many people have to approve a patch of that class for assets on these paths: as many as the
    /// strictest of their policies asks for.
    func approvers(on paths: [PolicyPath], _ riskClass: RiskClass?) async throws -> Int {
        guard let riskClass else { return 1 }
        let assets = try await policyBook(level: .asset)
        let ways = Set(
            paths.map { path in
                var way = path
                // Without a policy of its own an asset is like its neighbours.
                if let asset = path.asset, assets.policies[.asset(asset)] == nil { way.asset = nil }
                return way
            })
        let scopes = Set(ways.flatMap(\.scopes)).union([.account])
        let book = try await policyBook(of: Array(scopes))
        return ways.map { book.effective(for: $0).patch.approvers(of: riskClass) }.max() ?? 1
    }
}
