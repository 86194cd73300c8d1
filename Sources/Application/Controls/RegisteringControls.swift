package import EventSourcing
private import FoundationEssentials
package import PatchManagement

/// What shows that a control works, and until when that is believed.
package struct ControlVerification: Sendable, Equatable {
    /// SHA-256 of what shows it.
    package let evidence: String
    /// How it was verified, in words.
    package let method: String
    /// nil for the moment of the request.
    package let gathered: Timestamp?
    package let until: Timestamp

    package init(evidence: String, method: String, gathered: Timestamp? = nil, until: Timestamp) {
        self.evidence = evidence
        self.method = method
        self.gathered = gathered
        self.until = until
    }
}

extension UseCases {
    /// Makes a control known, or describes anew the one of that name: it has to be verified again
    /// then.
    ///
    /// - Throws: `InvalidInput` for an asset that isn't there.
    package func registerControl(
        _ registration: ControlRegistration, _ order: Order
    ) async throws -> Written {
        let control = registration.control
        _ = try authorise(order.caller, .registerControl)
        if let fault = registration.faults.first { throw ControlRejection.badField(fault) }
        try await requireEach(registration.assets, "assets", "asset") { asset in
            try await bus.state(of: asset, as: AssetDecider.self).state.registration != nil
        }
        return try await ask(control, .register(registration, control: control), order)
    }

    package func verifyControl(
        _ id: String, _ verification: ControlVerification, _ order: Order
    ) async throws -> Written {
        let control = try control(id)
        _ = try authorise(order.caller, .verifyControl)
        // Without a moment of its own, a repetition would not be the same any more.
        let answer = try await answered(
            control, as: ControlDecider.self, order, .verifyControl,
            state: { $0.phase?.rawValue })
        if let answer { return answer }
        return try await ask(
            control,
            .verify(
                evidence: try Digest(text: verification.evidence, field: "evidence"),
                method: verification.method, gathered: verification.gathered ?? now(),
                until: verification.until), order)
    }

    /// It doesn't work, or isn't there any more: what leans on it ends.
    package func withdrawControl(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await ask(try control(id), .withdraw(reason: reason), order)
    }

    private func control(_ id: String) throws(NotFound) -> StreamID {
        try stream(id, .control, prefix: ControlDecider.prefix)
    }

    private func ask(
        _ control: StreamID, _ command: ControlCommand, _ order: Order
    ) async throws -> Written {
        try await write(
            command, to: control, as: ControlDecider.self, order, command.action,
            state: { $0.phase?.rawValue })
    }
}
