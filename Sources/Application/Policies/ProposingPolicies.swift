package import EventSourcing
package import JSON
internal import PatchManagement

extension UseCases {
    /// Proposes what the policy of a scope shall be from now on; what the document leaves out, the
    /// scope takes from above.
    ///
    /// - Throws: `InvalidInputs` with every field that is unknown or wrong, and with what doesn't fit
    ///   to the policies above.
    package func proposePolicy(
        _ document: JSONValue, scope text: String, reason: String, _ order: Order
    ) async throws -> Written {
        guard let scope = PolicyScope(text) else {
            throw InvalidInput(
                field: "scope", message: "'\(text)' is no scope: \(PolicyScope.rule)")
        }
        if let answer = try await answered(scope.policy, .proposePolicy, order) { return answer }
        _ = try authorise(order.caller, .proposePolicy)
        let proposed: PolicyDocument
        do throws(PolicyDocumentError) {
            proposed = try PolicyDocument(document)
        } catch {
            throw Self.refusal(error.faults)
        }
        let wrong = proposed.faults + proposed.misplaced(in: scope)
        if !wrong.isEmpty { throw Self.refusal(wrong) }
        let path = try await path(of: scope)
        let state = try await bus.state(of: scope.policy, as: PolicyDecider.self).state
        let faults = try await policyBook(of: path.scopes)
            .with(state.successor(proposed, in: scope)).faults(on: path)
        if !faults.isEmpty { throw Self.refusal(faults) }
        return try await ask(
            .propose(proposed, scope: scope, reason: reason), scope.policy, order)
    }

    /// Lets the proposal that has `digest` count from now on.
    package func publishPolicy(
        _ id: String, digest: String, reason: String, _ order: Order
    ) async throws -> Written {
        let policy = try policyStream(id)
        if let answer = try await answered(policy, .publishPolicy, order) { return answer }
        _ = try authorise(order.caller, .publishPolicy)
        let digest = try Digest(text: digest, field: "digest")
        return try await whileOthersStand(policy) {
            let state = try await bus.state(of: policy, as: PolicyDecider.self).state
            guard let scope = state.scope, let proposal = state.proposal else {
                return try await ask(
                    .publish(
                        proposal: digest, reviewSeconds: state.reviewSeconds, reason: reason),
                    policy, order)
            }
            // Since the what-if another scope may have got a policy that this one doesn't fit to, and
            // that nobody would miss: it would be ignored.
            let (book, guards) = try await guardedPolicyBook()
            let trial = PolicyTrial(
                scope: scope, path: try await path(of: scope), before: book,
                after: book.with(state.successor(proposal.document, in: scope)), now: now())
            var look = PolicyLook(trial)
            look.check(try await crossings(of: scope, in: book))
            if let fault = look.faults.first { throw PolicyRejection.doesNotFit(fault) }
            var options = options(order)
            options.guards = guards.filter { $0.stream != policy }
            let seconds = trial.after.effective(for: trial.path).reviewSeconds
            return try await write(
                .publish(proposal: digest, reviewSeconds: seconds, reason: reason), to: policy,
                as: PolicyDecider.self, order, .publishPolicy, options: options,
                state: { $0.phase.rawValue })
        }
    }

    /// Repeats `work`, which guards the policies of other scopes, when one of them moved meanwhile.
    private func whileOthersStand<Result>(
        _ policy: StreamID, _ work: () async throws -> Result
    ) async throws -> Result {
        for _ in 1..<8 {
            do {
                return try await work()
            } catch AppendRefusal.versionConflict(let moved) where moved != policy {
                continue
            }
        }
        return try await work()
    }

    package func rejectPolicy(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await ask(.reject(reason: reason), policyStream(id), order)
    }

    package func withdrawPolicy(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await ask(.withdraw(reason: reason), policyStream(id), order)
    }

    /// Says that what counts was looked at and stays.
    package func reviewPolicy(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await ask(.review(reason: reason), policyStream(id), order)
    }

    /// The policy that a request names, by its id or its scope.
    package func policyStream(_ text: String) throws(NotFound) -> StreamID {
        if let scope = PolicyScope(text) { return scope.policy }
        return try stream(text, .policy, prefix: PolicyDecider.prefix)
    }

    /// On which path a scope's own policy counts.
    ///
    /// - Throws: `InvalidInput` for an asset that nobody registered.
    func path(of scope: PolicyScope) async throws -> PolicyPath {
        switch scope {
        case .account: return PolicyPath()
        case .site(let name): return PolicyPath(site: name)
        case .group(let name): return PolicyPath(group: name)
        case .asset(let id):
            let asset = try await bus.state(of: id, as: AssetDecider.self).state
            guard let registration = asset.registration else {
                throw InvalidInput(
                    field: "scope",
                    message: "there is no asset '\(id)'; list the assets to see their ids")
            }
            return PolicyPath(registration)
        }
    }

    private func answered(
        _ policy: StreamID, _ action: Action, _ order: Order
    ) async throws -> Written? {
        try await answered(
            policy, as: PolicyDecider.self, order, action, state: { $0.phase.rawValue })
    }

    private func ask(
        _ command: PolicyCommand, _ policy: StreamID, _ order: Order
    ) async throws -> Written {
        try await write(
            command, to: policy, as: PolicyDecider.self, order, command.action,
            state: { $0.phase.rawValue })
    }

    private static func refusal(_ faults: [FieldFault]) -> InvalidInputs {
        InvalidInputs(
            "the policy can't be: \(faults.count) of its fields \(faults.count == 1 ? "is" : "are") "
                + "wrong",
            faults.map { fault in
                InvalidInput(field: "document.\(fault.field)", message: fault.description)
            })
    }
}
