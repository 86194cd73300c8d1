package import EventSourcing
package import PatchManagement

/// The policy that counts on a path, and as of which position of the log it was read.
package struct PolicyReading: Sendable, Equatable {
    package let policy: EffectivePolicy
    package let position: Int64
}

/// When assets may be touched next, by the policy of their path.
package struct WindowPreview: Sendable, Equatable {
    package let path: PolicyPath
    package let openings: [WindowOccurrence]
    package let calendar: WindowCalendar
    /// Of `from`.
    package let state: WindowCalendar.State
    package let from: Timestamp
    package let position: Int64
}

extension UseCases {
    /// Shows the next openings of the windows that count on a path.
    ///
    /// - Parameters:
    ///   - from: nil for now.
    ///   - limit: Openings at most, 1 to 100.
    package func windows(
        site: String?, group: String?, asset: String?, from: Timestamp?, limit: Int,
        _ caller: Caller, _ moment: Moment
    ) async throws -> WindowPreview {
        guard (1...Self.mostOpenings).contains(limit) else {
            throw InvalidInput(
                field: "limit", message: "'\(limit)' is not from 1 to \(Self.mostOpenings)")
        }
        let reading = try await effectivePolicy(
            site: site, group: group, asset: asset, caller, moment)
        let from = from ?? now()
        let calendar = reading.policy.windows
        return WindowPreview(
            path: reading.policy.path, openings: calendar.next(endingAfter: from, limit: limit),
            calendar: calendar, state: calendar.state(at: from), from: from,
            position: reading.position)
    }

    private static let mostOpenings = 100

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
        return try await policyBook(of: try await policyScopes(level: level))
    }

    /// The published policies of all scopes, with the versions of all their streams: of those too in
    /// which something is only proposed. Whoever writes by the book can see that none of them moved.
    func guardedPolicyBook() async throws -> (book: PolicyBook, guards: [StreamGuard]) {
        _ = try await position(Moment(minPosition: try await store.head()))
        let scopes = try await policyScopes()
        var book = PolicyBook()
        var guards: [StreamGuard] = []
        for slice in scopes.indices.chunks(of: 32) {
            let read = try await inOrder(slice.map { scopes[$0] }) { scope in
                (scope.policy, try await bus.state(of: scope.policy, as: PolicyDecider.self))
            }
            for (stream, (state, version)) in read {
                if let published = state.published { book.put(published) }
                guards.append(StreamGuard(stream: stream, version: version))
            }
        }
        return (book, guards)
    }

    /// The scopes that have, or had, or may get a policy, as the views say.
    func policyScopes(level: PolicyScope.Level? = nil) async throws -> [PolicyScope] {
        var request = ListRequest(.policy)
        if let level { request.fields = ["level": level.rawValue] }
        var scopes: [PolicyScope] = []
        for try await page in reads.pages(of: request) {
            scopes += try page.views.compactMap { view in
                PolicyScope(try CanonicalJSON.decode(ScopeField.self, from: view.document).scope)
            }
        }
        return scopes
    }

    /// The assets that have policies of their own.
    func assetsWithPolicies(in book: PolicyBook) async throws -> [AssetRegistration] {
        try await registrations(of: book.assets)
    }

    /// As they are registered now, in the order of their ids; without those that nobody registered.
    func registrations(of assets: some Collection<StreamID>) async throws -> [AssetRegistration] {
        let assets = assets.sorted()
        var registrations: [AssetRegistration] = []
        for slice in assets.indices.chunks(of: 32) {
            registrations += try await inOrder(slice.map { assets[$0] }) { asset in
                try await bus.state(of: asset, as: AssetDecider.self).state.registration
            }.compactMap(\.self)
        }
        return registrations
    }

    /// The one part of a view of a policy that is needed here.
    private struct ScopeField: Decodable {
        let scope: String
    }
}
