internal import EventSourcing
package import PatchManagement

/// What people do with a rollout from its approval to its end.
extension UseCases {
    /// Approves the plan that has `digest`, which is refused when the rollout has another.
    package func approveRollout(
        _ id: String, digest: String, reason: String, _ order: Order
    ) async throws -> Written {
        let rollout = try rollout(id)
        _ = try authorise(order.caller, .approveRollout)
        try need(reason: reason)
        let digest = try Digest(text: digest, field: "digest")
        if let answer = try await answered(rollout: rollout, order, .approveRollout) {
            return answer
        }
        let plan = try await planned(rollout).plan
        return try await send(
            .approve(planDigest: digest, expires: approvalEnd(of: plan), reason: reason),
            to: rollout, order, .approveRollout)
    }

    /// A risk owner knows that the plan with `digest` ends after its deadline: it may start.
    package func acknowledgeMiss(
        _ id: String, digest: String, reason: String, _ order: Order
    ) async throws -> Written {
        let rollout = try rollout(id)
        _ = try authorise(order.caller, .acknowledgeMiss)
        try need(reason: reason)
        let digest = try Digest(text: digest, field: "digest")
        return try await send(
            .acknowledgeMiss(planDigest: digest, reason: reason), to: rollout, order,
            .acknowledgeMiss)
    }

    package func rejectRollout(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await act(.reject(reason: reason), id, reason, order, .rejectRollout)
    }

    /// Ends a rollout that has not started.
    package func cancelRollout(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await act(.cancel(reason: reason), id, reason, order, .cancelRollout)
    }

    /// Starts the canary, while the patch's approval and the plan's hold at that instant (I14) and
    /// cover every target.
    package func startRollout(
        _ id: String, reason: String = "", _ order: Order
    ) async throws -> Written {
        let rollout = try rollout(id)
        if let answer = try await answered(rollout: rollout, order, .startRollout) { return answer }
        let (_, _, plan) = try await planned(rollout)
        return try await whileUnmoved(plan.patch) {
            let patch = try await approvedPatch(plan.patch)
            try await check(patch, covers: plan)
            return try await send(
                .start(patch.approval, reason: reason), to: rollout, order, .startRollout,
                guards: patch.guards)
        }
    }

    package func pauseRollout(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await act(.pause(.person, detail: reason), id, reason, order, .pauseRollout)
    }

    /// Goes on after a pause.
    ///
    /// - Parameter acknowledged: Ids of the assets whose failure or absence is known and accepted.
    package func resumeRollout(
        _ id: String, acknowledged: [String], reason: String, _ order: Order
    ) async throws -> Written {
        let rollout = try rollout(id)
        if let answer = try await answered(rollout: rollout, order, .resumeRollout) {
            return answer
        }
        try need(reason: reason)
        let named =
            acknowledged.isEmpty ? [] : try AssetFilter.ids(acknowledged, field: "acknowledge")
        let (state, _, plan) = try await planned(rollout)
        let (failures, acceptAbsent) = try await sort(named, state, plan)
        return try await whileUnmoved(plan.patch) {
            let patch = try await patchIfApproved(plan)
            return try await send(
                .resume(
                    reason: reason, acknowledged: failures, acceptAbsent: acceptAbsent,
                    approval: patch?.approval),
                to: rollout, order, .resumeRollout, guards: patch?.guards ?? [])
        }
    }

    /// Goes on past a gate that did not pass.
    ///
    /// - Parameter maxTotalFailures: A new limit over the whole rollout, approved by this very act;
    ///   nil leaves the one that holds.
    package func promoteRollout(
        _ id: String, maxTotalFailures: Int? = nil, reason: String, _ order: Order
    ) async throws -> Written {
        let rollout = try rollout(id)
        if let answer = try await answered(rollout: rollout, order, .promoteRollout) {
            return answer
        }
        try need(reason: reason)
        let (_, _, plan) = try await planned(rollout)
        return try await whileUnmoved(plan.patch) {
            let patch = try await approvedPatch(plan.patch)
            try await check(patch, covers: plan)
            return try await send(
                .promote(
                    reason: reason, maxTotalFailures: maxTotalFailures, approval: patch.approval),
                to: rollout, order, .promoteRollout, guards: patch.guards)
        }
    }

    /// Ends a rollout: nothing new starts, what runs finishes.
    package func abortRollout(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await act(.abort(reason: reason), id, reason, order, .abortRollout)
    }

    /// Brings back the old versions, past every gate.
    package func rollBackRollout(
        _ id: String, _ scope: RollbackScope, reason: String, _ order: Order
    ) async throws -> Written {
        try await act(.rollBack(scope, reason: reason), id, reason, order, .rollBackRollout)
    }

    private func act(
        _ command: RolloutCommand, _ id: String, _ reason: String, _ order: Order,
        _ action: Action
    ) async throws -> Written {
        let rollout = try rollout(id)
        _ = try authorise(order.caller, action)
        try need(reason: reason)
        return try await send(command, to: rollout, order, action)
    }

    /// nil when nothing of the patch may start now: the decider says whether that matters.
    private func patchIfApproved(_ plan: RolloutPlan) async throws -> ApprovedPatch? {
        let patch: ApprovedPatch
        do {
            patch = try await approvedPatch(plan.patch)
        } catch is PatchRejection {
            return nil
        } catch is StandingApprovalRejection {
            return nil
        }
        try await check(patch, covers: plan)
        return patch
    }

    /// Refuses a plan with a target that the present approval is not for.
    private func check(_ patch: ApprovedPatch, covers plan: RolloutPlan) async throws {
        let approved = Set(try await assets(in: patch.targets))
        if let other = plan.batches.joined().first(where: { !approved.contains($0.asset) }) {
            throw RolloutRejection.patchNotApproved("it is not for \(other.host.name)")
        }
    }

    /// Failures are acknowledged one by one. Absent assets are accepted together, so that whoever
    /// accepts them has to name them all.
    private func sort(
        _ named: [StreamID], _ state: RolloutState, _ plan: RolloutPlan
    ) async throws -> (failures: [StreamID], acceptAbsent: Bool) {
        guard !named.isEmpty, plan.batches.indices.contains(state.batch) else {
            return (named, false)
        }
        var failures: [StreamID] = []
        var absent: [StreamID] = []
        for asset in named {
            let isAbsent = try await outcome(of: asset, in: plan.rollout) == .absent
            if isAbsent { absent.append(asset) } else { failures.append(asset) }
        }
        if absent.isEmpty { return (failures, false) }
        for target in plan.batches[state.batch] where !absent.contains(target.asset) {
            guard try await outcome(of: target.asset, in: plan.rollout) != .absent else {
                throw InvalidInput(
                    field: "acknowledge",
                    message: "\(target.host.name), \(target.asset), is absent as well; name every "
                        + "absent asset of the batch, or none")
            }
        }
        return (failures, true)
    }
}
