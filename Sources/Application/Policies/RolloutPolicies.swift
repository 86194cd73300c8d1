internal import EventSourcing
internal import PatchManagement

extension UseCases {
    /// The policy that all targets of a rollout share, with its pin; the account's when there are no
    /// targets.
    ///
    /// - Throws: `InvalidInput` when there are several: a strict site is not loosened by being planned
    ///   together with another.
    func rolloutPolicy(on paths: [PolicyPath]) async throws -> (policy: Policy, pin: PolicyPin) {
        let assets = try await policyBook(level: .asset)
        var ways: Set<PolicyPath> = []
        for path in paths {
            var way = path
            // Without a policy of its own an asset is like its neighbours.
            if let asset = path.asset, assets.policies[.asset(asset)] == nil { way.asset = nil }
            ways.insert(way)
        }
        let scopes = Set(ways.flatMap(\.scopes)).union([.account])
        let book = try await policyBook(of: Array(scopes))
        let sorted = ways.sorted { Self.name(of: $0) < Self.name(of: $1) }
        let first = book.effective(for: sorted.first ?? PolicyPath())
        let policy = first.rollout
        for way in sorted.dropFirst() where book.effective(for: way).rollout != policy {
            throw InvalidInput(
                field: "target",
                message: "\(Self.name(of: sorted[0])) and \(Self.name(of: way)) have different "
                    + "policies for rollouts: plan one rollout for each")
        }
        return (policy, first.rolloutPin)
    }

    private static func name(of path: PolicyPath) -> String {
        path.scopes.dropFirst().map(\.description).joined(separator: " with ")
    }
}
