package import EventSourcing
private import FoundationEssentials
package import PatchManagement

/// A plan, with what its document leaves out for people.
package struct PlannedRollout: Sendable, Equatable {
    package let plan: RolloutPlan
    package let digest: Digest
    package let created: Timestamp
    /// Of the assets that are left out.
    package let skippedNames: [StreamID: String]
    /// Of the rollout's stream.
    package let version: Int
}

extension UseCases {
    /// Makes the plan of a rollout, pins it under the rollout's id and starts nothing. The same
    /// request under the same key is the same plan.
    package func plan(_ request: PlanRequest, _ order: Order) async throws -> PlannedRollout {
        let context = try context(order, .planRollout)
        let rollout =
            request.rollout
            ?? StreamID(
                prefix: RolloutDecider.prefix,
                .version5(namespace: context.commandID, name: "rollout"))
        if try await answered(rollout: rollout, order, .planRollout) != nil {
            return try await plannedRollout(rollout)
        }
        guard let patch = StreamID(request.patch), patch.prefix == PatchDecider.prefix else {
            throw InvalidInput(
                field: "patch", message: "'\(request.patch)' is not the id of a patch")
        }
        try request.check()
        let filter = try AssetFilter(request.selection)
        try await whileUnmoved(patch) {
            let approved = try await approvedPatch(patch)
            let plan = try await plan(request, filter, approved, rollout)
            let document = Document(
                mediaType: "application/json", bytes: try CanonicalJSON.encode(plan))
            // Who is asked for their health is read by itself, round by round.
            let sample = plan.health.map {
                HealthSample(of: plan.batches, size: $0.sampleHosts).document
            }
            _ = try await send(
                .plan(plan, digest: document.digest), to: rollout, order, .planRollout,
                documents: [document] + (sample.map { [$0] } ?? []), guards: approved.guards)
        }
        return try await plannedRollout(rollout)
    }

    /// The places of those that need a snapshot first, for which the policy has no command.
    private static func lackingSnapshots(_ targets: [RolloutTarget], _ policy: Policy) -> Set<Int> {
        guard let rules = policy.snapshot, rules.hook == nil else { return [] }
        return Set(targets.indices.filter { rules.isNeeded(for: targets[$0].criticality) })
    }

    private func plan(
        _ request: PlanRequest, _ filter: AssetFilter, _ patch: ApprovedPatch, _ rollout: StreamID
    ) async throws -> RolloutPlan {
        let eligibility = try await eligibility(for: patch, besides: rollout)
        let candidates = eligibility.applicable.union(eligibility.approved)
            .union(filter.named ?? []).sorted()
        let facts = try await facts(of: candidates)
        if let stranger = filter.named?.first(where: { facts[$0] == nil }) {
            throw InvalidInput(
                field: "target.assets",
                message: "there is no asset '\(stranger)'; list the assets to see their ids")
        }
        var targets: [RolloutTarget] = []
        var paths: [PolicyPath] = []
        var registrations: [AssetRegistration] = []
        var skipped: [SkippedTarget] = []
        for asset in candidates.compactMap({ facts[$0] }) where filter.matches(asset) {
            if let reason = eligibility.obstacle(to: asset) {
                skipped.append(SkippedTarget(asset: asset.id, reason: reason.rawValue))
            } else {
                targets.append(try RolloutTarget(asset, stratum(of: asset, field: "target")))
                paths.append(PolicyPath(asset.registration))
                registrations.append(asset.registration)
            }
        }
        let windows = try await calendars(on: paths)
        for place in targets.indices { targets[place].calendar = windows.numbers[place] }
        let open = targets.indices.filter { !windows.isClosed($0) }
        skipped += targets.indices.filter(windows.isClosed).map {
            SkippedTarget(asset: targets[$0].asset, reason: SkipReason.noWindow.rawValue)
        }
        (targets, paths) = (open.map { targets[$0] }, open.map { paths[$0] })
        registrations = open.map { registrations[$0] }
        let (policy, pin) = try await rolloutPolicy(on: paths)
        let lacking = Self.lackingSnapshots(targets, policy)
        skipped += lacking.sorted().map {
            SkippedTarget(asset: targets[$0].asset, reason: SkipReason.noSnapshot.rawValue)
        }
        let others = targets.indices.filter { !lacking.contains($0) }
        (targets, registrations) = (others.map { targets[$0] }, others.map { registrations[$0] })
        let emergency = patch.patch.liveEmergency(for: registrations, at: now())
        var wanted = RolloutPlanner.Request(
            rollout: rollout, patch: patch.approval.patch,
            artefactDigest: patch.approval.artefactDigest, pins: patch.artefact.pins,
            checks: patch.evidence.checks, targets: targets,
            riskClass: emergency == nil ? patch.assessment.riskClass : .urgent, policy: policy,
            startsAt: now())
        wanted.skipped = skipped
        wanted.calendars = windows.calendars
        wanted.slaDeadline = try await slaDeadline(
            of: eligibility.packages, on: targets.map(\.asset))
        wanted.testers = ([patch.evidence.tester] + (patch.patch.signedOffBy.map { [$0] } ?? []))
            .flatMap(\.people)
        wanted.take(request, policy)
        do throws(PlanningError) {
            var plan = try RolloutPlanner.plan(wanted)
            plan.policy = pin
            plan.approvalSeconds = policy.approvalExpirySeconds
            plan.introducedFlaws = patch.introducedFlaws
            plan.retryOf = request.retryOf
            plan.schedule = request.schedule
            plan.items = patch.patch.identification?.items
            plan.emergency = emergency.map { PlanEmergency($0) }
            return plan
        } catch {
            throw RolloutRejection.planInvalid(error.description)
        }
    }

    /// Shows a plan as it was made.
    package func plan(_ id: String, _ caller: Caller) async throws -> PlannedRollout {
        _ = try authorise(caller, .readRollouts)
        return try await plannedRollout(try rollout(id))
    }

    private func plannedRollout(_ rollout: StreamID) async throws -> PlannedRollout {
        let (_, summary, plan) = try await planned(rollout)
        let events = try await store.read(rollout, after: 0, limit: 1000)
        guard let planned = events.last(where: { $0.type == RolloutPlanned.type }) else {
            throw EventStoreError(.corrupted, "\(rollout) has a plan and nobody planned it")
        }
        let facts = try await facts(of: plan.skipped.map(\.asset))
        return PlannedRollout(
            plan: plan, digest: summary.planDigest, created: planned.occurredAt,
            skippedNames: facts.mapValues(\.registration.name), version: planned.version)
    }
}

extension PlanRequest {
    /// That of a tick follows from the tick; nil where a person plans.
    fileprivate var rollout: StreamID? {
        guard let schedule, let patch = StreamID(patch) else { return nil }
        return schedule.rollout(of: patch)
    }
}

extension RolloutTarget {
    init(_ asset: AssetFacts, _ stratum: PlatformStratum) {
        self.init(
            asset: asset.id, host: asset.registration.host, site: asset.registration.site,
            stratum: stratum.description, criticality: asset.registration.criticality.rawValue,
            group: asset.registration.group,
            failureDomain: asset.failureDomain.isEmpty ? nil : asset.failureDomain)
    }
}

extension RolloutPlanner.Request {
    /// What was asked for in so many words.
    fileprivate mutating func take(_ request: PlanRequest, _ policy: Policy) {
        // Without a word on them they are the policy's, by the class of the patch.
        if let given = request.batches { batches = given }
        if let seconds = request.soakSeconds { soakSeconds = [seconds] }
        gate = policy.limited(request.gate.applied(to: policy.gate), targets: targets.count)
        capacity = request.capacity ?? policy.rolloutCapacity
        rebootPolicy = request.rebootPolicy ?? rebootPolicy
        probes = request.probes
        retries.retries = request.retries ?? policy.retries.retries
        retries.firstDelaySeconds =
            request.firstRetryDelaySeconds ?? policy.retries.firstDelaySeconds
    }
}
