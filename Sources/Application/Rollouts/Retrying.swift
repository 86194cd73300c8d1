internal import EventSourcing
internal import PatchManagement

/// How the failures of a rollout are taken up again; what is nil is the policy's, as in a plan.
package struct RetryRequest: Sendable, Equatable {
    package var batches: String?
    package var soakSeconds: Int?
    /// nil takes the names that the earlier plan had.
    package var probes: [String]?

    package init(batches: String? = nil, soakSeconds: Int? = nil, probes: [String]? = nil) {
        self.batches = batches
        self.soakSeconds = soakSeconds
        self.probes = probes
    }
}

extension UseCases {
    /// Plans a rollout of exactly those assets of another one on which it failed.
    ///
    /// It is a rollout of its own and not a further attempt in the old one: what was approved there
    /// is spent, its gates have counted, and its streams say how it ended. So the new plan has its
    /// own canary, gates and approval, and names the rollout that it comes from.
    ///
    /// - Throws: `RolloutRejection` while that one goes on, or when nothing failed in it.
    package func retry(
        _ id: String, _ wish: RetryRequest, _ order: Order
    ) async throws -> PlannedRollout {
        let rollout = try rollout(id)
        _ = try authorise(order.caller, .planRollout)
        let (state, _, plan) = try await planned(rollout)
        guard state.hasEnded, let phase = state.phase else {
            throw RolloutRejection.wrongState(
                command: "retry", phase: state.phase ?? .planned,
                hint: "its assets are its own until it ends: resume it with the failures "
                    + "acknowledged, roll back, or abort it first")
        }
        guard phase != .rolledBack else {
            throw RolloutRejection.wrongState(
                command: "retry", phase: phase,
                hint: "what was brought back is tested again before it is planned anew")
        }
        let failed = try await outcomes(of: plan.batches.joined().map(\.asset), in: rollout)
            .filter { $0.outcome?.mayBeRetried == true }.map(\.asset)
        guard !failed.isEmpty else { throw RolloutRejection.nothingToRetry }
        var request = PlanRequest(
            patch: plan.patch.text, selection: AssetSelection(assets: failed.map(\.text)),
            batches: wish.batches, soakSeconds: wish.soakSeconds)
        request.probes = wish.probes ?? plan.health?.probes.map(\.name) ?? []
        request.retryOf = rollout
        return try await self.plan(request, order)
    }
}
