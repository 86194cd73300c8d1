internal import EventSourcing
package import PatchManagement

/// What approvers approve beforehand, and its use.
extension UseCases {
    /// Asks for a standing approval; another approver grants it. The same request under the same key
    /// is the same one.
    package func proposeStandingApproval(
        _ terms: StandingTerms, _ order: Order
    ) async throws -> Written {
        let context = try context(order, .proposeStandingApproval)
        let standing = StreamID(
            prefix: StandingApprovalDecider.prefix,
            .version5(namespace: context.commandID, name: "standing-approval"))
        if let answer = try await answer(standing, order, .proposeStandingApproval) {
            return answer
        }
        // Before anything is looked up.
        if let fault = terms.faults.first { throw StandingApprovalRejection.badField(fault) }
        let policy = try await standingPolicy(for: terms.selector)
        return try await ask(standing, .propose(terms, standing: standing, policy: policy), order)
    }

    /// Grants what has `digest`, while the policies still allow it.
    package func grantStandingApproval(
        _ id: String, digest: String, reason: String, _ order: Order
    ) async throws -> Written {
        let standing = try standingApproval(id)
        _ = try authorise(order.caller, .decideStandingApproval)
        if let answer = try await answer(standing, order, .decideStandingApproval) {
            return answer
        }
        let digest = try Digest(text: digest, field: "digest")
        let state = try await bus.state(of: standing, as: StandingApprovalDecider.self).state
        guard let terms = state.terms else { throw NotFound(standing) }
        let policy = try await standingPolicy(for: terms.selector)
        return try await ask(
            standing, .grant(terms: digest, policy: policy, reason: reason), order)
    }

    package func denyStandingApproval(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await ask(try standingApproval(id), .deny(reason: reason), order)
    }

    /// Ends it before its time: what was approved by it starts nothing new.
    package func revokeStandingApproval(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await ask(try standingApproval(id), .revoke(reason: reason), order)
    }

    /// Approves what waits, and has `digest`, by a standing approval in the place of a person.
    ///
    /// Its own stream says first that it was used: whoever revokes it afterwards reaches this patch,
    /// also when this process ends in between.
    package func approve(
        _ id: String, byStanding text: String, digest: String, reason: String, _ order: Order
    ) async throws -> Written {
        let patch = try patch(id)
        let context = try context(order, .useStandingApproval)
        try need(reason: reason)
        if let answer = try await answered(patch, order, .useStandingApproval) { return answer }
        let standing = try streamID(text, field: "standing")
        let digest = try Digest(text: digest, field: "digest")
        let (state, version) = try await bus.state(of: patch, as: PatchDecider.self)
        guard version > 0, let current = state.state else { throw NotFound(patch) }
        guard current == .awaitingApproval, let approval = state.approval else {
            throw PatchRejection.wrongState(current, needed: [.awaitingApproval])
        }
        // A refusal leaves no use behind.
        let (use, _) = try await liveStanding(standing)
        _ = try PatchDecider.decide(
            .approveByStanding(use, binding: digest, reason: reason), context, state)
        let targets = try await registrations(
            of: try await assets(in: approval.binding.targets))
        let policy = try await standingPolicy(on: targets.map { PolicyPath($0) })
        _ = try await write(
            .use(patch: patch, binding: digest, policy: policy), to: standing,
            as: StandingApprovalDecider.self, order, .useStandingApproval, part: "use",
            options: partOptions(order), state: { $0.phase?.rawValue })
        return try await whileUnmoved(standing) {
            let (use, guardOfIt) = try await liveStanding(standing)
            return try await send(
                .approveByStanding(use, binding: digest, reason: reason), to: patch, order,
                guards: [guardOfIt])
        }
    }

    /// A standing approval that holds now, and the version that a guard names.
    ///
    /// - Throws: `StandingApprovalRejection` that says why nothing may be approved by it.
    func liveStanding(_ standing: StreamID) async throws -> (StandingUse, StreamGuard) {
        let (state, version) = try await bus.state(
            of: standing, as: StandingApprovalDecider.self)
        guard let phase = state.phase, let terms = state.terms else { throw NotFound(standing) }
        guard phase == .granted, let use = state.use else {
            throw StandingApprovalRejection.wrongState(phase, needed: [.granted])
        }
        guard now() < terms.until else { throw StandingApprovalRejection.isOver(terms.until) }
        return (use, StreamGuard(stream: standing, version: version))
    }

    private func standingApproval(_ id: String) throws(NotFound) -> StreamID {
        try stream(id, .standingApproval, prefix: StandingApprovalDecider.prefix)
    }

    private func streamID(_ text: String, field: String) throws(InvalidInput) -> StreamID {
        guard let id = StreamID(text), id.prefix == StandingApprovalDecider.prefix else {
            throw InvalidInput(
                field: field,
                message: "'\(text)' is not the id of a standing approval; list them to see theirs")
        }
        return id
    }

    private func ask(
        _ standing: StreamID, _ command: StandingApprovalCommand, _ order: Order
    ) async throws -> Written {
        try await write(
            command, to: standing, as: StandingApprovalDecider.self, order, command.action,
            state: { $0.phase?.rawValue })
    }

    /// What was answered to this command before; nil when it is a new one.
    private func answer(
        _ standing: StreamID, _ order: Order, _ action: Action
    ) async throws -> Written? {
        try await answered(
            standing, as: StandingApprovalDecider.self, order, action,
            state: { $0.phase?.rawValue })
    }
}
