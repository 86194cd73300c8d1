package import EventSourcing

/// Makes the plan of a rollout. Pure: the same request gives the same plan, byte for byte.
package enum RolloutPlanner {
    package struct Request: Sendable {
        package var rollout: StreamID
        package var patch: StreamID
        package var artefactDigest: Digest
        package var pins: [PinnedPackage]
        package var checks: VerificationChecks
        package var rebootPolicy: RebootPolicy
        package var rebootReturnSeconds: Int?
        package var snapshot: SnapshotRules?
        /// Assets that the patch applies to, in any order.
        package var targets: [RolloutTarget]
        /// Those that are left out, and why.
        package var skipped: [SkippedTarget]
        /// In the grammar of `BatchGrammar`.
        package var batches: String
        /// For each batch; the last value goes for all further ones.
        package var soakSeconds: [Int]
        package var gate: GateSettings
        package var progressDeadlineSeconds: Int
        package var capacity: Int
        package var retries: RetryBudget
        package var predictedSecondsPerAsset: Int
        /// Who tested the patch and signed it off.
        package var testers: [String] = []
        /// Names of probes in `healthPolicy`.
        package var probes: [String] = []
        package var healthPolicy: HealthPolicy
        /// Which the targets name by number.
        package var calendars: [PlannedCalendar] = []
        /// Of what the patch mends on the targets; nil for none.
        package var slaDeadline: Timestamp?
        package var riskClass: RiskClass
        /// From when the end is predicted.
        package var startsAt: Timestamp

        /// A request with the numbers of `policy` for that class.
        package init(
            rollout: StreamID, patch: StreamID, artefactDigest: Digest, pins: [PinnedPackage],
            checks: VerificationChecks, targets: [RolloutTarget], riskClass: RiskClass,
            policy: Policy, startsAt: Timestamp
        ) {
            self.rollout = rollout
            self.patch = patch
            self.artefactDigest = artefactDigest
            self.pins = pins
            self.checks = checks
            self.targets = targets
            self.startsAt = startsAt
            self.riskClass = riskClass
            rebootPolicy = policy.reboot?.policy ?? .never
            rebootReturnSeconds = policy.reboot?.returnSeconds
            snapshot = policy.snapshot
            skipped = []
            batches = policy.batches(for: riskClass)
            soakSeconds = [0, 1].map { policy.soakSeconds(for: riskClass, batch: $0) }
            gate = policy.gate
            healthPolicy = policy.health ?? HealthPolicy()
            progressDeadlineSeconds = policy.progressDeadlineSeconds
            capacity = policy.rolloutCapacity
            retries = policy.retries
            predictedSecondsPerAsset = policy.predictedSecondsPerAsset
        }
    }

    package static func plan(_ request: Request) throws(PlanningError) -> RolloutPlan {
        guard !request.targets.isEmpty else {
            throw PlanningError(
                "targets is empty: no asset is left that the patch applies to, "
                    + "\(request.skipped.count) were skipped")
        }
        guard let lastSoak = request.soakSeconds.last else {
            throw PlanningError("soak_seconds is empty: give one value or one for each batch")
        }
        let canary = canary(request)
        let counts = try BatchGrammar(request.batches).counts(
            total: request.targets.count, canary: canary.strata)
        var batches: [[RolloutTarget]] = []
        var next = 0
        for count in counts {
            batches.append(Array(canary.order[next..<(next + count)]))
            next += count
        }
        let soaks = batches.indices.map {
            $0 < request.soakSeconds.count ? request.soakSeconds[$0] : lastSoak
        }
        var plan = RolloutPlan(
            rollout: request.rollout, patch: request.patch,
            artefactDigest: request.artefactDigest, pins: request.pins, checks: request.checks,
            rebootPolicy: request.rebootPolicy, batches: batches,
            skipped: request.skipped.sorted { $0.asset < $1.asset }, gate: request.gate,
            soakSeconds: soaks, progressDeadlineSeconds: request.progressDeadlineSeconds,
            capacity: request.capacity, retries: request.retries,
            predictedEnd: request.startsAt)
        plan.health = try HealthPlan(
            naming: request.probes, in: request.healthPolicy, batches: batches)
        if !request.calendars.isEmpty { plan.calendars = request.calendars }
        let forecast = forecast(of: plan, request)
        plan.forecast = forecast
        plan.predictedEnd = forecast.last?.ends ?? request.startsAt
        plan.slaDeadline = request.slaDeadline
        plan.rebootReturnSeconds = request.rebootReturnSeconds
        plan.snapshot = request.snapshot?.hook
        if let need = request.snapshot?.neededFor, need != .nobody { plan.snapshotNeededFor = need }
        plan.riskClass = request.riskClass
        if !request.testers.isEmpty { plan.testers = Set(request.testers).sorted() }
        if let fault = plan.faults.first { throw PlanningError(fault) }
        return plan
    }

    /// All targets in the order of the rollout, first one of each stratum. The rank is
    /// SHA-256(rollout id ‖ asset id), so nobody chooses who goes first, and a replay agrees.
    private static func canary(_ request: Request) -> (strata: Int, order: [RolloutTarget]) {
        let ranked = request.targets
            .map { (rank: Digest(of: request.rollout.text + $0.asset.text), target: $0) }
            .sorted { ($0.rank, $0.target.asset) < ($1.rank, $1.target.asset) }
        var strata = Set<String>()
        var first: [RolloutTarget] = []
        var others: [RolloutTarget] = []
        for (_, target) in ranked {
            if strata.insert(target.stratum).inserted {
                first.append(target)
            } else {
                others.append(target)
            }
        }
        return (first.count, first + others)
    }
}
