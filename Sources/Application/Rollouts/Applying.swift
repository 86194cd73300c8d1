package import EventSourcing
internal import PatchManagement

/// A plan was made for a world that has changed (412).
package struct StalePlan: DomainRejection {
    package let rollout: StreamID
    /// What is different, one sentence each.
    package let changes: [String]

    package var code: String { "stale-plan" }
    package var kind: RejectionKind { .stale }
    package var message: String {
        let shown = changes.prefix(10).joined(separator: "; ")
        let more = changes.count > 10 ? "; and \(changes.count - 10) more" : ""
        return "the plan \(rollout) no longer fits: \(shown)\(more); plan it anew"
    }
}

extension UseCases {
    /// Makes exactly this plan a rollout, by asking for its approval.
    ///
    /// - Throws: `StalePlan` that says what has changed since it was made.
    package func apply(_ id: String, digest: String, _ order: Order) async throws -> Written {
        let rollout = try rollout(id)
        if let answer = try await answered(rollout: rollout, order, .requestRolloutApproval) {
            return answer
        }
        let digest = try Digest(text: digest, field: "digest")
        let (state, summary, plan) = try await planned(rollout)
        guard digest == summary.planDigest else {
            throw RolloutRejection.stalePlan(given: digest, current: summary.planDigest)
        }
        let command = RolloutCommand.requestApproval(expires: approvalEnd(of: plan))
        guard state.stage == .planned else {
            return try await send(command, to: rollout, order, .requestRolloutApproval)
        }
        return try await whileUnmoved(plan.patch) {
            let patch = try await approvedPatch(plan.patch)
            let changes = try await changes(since: plan, patch)
            guard changes.isEmpty else { throw StalePlan(rollout: rollout, changes: changes) }
            return try await send(
                command, to: rollout, order, .requestRolloutApproval, guards: patch.guards)
        }
    }

    /// Until when an approval of `plan` that is asked for or given now is good.
    func approvalEnd(of plan: RolloutPlan) -> Timestamp {
        now() + .seconds(plan.approvalSeconds ?? Policy().approvalExpirySeconds)
    }

    /// What is different for the targets of `plan`. That others could join is no change: nothing
    /// widens a plan (I16).
    private func changes(since plan: RolloutPlan, _ patch: ApprovedPatch) async throws -> [String] {
        var changes: [String] = []
        if plan.artefactDigest != patch.approval.artefactDigest {
            changes.append(
                "the approval is for artefact \(patch.approval.artefactDigest), the plan for "
                    + "\(plan.artefactDigest)")
        }
        if plan.checks != patch.evidence.checks {
            changes.append("the checks that were tested are others")
        }
        let newFlaws = (patch.introducedFlaws ?? []).filter {
            plan.introducedFlaws?.contains($0) != true
        }
        changes += newFlaws.map { "the patch is known by now to have introduced '\($0)'" }
        let eligibility = try await eligibility(for: patch, besides: plan.rollout)
        let targets = plan.batches.joined().sorted { $0.asset < $1.asset }
        let facts = try await facts(of: targets.map(\.asset))
        changes += try await changedPolicy(
            since: plan, targets.compactMap { facts[$0.asset]?.registration })
        changes += try await changedWindows(
            since: plan,
            targets.compactMap { target in
                facts[target.asset].map { (target, $0.registration) }
            })
        for target in targets {
            guard let asset = facts[target.asset] else {
                throw EventStoreError(.corrupted, "\(target.asset) was planned and isn't known")
            }
            changes += self.changes(of: target, asset, eligibility).map {
                "\(target.host.name) \($0)"
            }
        }
        return changes
    }

    private func changes(
        of target: RolloutTarget, _ asset: AssetFacts, _ eligibility: Eligibility
    ) -> [String] {
        if let obstacle = eligibility.obstacle(to: asset) { return [obstacle.words] }
        var changes: [String] = []
        let host = asset.registration.host
        if host != target.host {
            changes.append(
                "answers at \(host.user)@\(host.address):\(host.port), not at "
                    + "\(target.host.user)@\(target.host.address):\(target.host.port)")
        }
        for (what, now, then) in [
            ("site", asset.registration.site, target.site),
            ("platform", asset.stratum?.description ?? "unknown", target.stratum),
            ("criticality", asset.registration.criticality.rawValue, target.criticality),
        ] where now != then {
            changes.append("has \(what) \(now), not \(then)")
        }
        return changes
    }
}
