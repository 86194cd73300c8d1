internal import EventSourcing
private import PatchManagement

/// Ways aside and back.
extension UseCases {
    /// Puts the patch off until a moment (RFC 3339, UTC).
    package func deferPatch(
        _ id: String, until: String, reason: String, _ order: Order
    ) async throws -> Written {
        let patch = try patch(id)
        _ = try authorise(order.caller, .deferPatch)
        guard let moment = Timestamp(until) else {
            throw InvalidInput(
                field: "until", message: "'\(until)' is not a time such as 2026-03-01T09:30:00Z")
        }
        return try await send(.defer(until: moment, reason: reason), to: patch, order)
    }

    /// Ends a deferral before its time.
    package func resumePatch(_ id: String, reason: String, _ order: Order) async throws -> Written {
        try await send(.resume(reason: reason), to: try patch(id), order)
    }

    /// The vendor took the patch back: starts stop at once.
    package func withdraw(_ id: String, reason: String, _ order: Order) async throws -> Written {
        try await send(.withdraw(reason: reason), to: try patch(id), order)
    }

    package func reinstate(_ id: String, reason: String, _ order: Order) async throws -> Written {
        try await send(.reinstate(reason: reason), to: try patch(id), order)
    }

    /// The risk owner takes the patch with the flaws that are known of its version.
    ///
    /// - Parameter digest: Of the flaws that were seen.
    package func acceptFlaws(
        _ id: String, digest text: String, reason: String, _ order: Order
    ) async throws -> Written {
        guard let digest = Digest(text) else {
            throw InvalidInput(
                field: "digest", message: "'\(text)' is not a SHA-256 in hexadecimal")
        }
        return try await send(
            .acceptFlaws(report: digest, reason: reason), to: try patch(id), order)
    }

    /// Takes the patch back from where nothing goes on by itself.
    package func reopen(_ id: String, reason: String, _ order: Order) async throws -> Written {
        try await send(.reopen(reason: reason), to: try patch(id), order)
    }

    /// Leaves a failed rollback to the owners of the assets.
    package func handToOwner(_ id: String, reason: String, _ order: Order) async throws -> Written {
        try await send(.handToOwner(reason: reason), to: try patch(id), order)
    }
}
