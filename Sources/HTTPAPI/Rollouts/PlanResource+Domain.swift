internal import APIContract
internal import Application
private import EventSourcing
private import PatchManagement

extension PlanRequest {
    /// - Throws: `InvalidInput` that names the field.
    init(_ request: PlanRolloutRequest) throws(InvalidInput) {
        guard request.caps?.perSite == nil else {
            throw InvalidInput(
                field: "caps.per_site",
                message: "can't be carried out, nothing is counted by site; leave it out, "
                    + "'caps.total' holds over all sites")
        }
        self.init(
            patch: request.patch, selection: AssetSelection(request.target),
            batches: request.batches, soakSeconds: request.soakSeconds)
        capacity = request.caps?.total
        retries = request.retries?.count
        firstRetryDelaySeconds = request.retries?.firstDelaySeconds
        probes = request.probes ?? []
        if let policy = request.rebootPolicy {
            rebootPolicy = try choice(policy, field: "reboot_policy")
        }
        gate.maxFailures = request.gate?.maxFailures
        gate.maxPercent = request.gate?.maxFailurePercent
        gate.minSuccessPercent = request.gate?.minSuccessPercent
        gate.maxAbsentPercent = request.gate?.maxAbsentPercent
        gate.maxTotalFailures = request.gate?.maxTotalFailures
        if let onTrip = request.gate?.onTrip {
            gate.onTrip = try choice(onTrip, field: "gate.on_trip")
        }
    }
}

extension PlanResource {
    init(_ planned: PlannedRollout) {
        let plan = planned.plan
        let largest = plan.batches.map(\.count).max() ?? 0
        self.init(
            id: plan.rollout.text, digest: planned.digest.description, patch: plan.patch.text,
            artefactDigest: plan.artefactDigest.description,
            packages: plan.pins.map {
                PackageResource(
                    name: $0.name, architecture: $0.architecture, version: $0.version,
                    sha256: $0.sha256.description, size: $0.size)
            },
            batches: zip(plan.batches, plan.soakSeconds).enumerated().map { index, batch in
                PlannedBatchResource(
                    index: index, soakSeconds: batch.1,
                    targets: batch.0.map(PlannedTargetResource.init),
                    predictedStart: plan.forecast?[index].begins?.description,
                    predictedEnd: plan.forecast?[index].ends.description,
                    isShort: plan.forecast?[index].isShort == true ? true : nil)
            },
            skipped: plan.skipped.map {
                SkippedAssetResource(
                    asset: $0.asset.text,
                    name: planned.skippedNames[$0.asset] ?? $0.asset.text, reason: $0.reason)
            },
            gate: GateSettingsResource(
                // Without a limit by number, as many may fail as there are: the shares decide.
                maxFailures: plan.gate.maxFailures ?? largest,
                maxFailurePercent: plan.gate.maxPercent,
                minSuccessPercent: plan.gate.minSuccessPercent,
                maxAbsentPercent: plan.gate.maxAbsentPercent,
                maxTotalFailures: plan.gate.maxTotalFailures, onTrip: plan.gate.onTrip.rawValue),
            caps: CapsResource(total: plan.capacity), rebootPolicy: plan.rebootPolicy.rawValue,
            predictedEnd: plan.predictedEnd.description,
            calendars: plan.calendars?.map(PlannedCalendarResource.init),
            slaDeadline: plan.slaDeadline?.description, lateness: plan.lateness,
            policyVersion: plan.policy?.version,
            introducedFlaws: plan.introducedFlaws,
            health: plan.health.map {
                PlannedHealthResource(
                    probes: $0.probes.map(\.name), intervalSeconds: $0.intervalSeconds,
                    sampleHosts: $0.sampleHosts, minAnswers: $0.minAnswers)
            },
            retryOf: plan.retryOf?.text,
            createdAt: planned.created.description)
    }
}

extension PlannedTargetResource {
    fileprivate init(_ target: RolloutTarget) {
        self.init(
            asset: target.asset.text, name: target.host.name, site: target.site,
            stratum: target.stratum, criticality: target.criticality,
            calendar: target.calendar)
    }
}

extension PlannedCalendarResource {
    fileprivate init(_ calendar: PlannedCalendar) {
        self.init(
            windows: calendar.windows,
            openings: calendar.openings.map {
                PlannedOpeningResource(
                    startsAt: $0.start.description, lastStartAt: $0.lastStart.description,
                    endsAt: $0.end.description)
            })
    }
}
