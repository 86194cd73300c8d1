internal import EventSourcing
package import PatchManagement

/// "This patch introduced that flaw, mended by this hotfix."
extension UseCases {
    /// - Parameters:
    ///   - flaw: A vulnerability's id, or a few words.
    ///   - riskClass: How much it matters here. One that is higher than the patch's blocks it until
    ///     another patch mends the flaw, or the risk owner accepts it.
    package func linkFlaw(
        _ id: String, _ flaw: String, _ riskClass: RiskClass?, reason: String, _ order: Order
    ) async throws -> Written {
        try await send(
            .linkFlaw(flaw, riskClass: riskClass, reason: reason), to: try patch(id), order)
    }

    /// - Parameter hotfix: Id of the patch that mends the flaw. The coordinator tells that one.
    package func mendFlaw(
        _ id: String, _ flaw: String, by hotfix: String, reason: String, _ order: Order
    ) async throws -> Written {
        let patch = try patch(id)
        if let answer = try await answered(patch, order, .linkFlaws) { return answer }
        guard let mending = StreamID(hotfix), mending.prefix == PatchDecider.prefix else {
            throw InvalidInput(
                field: "hotfix", message: "'\(hotfix)' is not the id of a patch; list the patches")
        }
        return try await whileUnmoved(mending) {
            let version = try await version(ofMending: mending)
            return try await send(
                .mendFlaw(flaw, by: mending, reason: reason), to: patch, order,
                guards: mending == patch ? [] : [StreamGuard(stream: mending, version: version)])
        }
    }

    /// - Throws: `InvalidInput` for a patch that isn't there, or that mends nothing any more.
    private func version(ofMending hotfix: StreamID) async throws -> Int {
        let (state, version) = try await bus.state(of: hotfix, as: PatchDecider.self)
        guard let current = state.state else {
            throw InvalidInput(
                field: "hotfix", message: "there is no patch '\(hotfix)'; list the patches")
        }
        switch current {
        case .withdrawn, .superseded, .notApplicable, .rejected, .rolledBack, .handedToOwner:
            throw InvalidInput(
                field: "hotfix",
                message: "'\(hotfix)' is \(current.rawValue) and mends nothing; name another patch")
        default: return version
        }
    }

    /// The risk owner takes the patch with a flaw that it introduced.
    package func acceptIntroducedFlaw(
        _ id: String, _ flaw: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await send(.acceptIntroducedFlaw(flaw, reason: reason), to: try patch(id), order)
    }
}
