internal import EventSourcing
internal import PatchManagement

extension UseCases {
    /// Brings back the old versions on single assets of a rollout, which goes on.
    ///
    /// - Parameter assets: Ids; once is enough for each.
    /// - Throws: `InvalidInput` for an asset that is not among the targets, or on which there is nothing
    ///   to bring back, or no way to.
    package func rollBack(
        _ assets: [String], in id: String, reason: String, _ order: Order
    ) async throws -> Written {
        let rollout = try rollout(id)
        _ = try authorise(order.caller, .rollBackRollout)
        try need(reason: reason)
        if let answer = try await answered(rollout: rollout, order, .rollBackRollout) {
            return answer
        }
        let (_, _, plan) = try await planned(rollout)
        let targets = Set(plan.batches.joined().map(\.asset))
        var chosen: [StreamID] = []
        for text in assets {
            guard let asset = StreamID(text), targets.contains(asset) else {
                throw InvalidInput(
                    field: "assets",
                    message:
                        "'\(text)' is no asset of \(rollout); look at its plan to see their ids")
            }
            if chosen.contains(asset) { continue }
            let deployment = try await bus.state(
                of: .deployment(of: asset, in: rollout), as: DeploymentDecider.self
            ).state
            if let obstacle = deployment.obstacleToRollback {
                throw InvalidInput(
                    field: "assets", message: "\(asset) can't be rolled back: \(obstacle)")
            }
            chosen.append(asset)
        }
        return try await send(
            .rollBackAssets(chosen, reason: reason), to: rollout, order, .rollBackRollout)
    }
}
