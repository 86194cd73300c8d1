internal import EventSourcing
package import PatchManagement

extension UseCases {
    /// By which an exception for `scope` is requested: the policy of the asset that it is for; the
    /// strictest where they are several, those that may come into its group one day among them.
    ///
    /// - Throws: `InvalidInput` when its group meets more policies than can be looked at.
    package func exceptionPolicy(for scope: ExceptionScope) async throws -> ExceptionPolicy {
        let book = try await policyBook()
        // What most have: nothing but one for all.
        guard book.policies.keys.contains(where: { $0 != .account }) else {
            return book.effective(for: PolicyPath()).exceptions
        }
        var ways = Set(
            try await registrations(of: try await assets(in: scope)).map { registration in
                var way = PolicyPath(registration)
                // Without a policy of its own an asset is like its neighbours.
                if book.policies[.asset(registration.asset)] == nil { way.asset = nil }
                return way
            })
        if let group = scope.group {
            let own = try await assetsWithPolicies(in: book).filter { group.matches($0) }
            let crossings = PolicyCrossings(
                sites: group.sites.isEmpty ? book.sites : group.sites,
                groups: group.groups.isEmpty ? book.groups : group.groups,
                assets: own.map { PolicyPath($0) })
            guard !crossings.isCut else {
                throw InvalidInput(
                    field: "scope.group",
                    message: "more than \(PolicyCrossings.most) policies count in it: name fewer "
                        + "sites or groups")
            }
            ways.formUnion(crossings.paths)
        }
        if ways.isEmpty { ways = [PolicyPath()] }
        return .strictest(of: ways.map { book.effective(for: $0).exceptions })
    }

    /// The assets that it names, and those of the findings and patches that it names.
    private func assets(in scope: ExceptionScope) async throws -> Set<StreamID> {
        var assets = Set(scope.assets)
        for slice in scope.findings.indices.chunks(of: 32) {
            let read = try await inOrder(slice.map { scope.findings[$0] }) { finding in
                try await bus.state(of: finding, as: FindingDecider.self).state.opening?.asset
            }
            assets.formUnion(read.compactMap(\.self))
        }
        for patch in scope.patches {
            let state = try await bus.state(of: patch, as: PatchDecider.self).state
            guard let applicable = state.assessment?.applicable.assets else { continue }
            assets.formUnion(try await stored([StreamID].self, applicable, "a list of assets"))
        }
        return assets
    }
}
