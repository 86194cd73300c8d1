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

    /// What is different in the policy that the targets of `plan` share: it was planned by another.
    func changedPolicy(
        since plan: RolloutPlan, _ targets: [AssetRegistration]
    ) async throws -> [String] {
        guard let planned = plan.policy else { return [] }
        do {
            let (_, pin) = try await rolloutPolicy(on: targets.map { PolicyPath($0) })
            guard pin.digest != planned.digest else { return [] }
            return [
                "the policy for rollouts has version \(pin.version), and version "
                    + "\(planned.version) when it was planned"
            ]
        } catch let error as InvalidInput {
            return [error.message]
        }
    }

    private static func name(of path: PolicyPath) -> String {
        path.scopes.dropFirst().map(\.description).joined(separator: " with ")
    }
}
