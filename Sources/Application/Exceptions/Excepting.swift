package import EventSourcing
private import FoundationEssentials
package import PatchManagement

/// How a risk owner grants a request.
package struct ExceptionGrant: Sendable, Equatable {
    /// Of the request as it was read.
    package let digest: String
    /// nil for the end that was asked for.
    package let until: Timestamp?
    package let restart: ClockRestart
    package let reason: String

    package init(digest: String, until: Timestamp? = nil, restart: ClockRestart, reason: String) {
        self.digest = digest
        self.until = until
        self.restart = restart
        self.reason = reason
    }
}

extension UseCases {
    /// Asks for an exception. The same request under the same key is the same exception.
    ///
    /// - Throws: `InvalidInput` for something in its scope that isn't there.
    package func requestException(
        _ request: ExceptionRequest, _ order: Order
    ) async throws -> Written {
        let context = try context(order, .requestException)
        let exception = StreamID(
            prefix: ExceptionDecider.prefix,
            .version5(namespace: context.commandID, name: "exception"))
        if let answer = try await answer(exception, order, .requestException) { return answer }
        // Before anything is looked up: so much is named at most.
        if let fault = request.faults.first { throw ExceptionRejection.badField(fault) }
        try await requireKnown(request)
        let policy = try await exceptionPolicy(for: request.scope)
        return try await ask(
            exception, .request(request, exception: exception, policy: policy), order)
    }

    /// Grants what has the digest of `grant`; a control that it leans on has to hold when it is
    /// recorded.
    package func approveException(
        _ id: String, _ grant: ExceptionGrant, _ order: Order
    ) async throws -> Written {
        let exception = try exception(id)
        _ = try authorise(order.caller, .decideException)
        if let answer = try await answer(exception, order, .decideException) { return answer }
        let digest = try Digest(text: grant.digest, field: "digest")
        let state = try await bus.state(of: exception, as: ExceptionDecider.self).state
        guard let request = state.request else { throw NotFound(exception) }
        func command(_ control: ControlOnPath?) -> ExceptionCommand {
            .grant(
                request: digest, until: grant.until ?? request.until, restart: grant.restart,
                control: control, reason: grant.reason)
        }
        guard let control = request.control else {
            return try await ask(exception, command(nil), order)
        }
        return try await whileUnmoved(control) {
            let (known, version) = try await bus.state(of: control, as: ControlDecider.self)
            // What lapses at the same moment either is seen here, or ends the exception.
            return try await ask(
                exception, command(known.onPath), order,
                guards: [StreamGuard(stream: control, version: version)])
        }
    }

    package func denyException(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await ask(try exception(id), .deny(reason: reason), order)
    }

    package func revokeException(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await ask(try exception(id), .revoke(reason: reason), order)
    }

    private func exception(_ id: String) throws(NotFound) -> StreamID {
        try stream(id, .exception, prefix: ExceptionDecider.prefix)
    }

    private func ask(
        _ exception: StreamID, _ command: ExceptionCommand, _ order: Order,
        guards: [StreamGuard] = []
    ) async throws -> Written {
        var options = options(order)
        options.guards = guards
        return try await write(
            command, to: exception, as: ExceptionDecider.self, order, command.action,
            options: options, state: { $0.phase?.rawValue })
    }

    /// What was answered to this command before; nil when it is a new one.
    private func answer(
        _ exception: StreamID, _ order: Order, _ action: Action
    ) async throws -> Written? {
        try await answered(
            exception, as: ExceptionDecider.self, order, action, state: { $0.phase?.rawValue })
    }

    /// A misspelt id would be an exception for nothing, which nobody notices before an audit.
    private func requireKnown(_ request: ExceptionRequest) async throws {
        let scope = request.scope
        try await requireEach(scope.findings, "scope.findings", "finding") { finding in
            try await bus.state(of: finding, as: FindingDecider.self).state.phase != nil
        }
        try await requireEach(scope.assets, "scope.assets", "asset") { asset in
            try await bus.state(of: asset, as: AssetDecider.self).state.registration != nil
        }
        // Which assets it is for, and so which findings it mends, the assessment says.
        try await requireEach(scope.patches, "scope.patches", "patch that was assessed") { patch in
            try await bus.state(of: patch, as: PatchDecider.self).state.assessment != nil
        }
        try await requireEach(request.control.map { [$0] } ?? [], "control", "control") { control in
            try await bus.state(of: control, as: ControlDecider.self).state.phase != nil
        }
    }

    /// - Throws: `InvalidInput` for the first of `ids` that is none.
    func requireEach(
        _ ids: [StreamID], _ field: String, _ noun: String,
        _ exists: @Sendable @escaping (StreamID) async throws -> Bool
    ) async throws {
        for slice in ids.indices.chunks(of: 32) {
            let answers = try await inOrder(slice.map { ids[$0] }) { id in
                (id, try await exists(id))
            }
            guard let missing = answers.first(where: { !$0.1 }) else { continue }
            throw InvalidInput(
                field: field,
                message: "there is no \(noun) '\(missing.0)'; list them to see their ids")
        }
    }
}
