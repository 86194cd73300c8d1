internal import Application
internal import EventSourcing
internal import PatchManagement

/// Rollouts, from their own streams; their counts come from `DeploymentFold`.
enum RolloutFold {
    static func keys(for event: RecordedEvent) throws -> [ViewKey] {
        let own = ViewKey(.rollout, event.stream.text)
        let decoded = try RolloutEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        switch decoded {
        // To show its title.
        case .planned(let payload): return [own, ViewKey(.patch, payload.patch.text)]
        // To show the names of those who halted it.
        case .gateEvaluated(let payload) where payload.cause != nil:
            return [own] + (payload.cause?.assets ?? []).map { ViewKey(.asset, $0.text) }
        default: return [own]
        }
    }

    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let decoded = try RolloutEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        let id = event.stream.text
        if case .planned(let payload) = decoded {
            let patch = try PatchDocument.read(payload.patch.text, in: views)
            return try planned(payload, event, patch?.title ?? "").write(to: &views)
        }
        guard var rollout = try RolloutDocument.read(id, in: views) else {
            throw MissingView(kind: .rollout, id: id)
        }
        rollout.version = event.version
        rollout.changedAt = event.recordedAt.description
        if case .missAcknowledged(let payload) = decoded {
            rollout.missedDeadline = payload.deadline.description
            rollout.missAcknowledgedBy = payload.by
        }
        approve(decoded, &rollout, event)
        try go(decoded, &rollout, event, views)
        halt(decoded, &rollout)
        try rollout.write(to: &views)
    }

    private static func planned(
        _ payload: RolloutPlanned, _ event: RecordedEvent, _ title: String
    ) -> RolloutDocument {
        let targets = payload.batchSizes.reduce(0, +)
        return RolloutDocument(
            id: event.stream.text, patch: payload.patch.text, patchTitle: title,
            state: "planned", reason: nil, planDigest: payload.planDigest.description, batch: nil,
            batches: payload.batchSizes.enumerated().map { index, size in
                RolloutDocument.Batch(
                    index: index, size: size, state: "waiting",
                    counts: RolloutDocument.Counts(waiting: size), soakUntil: nil, gate: nil)
            },
            counts: RolloutDocument.Counts(waiting: targets), approval: nil,
            predictedEnd: payload.predictedEnd.description,
            plannedAt: event.recordedAt.description,
            emergency: payload.emergency?.emergency.text,
            schedule: payload.schedule?.schedule.text,
            missedDeadline: payload.miss(at: payload.predictedEnd)?.deadline.description,
            changedAt: event.recordedAt.description, version: event.version)
    }

    /// The approval of the plan.
    private static func approve(
        _ event: RolloutEvent, _ rollout: inout RolloutDocument, _ recorded: RecordedEvent
    ) {
        let moment = recorded.recordedAt.description
        switch event {
        case .approvalRequested(let payload):
            rollout.go("awaitingApproval")
            rollout.approval = ApprovalDocument(
                state: "awaiting", digest: rollout.planDigest, requestedBy: payload.by,
                requestedAt: moment, expiresAt: payload.expires.description)
        case .approved(let payload):
            // A renewed approval doesn't move a rollout that is under way.
            if rollout.batch == nil { rollout.go("approved") }
            rollout.approval?.decide(
                "approved", by: payload.by, at: moment, reason: payload.reason)
            rollout.approval?.expiresAt = payload.expires.description
        case .rejected(let payload):
            rollout.state = "rejected"
            rollout.settle()
            rollout.reason = payload.reason
            rollout.approval?.decide(
                "rejected", by: payload.by, at: moment, reason: payload.reason)
        case .expired:
            rollout.state = "expired"
            rollout.settle()
            rollout.approval?.decide("expired", by: nil, at: moment, reason: nil)
        default: break
        }
    }

    /// Forward, batch by batch.
    private static func go(
        _ event: RolloutEvent, _ rollout: inout RolloutDocument, _ recorded: RecordedEvent,
        _ views: [ViewKey: View]
    ) throws {
        switch event {
        case .scheduled: rollout.go("running")
        case .batchStarted(let payload):
            rollout.state = "running"
            rollout.startedAt = rollout.startedAt ?? recorded.recordedAt.description
            rollout.start(batch: payload.batch)
        case .stragglersStarted(let payload):
            rollout.awaitStragglers(batch: payload.batch, until: payload.until.description)
        case .stragglersClosed(let payload):
            if rollout.batches.indices.contains(payload.batch) {
                mark(payload.batch, "running", &rollout)
            }
        case .batchSkipped(let payload): mark(payload.batch, "skipped", &rollout)
        case .soakStarted(let payload):
            rollout.go("soaking")
            mark(payload.batch, "soaking", &rollout)
            if rollout.batches.indices.contains(payload.batch) {
                rollout.batches[payload.batch].soakUntil = payload.until.description
            }
        case .gateEvaluated(let payload):
            guard rollout.batches.indices.contains(payload.batch) else { return }
            rollout.batches[payload.batch].gate = try gate(payload, recorded, views)
            switch payload.verdict {
            case .pass:
                mark(payload.batch, "passed", &rollout)
                if payload.batch == rollout.batch { rollout.go(rollout.underWay) }
            case .trip:
                mark(payload.batch, "tripped", &rollout)
                rollout.firstTrippedBatch = rollout.firstTrippedBatch ?? payload.batch
            case .hold, .soak, .inconclusive: break
            }
        case .gateOverridden(let payload):
            mark(payload.batch, "passed", &rollout)
            rollout.state = rollout.underWay
            rollout.reason = nil
        case .resumed(let payload):
            // Approved and not started is what a patch sees as scheduled.
            rollout.state =
                switch payload.phase {
                case .scheduled: "approved"
                case .running: rollout.underWay
                default: payload.phase.rawValue
                }
            rollout.reason = nil
            if payload.phase == .running, let batch = rollout.batch,
                rollout.batches[batch].state != "passed"
            {
                let isOfStragglers = rollout.batches[batch].returnUntil != nil
                mark(batch, isOfStragglers ? "awaitingReturn" : "running", &rollout)
            }
        case .postponed(let payload):
            rollout.postpone(
                .init(
                    asset: payload.asset.text, until: payload.until.description,
                    number: payload.number, reason: payload.reason, by: payload.by))
        case .healthRecorded(let payload): health(payload, recorded, &rollout)
        case .completed(let payload):
            rollout.state = payload.outcome.rawValue
            rollout.reason = nil
        default: break
        }
    }

    /// Whatever stops it or takes it back.
    private static func halt(_ event: RolloutEvent, _ rollout: inout RolloutDocument) {
        switch event {
        case .paused(let payload):
            rollout.state = "paused"
            rollout.reason = payload.detail.isEmpty ? payload.reason.rawValue : payload.detail
        case .aborted(let payload):
            rollout.state = "aborted"
            rollout.settle()
            rollout.reason = payload.reason
        case .cancelled(let payload):
            rollout.state = "cancelled"
            rollout.settle()
            rollout.reason = payload.reason
        case .rollbackOrdered(let payload):
            rollout.state = "rollingBack"
            rollout.reason = payload.reason
        case .rolledBack(let payload):
            rollout.state = payload.outcome.rawValue
            rollout.settle()
        default: break
        }
    }

    private static func mark(_ batch: Int, _ state: String, _ rollout: inout RolloutDocument) {
        guard rollout.batches.indices.contains(batch) else { return }
        rollout.batches[batch].state = state
    }

    private static func gate(
        _ payload: GateEvaluated, _ event: RecordedEvent, _ views: [ViewKey: View]
    ) throws -> RolloutDocument.Gate {
        let assets = payload.cause?.assets.map(\.text) ?? []
        return RolloutDocument.Gate(
            verdict: verdict(payload.verdict), rule: payload.cause?.rule.rawValue ?? "outcomes",
            value: payload.cause.map { String($0.value) } ?? words(payload.tally),
            limit: payload.cause.map { String($0.limit) } ?? "", assets: assets,
            hosts: try assets.map { try AssetDocument.read($0, in: views)?.name ?? $0 },
            at: event.recordedAt.description)
    }

    /// Held back by open targets or by the soak is the same for people: it isn't decided.
    private static func verdict(_ verdict: GateEvaluated.Verdict) -> String {
        switch verdict {
        case .hold, .soak: "wait"
        case .pass, .trip, .inconclusive: verdict.rawValue
        }
    }

    /// Where no single rule decides, all outcomes do.
    private static func words(_ tally: RolloutTally) -> String {
        "\(tally.counts.ok) of \(tally.size) good, \(tally.counts.bad) bad, \(tally.open) open"
    }
}
