internal import EventSourcing
package import PatchManagement

/// What a proposal was found to change.
package struct ExaminedPolicy: Sendable, Equatable {
    package let written: Written
    package let whatIf: PolicyWhatIf
}

extension UseCases {
    /// Looks at what the open proposal of a policy would change, and records it: the values of its
    /// scope, and class and deadline of each open finding, by the inputs that were recorded with it.
    ///
    /// Cost: one view of each open finding, and the streams of those in the scope, at most 10,000;
    /// what is beyond is counted.
    package func examinePolicy(_ id: String, _ order: Order) async throws -> ExaminedPolicy {
        let policy = try policyStream(id)
        if let answer = try await answered(
            policy, as: PolicyDecider.self, order, .examinePolicy, state: { $0.phase.rawValue })
        {
            return try await examined(answer)
        }
        _ = try authorise(order.caller, .examinePolicy)
        let (state, version) = try await bus.state(of: policy, as: PolicyDecider.self)
        if version == 0 { throw NotFound(.policy, id) }
        guard let scope = state.scope, let proposal = state.proposal else {
            throw PolicyRejection.nothingProposed
        }
        let book = try await policyBook()
        let trial = PolicyTrial(
            scope: scope, path: try await path(of: scope), before: book,
            after: book.with(state.successor(proposal.document, in: scope)), now: now())
        var look = PolicyLook(trial)
        look.check(try await crossings(of: scope, in: book))
        try await examine(at: scope, &look)
        let whatIf = look.result(proposal, position: try await reads.position())
        var options = options(order)
        options.documents = [whatIf.document]
        let written = try await write(
            .examine(whatIf.summary, report: whatIf.document.digest, proposal: proposal.digest),
            to: policy, as: PolicyDecider.self, order, .examinePolicy, options: options,
            state: { $0.phase.rawValue })
        return ExaminedPolicy(written: written, whatIf: whatIf)
    }

    private func examined(_ written: Written) async throws -> ExaminedPolicy {
        let events = try await store.read(written.id, after: written.version - 1, limit: 1)
        guard let event = events.first, event.type == PolicyExamined.type else {
            throw PolicyRejection.nothingProposed
        }
        let examined = try PolicyExamined.decode(
            schemaVersion: event.schemaVersion, data: event.data)
        return ExaminedPolicy(
            written: written,
            whatIf: try await stored(PolicyWhatIf.self, examined.report, "a what-if"))
    }

    /// Where the scope meets policies of others.
    func crossings(
        of scope: PolicyScope, in book: PolicyBook
    ) async throws -> PolicyCrossings {
        let assets = try await assetsWithPolicies(in: book)
        return PolicyCrossings(of: scope, in: book, assets: assets.map { PolicyPath($0) })
    }

    /// Findings that are classified for one look.
    private static let mostExamined = 10_000

    /// Classifies the findings that time counts against, or would again.
    private func examine(at scope: PolicyScope, _ look: inout PolicyLook) async throws {
        _ = try await position(Moment())
        for phase in FindingPhase.allCases where !phase.isClosed {
            var request = ListRequest(.finding)
            request.state = phase.rawValue
            request.limit = 500
            switch scope {
            case .account, .group: break
            case .site(let name): request.fields = ["site": name]
            case .asset(let id): request.parent = id.text
            }
            var isMore = true
            while isMore {
                let page = try await reads.list(request)
                try await examine(at: page.views, scope, &look)
                request.cursor = page.next
                isMore = page.next != nil
            }
        }
    }

    private func examine(
        at views: [View], _ scope: PolicyScope, _ look: inout PolicyLook
    ) async throws {
        let assets = Set(views.compactMap { $0.parent.flatMap { StreamID($0) } }).sorted()
        let unknown = assets.filter { look.paths[$0] == nil }
        for slice in unknown.indices.chunks(of: 32) where look.examined < Self.mostExamined {
            let read = try await inOrder(slice.map { unknown[$0] }) { asset in
                (asset, try await bus.state(of: asset, as: AssetDecider.self).state)
            }
            for (asset, state) in read {
                look.paths[asset] = state.registration.map { PolicyPath($0) }
            }
        }
        let inScope = views.filter { view in
            guard let asset = view.parent.flatMap({ StreamID($0) }), let path = look.paths[asset]
            else { return scope == .account }
            return path.scopes.contains(scope)
        }
        let left = max(0, Self.mostExamined - look.examined)
        look.unexamined += max(0, inScope.count - left)
        let ids = inScope.prefix(left).compactMap { StreamID($0.id) }
        for slice in ids.indices.chunks(of: 32) {
            let findings = try await inOrder(slice.map { ids[$0] }) { id in
                (id, try await bus.state(of: id, as: FindingDecider.self).state)
            }
            for (id, finding) in findings { look.classify(id, finding) }
        }
        try Task.checkCancellation()
    }
}
