internal import Application
internal import EventSourcing
internal import PatchManagement

extension PatchWork {
    /// One step of a deployment: record the intent where one is needed, act, record the result.
    func runDeployment(_ activity: ClaimedActivity) async throws {
        let task = try CanonicalJSON.decode(ScanTask.self, from: activity.data)
        guard let step = DeploymentStep(rawValue: activity.kind) else {
            return try await drop(activity)
        }
        let state = try await bus.state(of: activity.stream, as: DeploymentDecider.self).state
        var right: DispatchRight?
        if var permit = DeploymentDecider.permit(for: step, state) {
            var guards: [StreamGuard] = []
            if state.phase.isBeforeInstall || step == .reboot {
                let asset = try await bus.state(of: permit.asset, as: AssetDecider.self)
                permit.addPlaces(of: asset.state)
                if asset.state.isHeld { return try await wait(for: asset.state, state, activity) }
                // A hold that is placed meanwhile is seen where the intent commits.
                if asset.version > 0 {
                    guards = [StreamGuard(stream: permit.asset, version: asset.version)]
                }
            }
            right = try await begin(step, activity, permit, guards)
            guard right != nil else { return }
        }
        do {
            try await perform(activity, order(activity, task.host, task.work), right) { result in
                if let seconds = DeploymentDecider.secondsToNextLook(
                    after: result, of: step, tries: activity.tries, at: surroundings.now(), state)
                {
                    throw PutBack(after: .seconds(seconds), "not there yet")
                }
                try await settle(
                    activity, DeploymentDecider.self,
                    .recordResult(step, result, fence: activity.claim.fence),
                    context(activity, "result"), using(activity, .complete))
            }
        } catch is NotBegun {
            // The intent stands and nothing was done: a probe finds that out.
            try await loseDeployment(step, activity, .complete)
        }
    }

    /// Says once that the asset is held, and asks again until it no longer is.
    private func wait(
        for asset: Asset, _ state: DeploymentState, _ activity: ClaimedActivity
    ) async throws {
        let reason =
            "held for evidence to be taken: "
            + asset.holds.prefix(3).map(\.text).joined(separator: ", ")
        if state.isHeld {
            let seconds = DeploymentDecider.secondsHeld(tries: activity.tries)
            throw PutBack(after: .seconds(seconds), reason)
        }
        try await settle(
            activity, DeploymentDecider.self, .hold(reason: reason), context(activity, "hold"),
            using(activity, .complete))
    }

    /// - Returns: nil when the step must not be done; the activity is then settled.
    private func begin(
        _ step: DeploymentStep, _ activity: ClaimedActivity, _ permit: Permit,
        _ guards: [StreamGuard]
    ) async throws -> DispatchRight? {
        var options = using(activity, .hold)
        options.permit = permit
        options.guards = guards
        let asked = surroundings.instant()
        do {
            let begun = try await bus.send(
                .beginStep(step, worker: activity.claim.worker, fence: activity.claim.fence),
                to: activity.stream, as: DeploymentDecider.self, context(activity, "begin"), options
            )
            return right(activity, permit, asked: asked) {
                StreamGuard(stream: activity.stream, version: begun.version)
            }
        } catch AppendRefusal.versionConflict(permit.asset) {
            throw PutBack(after: .milliseconds(100), "the asset has changed meanwhile")
        } catch AppendRefusal.outsideWindow(let wait) {
            try await awaitOpening(wait, activity)
            return nil
        } catch AppendRefusal.frozen(let wait) {
            if let freeze = wait.freeze,
                try await overrideInEmergency(freeze, permit.rollout, activity)
            {
                throw PutBack(after: .zero, "the emergency overrides \(freeze)")
            }
            try await awaitOpening(wait, activity)
            return nil
        } catch AppendRefusal.noSlot(let scope) {
            try await awaitSlot(scope, activity)
            return nil
        } catch let refusal as AppendRefusal {
            throw refusal.asPutBack ?? refusal
        } catch is DeploymentRejection {
            // Begun before under this activity and never reported, or not due at all: the stream
            // decides whether the asset is in doubt.
            try await loseDeployment(step, activity, .complete)
            return nil
        }
    }

    /// Whether the emergency that the rollout was planned in is in force and overrides freezes; then it
    /// is on record that it has overridden this one.
    private func overrideInEmergency(
        _ freeze: String, _ rollout: StreamID, _ activity: ClaimedActivity
    ) async throws -> Bool {
        let state = try await bus.state(of: rollout, as: RolloutDecider.self).state
        // One that is in the way though it was overridden has to be waited for.
        guard let plan = state.plan, let planned = plan.emergency,
            !state.overriddenFreezes.contains(freeze)
        else { return false }
        let patch = try await bus.state(of: plan.patch, as: PatchDecider.self)
        guard let emergency = patch.state.liveEmergency(at: surroundings.now()),
            emergency.emergency == planned.emergency, emergency.freezeOverride != nil
        else { return false }
        var options = CommandBus.Options()
        // It may end meanwhile.
        options.guards = [StreamGuard(stream: plan.patch, version: patch.version)]
        do {
            _ = try await bus.send(
                .overrideFreezeInEmergency(freeze, emergency), to: rollout,
                as: RolloutDecider.self, context(activity, "override/\(freeze)"), options)
            return true
        } catch is RolloutRejection {
            return false
        } catch AppendRefusal.versionConflict {
            return true
        }
    }

    /// Says once for what it waits; its next activity is due when that is over.
    private func awaitOpening(
        _ wait: DispatchWait, _ activity: ClaimedActivity
    ) async throws {
        try await settle(
            activity, DeploymentDecider.self, .awaitOpening(ClosedWindow(wait)),
            context(activity, "closed"), using(activity, .complete))
    }

    /// Of hosts of one rollout, that the end of another's attempt wakes: should nobody, they ask again.
    private static let longestWaitForSlot = Duration.seconds(300)

    /// Says once for which cap it waits, and asks again until it has its turn.
    private func awaitSlot(_ scope: String, _ activity: ClaimedActivity) async throws {
        let state = try await bus.state(of: activity.stream, as: DeploymentDecider.self).state
        guard let cap = DeploymentDecider.newlyAwaited(scope: scope, state) else {
            let seconds = DeploymentDecider.secondsForSlot(tries: activity.tries)
            if let cap = CapScope(dispatchScope: scope) {
                throw PutBack(after: .seconds(seconds), "the cap of \(cap) is used up")
            }
            throw PutBack(
                after: Self.longestWaitForSlot, "no free slot in \(scope)", untilSlotIn: scope)
        }
        try await settle(
            activity, DeploymentDecider.self, .awaitSlot(cap), context(activity, "slot"),
            using(activity, .complete))
    }

    private func loseDeployment(
        _ step: DeploymentStep, _ activity: ClaimedActivity, _ mode: ClaimUse.Mode
    ) async throws {
        try await settle(
            activity, DeploymentDecider.self, .loseLease(step, fence: activity.claim.fence),
            context(activity, "lost"), using(activity, mode))
    }

    func rescueDeployment(_ activity: ClaimedActivity) async throws {
        guard let step = DeploymentStep(rawValue: activity.kind) else {
            return try await drop(activity, .rescue)
        }
        try await loseDeployment(step, activity, .rescue)
    }
}

extension Permit {
    /// Freezes and caps hold for an asset where it belongs now, as well as where it belonged when it was
    /// planned.
    fileprivate mutating func addPlaces(of asset: Asset) {
        guard let registration = asset.registration else { return }
        var now = [
            ControlChange.siteScope(registration.site),
            ControlChange.groupScope(registration.group),
        ]
        let domain = asset.attributes.failureDomain
        if !domain.isEmpty { now.append(ControlChange.domainScope(domain)) }
        freezeScopes += now.filter { !freezeScopes.contains($0) }
    }
}
