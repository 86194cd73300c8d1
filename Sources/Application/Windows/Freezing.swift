package import EventSourcing
private import FoundationEssentials
internal import JSON
internal import PatchManagement

/// What somebody wants a freeze to be.
package struct FreezeRequest: Sendable, Equatable {
    package let name: String
    /// As text: account, site:NAME, group:NAME or asset:ID.
    package let scope: String
    /// nil for now.
    package let from: Timestamp?
    package let to: Timestamp
    package let reason: String

    package init(name: String, scope: String, from: Timestamp?, to: Timestamp, reason: String) {
        self.name = name
        self.scope = scope
        self.from = from
        self.to = to
        self.reason = reason
    }
}

extension UseCases {
    /// Lets nothing begin in a scope for a time: in rollouts that were approved before as well.
    package func createFreeze(_ request: FreezeRequest, _ order: Order) async throws -> Written {
        let context = try context(order, .createFreeze)
        let freeze = StreamID(
            prefix: FreezeDecider.prefix,
            .version5(namespace: context.commandID, name: "freeze"))
        if let answer = try await answered(
            freeze, as: FreezeDecider.self, order, .createFreeze, state: { $0.phase?.rawValue })
        {
            return answer
        }
        guard let scope = PolicyScope(request.scope) else {
            throw InvalidInput(
                field: "scope", message: "'\(request.scope)' is no scope: \(PolicyScope.rule)")
        }
        // One that nobody registered would be a typing error that nobody sees.
        _ = try await path(of: scope)
        return try await ask(
            freeze,
            .create(
                freeze, name: request.name, scope: scope, from: request.from, to: request.to,
                reason: request.reason), order)
    }

    /// Ends a freeze before its time: what waits for its end goes on.
    package func liftFreeze(_ id: String, reason: String, _ order: Order) async throws -> Written {
        let freeze = try stream(id, .freeze, prefix: FreezeDecider.prefix)
        return try await ask(freeze, .lift(reason: reason), order)
    }

    /// Lets one rollout go on in spite of a freeze.
    ///
    /// - Parameter freeze: Its id; or of one that a policy lists, the policy's scope, a slash and the
    ///   name.
    package func overrideFreeze(
        _ id: String, freeze: String, reason: String, _ order: Order
    ) async throws -> Written {
        let rollout = try rollout(id)
        _ = try authorise(order.caller, .overrideFreeze)
        if let answer = try await answered(rollout: rollout, order, .overrideFreeze) {
            return answer
        }
        try need(reason: reason)
        let known = try await knownFreeze(freeze)
        return try await send(
            .overrideFreeze(known, reason: reason), to: rollout, order, .overrideFreeze)
    }

    /// The freeze under which permits are refused.
    private func knownFreeze(_ text: String) async throws -> String {
        if let id = StreamID(text), id.prefix == FreezeDecider.prefix {
            let state = try await bus.state(of: id, as: FreezeDecider.self).state
            guard state.phase == .standing, let terms = state.terms, now() < terms.to else {
                throw InvalidInput(
                    field: "freeze",
                    message: "'\(text)' is no freeze that stands; list the freezes to see them")
            }
            return text
        }
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        if parts.count == 2, let scope = PolicyScope(parts[0]) {
            let policy = try await bus.state(of: scope.policy, as: PolicyDecider.self).state
            let listed = policy.published?.document[.freezes]?.array ?? []
            if listed.contains(where: { $0["name"]?.string == parts[1] }) {
                return PublishedPolicy.freezeID(parts[1], of: scope)
            }
        }
        throw InvalidInput(
            field: "freeze",
            message: "'\(text)' is neither the id of a freeze nor SCOPE/NAME of one that a policy "
                + "lists, such as site:berlin/Christmas")
    }

    private func ask(
        _ freeze: StreamID, _ command: FreezeCommand, _ order: Order
    ) async throws -> Written {
        try await write(
            command, to: freeze, as: FreezeDecider.self, order, command.action,
            state: { $0.phase?.rawValue })
    }
}
