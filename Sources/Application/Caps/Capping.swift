package import EventSourcing
internal import PatchManagement

extension UseCases {
    /// Lets no more than `limit` attempts be under way in a scope at once, over all rollouts.
    ///
    /// - Parameter scope: As text: account, site:NAME, group:NAME or domain:NAME.
    package func setCap(
        _ scope: String, limit: Int, reason: String, _ order: Order
    ) async throws -> Written {
        _ = try authorise(order.caller, .setCap)
        guard let scope = CapScope(scope) else {
            throw InvalidInput(
                field: "scope", message: "'\(scope)' is no scope of a cap: \(CapScope.rule)")
        }
        return try await ask(scope.cap, .set(scope, limit: limit, reason: reason), .setCap, order)
    }

    /// Takes a cap away: what waits for it goes on.
    ///
    /// - Parameter text: The cap's id, or its scope.
    package func clearCap(_ text: String, reason: String, _ order: Order) async throws -> Written {
        try await ask(try capStream(text), .clear(reason: reason), .clearCap, order)
    }

    /// The cap that a request names, by its id or its scope.
    package func capStream(_ text: String) throws(NotFound) -> StreamID {
        if let scope = CapScope(text) { return scope.cap }
        return try stream(text, .cap, prefix: CapDecider.prefix)
    }

    private func ask(
        _ cap: StreamID, _ command: CapCommand, _ action: Action, _ order: Order
    ) async throws -> Written {
        try await write(
            command, to: cap, as: CapDecider.self, order, action, state: { $0.phase?.rawValue })
    }
}
