internal import EventSourcing
internal import PatchManagement

extension UseCases {
    /// How many people have to approve a patch of that class for assets on these paths: as many as the
    /// strictest of their policies asks for.
    func approvers(on paths: [PolicyPath], _ riskClass: RiskClass?) async throws -> Int {
        guard let riskClass else { return 1 }
        return try await patchPolicies(on: paths).map { $0.approvers(of: riskClass) }.max() ?? 1
    }

    /// Which standing approvals may be used for assets on these paths: those that all of their
    /// policies allow.
    func standingPolicy(on paths: [PolicyPath]) async throws -> StandingPolicy {
        .strictest(
            of: try await patchPolicies(on: paths).map { $0.standing ?? StandingPolicy() })
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

    /// The policies of assets on these paths, each once.
    private func patchPolicies(on paths: [PolicyPath]) async throws -> [PatchPolicy] {
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
        return ways.map { book.effective(for: $0).patch }
    }
}
