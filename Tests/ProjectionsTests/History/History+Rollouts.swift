import EventSourcing
import FoundationEssentials
import PatchManagement
import Support

/// Rollouts and what happens on their hosts.
extension History {
    mutating func liveRollout() async throws {
        if rollouts.isEmpty || random.chance(15) { return try await plan() }
        let id = random.pick(Array(rollouts.suffix(3)))
        let rollout = try await state(of: id, as: RolloutDecider.self)
        guard let (command, person) = try await next(rollout) else { return }
        try await send(command, to: id, as: RolloutDecider.self, by: person)
    }

    private mutating func plan() async throws {
        var ready: [(StreamID, Patch)] = []
        for id in patches {
            let patch = try await state(of: id, as: PatchDecider.self)
            if patch.mayStartRollout(at: now) { ready.append((id, patch)) }
        }
        guard let (id, patch) = ready.first, let artefact = patch.artefact,
            let assessment = patch.assessment
        else { return }
        let rollout = newID("ro")
        let chosen = assets.filter { _ in random.chance(80) }
        var request = RolloutPlanner.Request(
            rollout: rollout, patch: id, artefactDigest: artefact.digest, pins: artefact.pins,
            checks: assessment.checks,
            targets: (chosen.isEmpty ? assets : chosen).map {
                RolloutTarget(
                    asset: $0.asset, host: $0.host, site: $0.site, stratum: "debian 12 amd64",
                    criticality: $0.criticality.rawValue)
            }, riskClass: .important, policy: Policy(), startsAt: now)
        request.batches = random.pick(["1,50%,rest", "2,rest", "1,rest"])
        request.soakSeconds = [random.below(2) * 30]
        request.gate.maxFailures = random.below(2)
        request.gate.maxPercent = 100
        request.gate.minSuccessPercent = random.pick([1, 50, 90])
        request.gate.onTrip = random.pick(GateSettings.OnTrip.allCases)
        request.rebootPolicy = random.pick(RebootPolicy.allCases)
        if random.chance(30) {
            request.snapshot = SnapshotRules()
            request.snapshot?.command = ["/usr/local/sbin/snapshot"]
        }
        let plan = try RolloutPlanner.plan(request)
        let digest = try CanonicalJSON.digest(of: plan)
        plans[digest] = plan
        rollouts.append(rollout)
        try await send(.plan(plan, digest: digest), to: rollout, as: RolloutDecider.self, by: .rita)
    }

    private mutating func next(
        _ rollout: RolloutState
    ) async throws -> (RolloutCommand, Person)? {
        guard let plan = rollout.plan else { return nil }
        if rollout.pause != nil { return try await afterPause(rollout, plan) }
        switch random.below(100) {
        case ..<5: return (.pause(.person, detail: random.pick(["", "lunch"])), .rita)
        case ..<7: return (.abort(reason: "enough"), .rita)
        case ..<10: return (.rollBack(random.pick([.batch, .all]), reason: "bad news"), .rita)
        case ..<12: return (.cancel(reason: "not needed"), .rita)
        case ..<13:
            return (
                .promote(reason: "fine", maxTotalFailures: nil, approval: try await approval(plan)),
                .paul
            )
        default: break
        }
        let expires = now + .seconds(5 * 86_400)
        switch rollout.stage {
        case .planned: return (.requestApproval(expires: expires), .rita)
        case .awaitingApproval:
            if random.chance(10) { return (.reject(reason: "too many"), .paul) }
            if random.chance(5), let end = rollout.approvalExpires {
                return (.approvalExpired(expires: end), .workflow)
            }
            // Whoever planned it may not approve it.
            return (.approve(planDigest: plan.planDigest, expires: expires), .paul)
        case .approved: return (.start(try await approval(plan)), .rita)
        case .running:
            if let stragglers = rollout.stragglers, random.chance(10) {
                now = max(now, stragglers.until)
                return (.stragglersDue(until: stragglers.until), .workflow)
            }
            if random.chance(3), let deadline = rollout.deadline {
                return (
                    .progressDeadlinePassed(batch: rollout.batch, deadline: deadline), .workflow
                )
            }
            return nil
        case .soaking(let until):
            now = max(now, until)
            return (.soakElapsed(batch: rollout.batch, until: until), .workflow)
        case .unplanned, .measuring, .settling, .rollingBack, .ended: return nil
        }
    }

    private mutating func afterPause(
        _ rollout: RolloutState, _ plan: RolloutPlanned
    ) async throws -> (RolloutCommand, Person) {
        let approval = try await approval(plan)
        switch random.below(10) {
        case ..<6:
            let failed =
                rollout.tally?.listed.filter { $0.batch == rollout.batch && $0.outcome.isBad } ?? []
            return (
                .resume(
                    reason: "known", acknowledged: failed.map(\.asset), acceptAbsent: true,
                    approval: approval), .rita
            )
        case 6: return (.promote(reason: "fine", maxTotalFailures: 9, approval: approval), .paul)
        case 7: return (.rollBack(.all, reason: "back"), .rita)
        case 8: return (.approve(planDigest: plan.planDigest, expires: now + .seconds(9)), .paul)
        default: return (.abort(reason: "enough"), .rita)
        }
    }

    private func approval(_ plan: RolloutPlanned) async throws -> PatchApproval {
        let patch = try await state(of: plan.patch, as: PatchDecider.self)
        return PatchApproval(
            patch: plan.patch, artefactDigest: plan.artefactDigest,
            expires: patch.approval?.expires ?? now)
    }

    // MARK: Hosts

    mutating func liveDeployment() async throws {
        for id in deployments.shuffled(using: &random).prefix(4) {
            let deployment = try await state(of: id, as: DeploymentDecider.self)
            guard let step = deployment.phase.awaitedStep else { continue }
            try await work(id, deployment, step)
            return
        }
    }

    private mutating func work(
        _ id: StreamID, _ deployment: DeploymentState, _ step: DeploymentStep
    ) async throws {
        let decider = DeploymentDecider.self
        let begins =
            step.needsPermit && deployment.phase != .prechecking
            && deployment.phase != .installing && deployment.phase != .rollingBack
        let held = step.needsPermit && !begins ? deployment.fence : nextFence()
        if begins {
            let command = DeploymentCommand.beginStep(step, worker: lab.asset.uuid, fence: held)
            try await send(command, to: id, as: decider, by: .worker)
            if random.chance(20) { return }
        }
        if random.chance(6) {
            try await send(.loseLease(step, fence: held), to: id, as: decider, by: .worker)
            return
        }
        // Probes that go on for an hour give up.
        if [.probe, .awaitBoot].contains(step), random.chance(15) { now = now + .seconds(4000) }
        let result = result(of: step, deployment.phase)
        try await send(.recordResult(step, result, fence: held), to: id, as: decider, by: .worker)
    }

    private mutating func result(
        of step: DeploymentStep, _ phase: DeploymentPhase
    ) -> WorkResult {
        if random.chance(8) { return .failed(failure()) }
        switch step {
        case .precheck:
            let obstacles: [PrecheckReport.Obstacle] =
                random.chance(95) ? [] : [random.pick(PrecheckReport.Obstacle.allCases)]
            return .precheck(Goods.precheck(obstacles))
        case .backUp: return .backUp([Goods.prior])
        case .install, .reboot, .rollBack:
            return .executed(Goods.executed(random.chance(92) ? 0 : 100))
        case .verify:
            let isBack = phase == .verifyingRollback
            return .verification(
                Goods.verification(
                    isBack ? Goods.old : Goods.package,
                    cron: random.chance(92) ? .running : .stopped,
                    rebootRequired: random.chance(12)))
        case .probe:
            return .probe(
                random.pick([
                    .neverStarted, .running, .finished(Goods.executed()), .interrupted,
                ]))
        case .snapshot: return .checked(Goods.checked(boot: 1))
        case .awaitBoot: return .checked(Goods.checked(boot: random.chance(80) ? 2 : 1))
        case .look:
            return random.chance(60)
                ? .precheck(Goods.precheck([])) : .failed(WorkFailure(.unreachable, "no answer"))
        }
    }
}
