package import EventSourcing

/// Exactly what a rollout will do. It is stored as a document; the approval binds its digest, and
/// nothing widens it later (I14, I16).
package struct RolloutPlan: Codable, Sendable, Equatable {
    package let rollout: StreamID
    package let patch: StreamID
    /// Digest of the pins, as the patch's approval binds it.
    package let artefactDigest: Digest
    package let pins: [PinnedPackage]
    package let checks: VerificationChecks
    package let rebootPolicy: RebootPolicy
    /// The first is the canary. One may be empty: it is skipped with an event.
    package let batches: [[RolloutTarget]]
    package let skipped: [SkippedTarget]
    package let gate: GateSettings
    /// One for each batch.
    package let soakSeconds: [Int]
    package let progressDeadlineSeconds: Int
    /// Attempts under way at once.
    package let capacity: Int
    package let retries: RetryBudget
    package var predictedEnd: Timestamp
    /// Who tested the patch and signed it off, and so may not approve this; nil for nobody.
    package var testers: [String]?
    /// Which policy its numbers come from, where nobody gave others; nil for what is built in, as
    /// before policies were published.
    package var policy: PolicyPin?
    /// How long an approval of it is good; nil for `Policy().approvalExpirySeconds`.
    package var approvalSeconds: Int?
    /// Flaws that the patch is known to have introduced, and that nobody mends; nil for none. The
    /// approval of the plan is given knowing of them.
    package var introducedFlaws: [String]?
    /// How the hosts are asked for their health; nil where they aren't.
    package var health: HealthPlan?
    /// The rollout of which it takes the failures up again; nil where it takes up none.
    package var retryOf: StreamID?
    /// The windows of its targets, which name them by number; nil where windows hold nobody back.
    package var calendars: [PlannedCalendar]?
    /// When each batch can begin and end, by the windows; nil in plans from before they were looked at.
    package var forecast: [BatchForecast]?
    /// The earliest deadline of what the patch mends on its targets; nil for none.
    package var slaDeadline: Timestamp?
    /// The emergency that it was planned in; nil mostly.
    package var emergency: PlanEmergency?
    /// How long a host may be gone for its reboot; nil for `RebootRules.usualReturnSeconds`.
    package var rebootReturnSeconds: Int?
    /// What is run on each host before it is changed; nil for nothing.
    package var snapshot: SnapshotHook?
    /// From which criticality on a host isn't changed without it; nil for none.
    package var snapshotNeededFor: SnapshotRules.Need?
    /// Of what it deploys: the higher one goes first where caps are used up. nil in plans from before that
    /// mattered.
    package var riskClass: RiskClass?
    /// The tick that it was planned by; nil where a person planned it.
    package var schedule: PlanSchedule?
    /// The patches of a bundle; nil for one patch alone.
    package var items: [DeploymentItem]?

    private enum CodingKeys: String, CodingKey {
        case rollout
        case patch
        case artefactDigest = "artefact_digest"
        case pins
        case checks
        case rebootPolicy = "reboot_policy"
        case batches
        case skipped
        case gate
        case soakSeconds = "soak_seconds"
        case progressDeadlineSeconds = "progress_deadline_seconds"
        case capacity
        case retries
        case predictedEnd = "predicted_end"
        case testers, policy, health
        case retryOf = "retry_of"
        case approvalSeconds = "approval_seconds"
        case introducedFlaws = "introduced_flaws"
        case calendars, forecast, emergency, schedule, items
        case riskClass = "risk_class"
        case slaDeadline = "sla_deadline"
        case rebootReturnSeconds = "reboot_return_seconds"
        case snapshot
        case snapshotNeededFor = "snapshot_needed_for"
    }

    /// What the rollout's own stream keeps of it.
    package func summary(digest: Digest, by person: String) -> RolloutPlanned {
        let assets = batches.map { $0.map(\.asset.text).joined(separator: ",") }
        return RolloutPlanned(
            rollout: rollout, patch: patch, planDigest: digest, artefactDigest: artefactDigest,
            batchSizes: batches.map(\.count),
            targetsDigest: Digest(of: assets.joined(separator: "\n")),
            skipped: skipped.count, gate: gate, soakSeconds: soakSeconds,
            progressDeadlineSeconds: progressDeadlineSeconds, capacity: capacity,
            predictedEnd: predictedEnd, by: person, testers: testers ?? [], health: health,
            calendars: calendars, batchCalendars: batchCalendars, emergency: emergency,
            retryOf: retryOf, schedule: schedule, slaDeadline: slaDeadline)
    }

    /// nil where it may do without one.
    private func needsSnapshot(_ target: RolloutTarget) -> Bool? {
        guard let snapshotNeededFor else { return nil }
        var rules = SnapshotRules()
        rules.neededFor = snapshotNeededFor
        return rules.isNeeded(for: target.criticality) ? true : nil
    }

    /// What is ordered for `target` of `batch`.
    package func order(for target: RolloutTarget, batch: Int, planDigest: Digest) -> DeploymentOrder
    {
        DeploymentOrder(
            rollout: rollout, patch: patch, planDigest: planDigest,
            artefactDigest: artefactDigest, batch: batch, target: target, pins: pins,
            checks: checks, rebootPolicy: rebootPolicy, retries: retries,
            rebootReturnSeconds: rebootReturnSeconds, snapshot: snapshot,
            needsSnapshot: needsSnapshot(target), riskClass: riskClass, items: items)
    }
}

extension RolloutPlan {
    /// What can't be right in it, one sentence each; empty when it may be approved.
    package var faults: [String] {
        var faults = gate.faults
        if batches.first?.isEmpty ?? true {
            faults.append("batches[0] has no target: a rollout needs a canary")
        }
        if soakSeconds.count != batches.count {
            faults.append(
                "soak_seconds has \(soakSeconds.count) values for \(batches.count) batches: give "
                    + "one for each")
        }
        if let seconds = soakSeconds.first(where: { $0 < 0 }) {
            faults.append("soak_seconds is \(seconds): give 0 or more")
        }
        if progressDeadlineSeconds <= 0 {
            faults.append("progress_deadline_seconds is \(progressDeadlineSeconds): give 1 or more")
        }
        if emergency != nil { faults += emergencyFaults }
        if capacity <= 0 { faults.append("capacity is \(capacity): give 1 or more") }
        if pins.isEmpty { faults.append("pins is empty: acquire the patch first") }
        if let health { faults += health.faults(soakSeconds: soakSeconds, batches: batches) }
        if gate.needsHealth, health == nil {
            faults.append("needs_health is true and no probe is named: name probes of the policy")
        }
        var seen = Set<StreamID>()
        for target in batches.joined() where !seen.insert(target.asset).inserted {
            faults.append("batches name \(target.asset) twice: name each asset once")
        }
        return faults + calendarFaults
    }
}

extension RolloutPlan {
    /// What can't be right in the calendars.
    private var calendarFaults: [String] {
        let calendars = calendars ?? []
        var faults: [String] = []
        if calendars.count > PlannedCalendar.most
            || calendars.reduce(0, { $0 + $1.openings.count }) > PlannedCalendar.mostOpenings
        {
            faults.append(
                "its targets have \(calendars.count) different calendars with more openings than "
                    + "a plan may pin: plan one rollout for each site")
        }
        let numbers = batches.joined().compactMap(\.calendar)
        if let number = numbers.first(where: { !calendars.indices.contains($0) }) {
            faults.append("a target names calendar \(number) of \(calendars.count)")
        }
        return faults
    }

    /// An emergency makes the canary small, and never to nothing.
    private var emergencyFaults: [String] {
        let canary = batches.first ?? []
        let isAlone = batches.dropFirst().allSatisfy(\.isEmpty)
        guard isAlone, canary.count > Set(canary.map(\.stratum)).count else { return [] }
        return [
            "batches has all \(canary.count) assets in the canary: an emergency keeps one, such as "
                + "1%,rest"
        ]
    }
}

package struct RolloutTarget: Codable, Hashable, Sendable {
    package let asset: StreamID
    package let host: HostAddress
    package let site: String
    /// Operating system, version and architecture, such as `debian 12 amd64`.
    package let stratum: String
    /// The asset's criticality: `low`, `medium`, `high` or `veryHigh`.
    package let criticality: String
    /// nil where it is not known.
    package let group: String?
    /// The number of the plan's calendar that holds for it; nil where windows don't hold it back.
    package var calendar: Int?
    /// What fails together with it; nil where nobody has said it.
    package var failureDomain: String?

    private enum CodingKeys: String, CodingKey {
        case asset, host, site, stratum, criticality, group, calendar
        case failureDomain = "failure_domain"
    }

    package init(
        asset: StreamID, host: HostAddress, site: String, stratum: String, criticality: String,
        group: String? = nil, calendar: Int? = nil, failureDomain: String? = nil
    ) {
        self.asset = asset
        self.host = host
        self.site = site
        self.stratum = stratum
        self.criticality = criticality
        self.group = group
        self.calendar = calendar
        self.failureDomain = failureDomain
    }

    /// It refuses to start without a way back.
    package var needsBackup: Bool { criticality == "high" || criticality == "veryHigh" }
}

package struct SkippedTarget: Codable, Hashable, Sendable {
    package let asset: StreamID
    package let reason: String

    package init(asset: StreamID, reason: String) {
        self.asset = asset
        self.reason = reason
    }
}
