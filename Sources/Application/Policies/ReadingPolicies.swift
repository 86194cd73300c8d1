internal import EventSourcing
package import PatchManagement

/// The policy that counts on a path, and as of which position of the log it was read.
package struct PolicyReading: Sendable, Equatable {
    package let policy: EffectivePolicy
    package let position: Int64
}

extension UseCases {
    /// Shows what counts for a site, a group or an asset, with where each value comes from.
    ///
    /// - Parameter asset: Its own site and group stand in for those that are left open.
    package func effectivePolicy(
        site: String?, group: String?, asset: String?, _ caller: Caller, _ moment: Moment
    ) async throws -> PolicyReading {
        _ = try authorise(caller, .readPolicies)
        let position = try await position(moment)
        var path = PolicyPath(site: site, group: group)
        if let asset {
            let id = try stream(asset, .asset, prefix: AssetDecider.prefix)
            let registration = try await history(
                of: id, as: AssetDecider.self, upTo: position ?? 0
            ).state.registration
            guard let registration else { throw NotFound(.asset, asset) }
            path.asset = id
            path.site = site ?? registration.site
            path.group = group ?? registration.group
        }
        try Self.check(path)
        let head = try await store.head()
        let book = try await policyBook(of: path.scopes, asOf: position)
        return PolicyReading(
            policy: book.effective(for: path), position: position ?? head)
    }

    private static func check(_ path: PolicyPath) throws(InvalidInput) {
        for (field, scope, name) in [
            ("site", "site:\(path.site ?? "")", path.site),
            ("group", "group:\(path.group ?? "")", path.group),
        ] where name != nil && PolicyScope(scope) == nil {
            throw InvalidInput(
                field: field, message: "'\(name ?? "")' is no name that a \(field) can have")
        }
    }

    /// What counts on a path now, for decisions: read from the streams, never from a view.
    func policy(on path: PolicyPath) async throws -> EffectivePolicy {
        try await policyBook(of: path.scopes).effective(for: path)
    }

    /// By which exceptions for `asset`, or for things of several ones, are requested.
    package func exceptionPolicy(
        for asset: AssetRegistration? = nil
    ) async throws -> ExceptionPolicy {
        try await policy(on: asset.map { PolicyPath($0) } ?? PolicyPath()).exceptions
    }

    /// By which a finding on `asset` is classified.
    func classificationPolicy(for asset: StreamID?) async throws -> ClassificationPolicy {
        guard let asset,
            let registration = try await bus.state(of: asset, as: AssetDecider.self).state
                .registration
        else { return try await policy(on: PolicyPath()).classification }
        return try await policy(on: PolicyPath(registration)).classification
    }

    /// The published policies of these scopes.
    ///
    /// - Parameter position: As the log was there; nil for now.
    func policyBook(
        of scopes: [PolicyScope], asOf position: Int64? = nil
    ) async throws -> PolicyBook {
        if position == 0 { return PolicyBook() }
        var book = PolicyBook()
        for slice in scopes.indices.chunks(of: 32) {
            let states = try await inOrder(slice.map { scopes[$0] }) { scope in
                if let position {
                    return try await history(
                        of: scope.policy, as: PolicyDecider.self, upTo: position
                    ).state
                }
                return try await bus.state(of: scope.policy, as: PolicyDecider.self).state
            }
            for state in states { if let published = state.published { book.put(published) } }
        }
        return book
    }

    /// The published policies of all scopes, or of those of one level. The views say which scopes
    /// there are; what counts in them is read from their streams.
    func policyBook(level: PolicyScope.Level? = nil) async throws -> PolicyBook {
        _ = try await position(Moment())
        var request = ListRequest(.policy)
        request.limit = 500
        if let level { request.fields = ["level": level.rawValue] }
        var book = PolicyBook()
        while true {
            let page = try await reads.list(request)
            let scopes = try page.views.compactMap { view in
                PolicyScope(try CanonicalJSON.decode(ScopeField.self, from: view.document).scope)
            }
            for policy in try await policyBook(of: scopes).policies.values { book.put(policy) }
            guard let next = page.next else { return book }
            request.cursor = next
        }
    }

    /// The one part of a view of a policy that is needed here.
    private struct ScopeField: Decodable {
        let scope: String
    }
}
