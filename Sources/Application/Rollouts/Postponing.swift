package import EventSourcing
internal import PatchManagement

extension UseCases {
    /// Has an asset of a rollout patched later, as its owner wishes: it leaves its batch and gets its turn
    /// with those that were absent.
    ///
    /// - Throws: `InvalidInput` for an asset that is not among the targets, or with which it is too late.
    package func postpone(
        _ asset: String, in id: String, until: Timestamp, reason: String, _ order: Order
    ) async throws -> Written {
        let rollout = try rollout(id)
        _ = try authorise(order.caller, .postponeAsset)
        try need(reason: reason)
        if let answer = try await answered(rollout: rollout, order, .postponeAsset) {
            return answer
        }
        let (_, _, plan) = try await planned(rollout)
        guard let target = StreamID(asset),
            plan.batches.joined().contains(where: { $0.asset == target })
        else {
            throw InvalidInput(
                field: "asset",
                message: "'\(asset)' is no asset of \(rollout); look at its plan to see their ids")
        }
        let deployment = try await bus.state(
            of: .deployment(of: target, in: rollout), as: DeploymentDecider.self
        ).state
        guard deployment.mayBePostponed else {
            throw InvalidInput(
                field: "asset",
                message:
                    "with \(target) it is too late: it is \(deployment.phase.rawValue), and only "
                    + "what has not been begun with can be postponed")
        }
        let patch = try await bus.state(of: plan.patch, as: PatchDecider.self).state
        let deadline = try await slaDeadline(
            of: patch.identification?.packages ?? [], on: [target])
        return try await send(
            .postpone(target, until: until, latest: deadline, reason: reason), to: rollout, order,
            .postponeAsset)
    }
}
