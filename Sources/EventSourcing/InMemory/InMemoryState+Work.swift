internal import FoundationEssentials

extension InMemoryState {
    /// What follows from an accepted command, in the order of the database's schedule_work.
    mutating func schedule(_ request: AppendRequest, at: Timestamp) {
        for case .control(let change) in request.effects.map(\.effect) { apply(change) }
        for case .calendar(let change) in request.effects.map(\.effect) {
            if case .cap(let scope, let capacity) = change {
                wake(slots.setCap(capacity, of: scope, at: at), at: at)
            }
            guard let freeze = calendar.apply(change) else { continue }
            for row in activities.values where row.activity.parkedBy == freeze {
                activities[row.id]?.availableAt = min(row.availableAt, at)
            }
        }
        for scheduled in request.effects where scheduled.effect == .cancelPending {
            for row in activities.values where row.stream == scheduled.stream && row.claim == nil {
                activities[row.id] = nil
            }
            for key in timers.keys where key.stream == scheduled.stream { timers[key] = nil }
        }
        if let use = request.claim, use.mode != .hold { activities[use.claim.activity] = nil }
        if let timer = request.timer {
            for (key, due) in timers where due.id == timer.id { timers[key] = nil }
        }
        for scheduled in request.effects {
            switch scheduled.effect {
            case .schedule(let activity):
                guard activities[scheduled.activityID] == nil else { continue }
                activities[scheduled.activityID] = ActivityRow(
                    activity: activity, id: scheduled.activityID, stream: scheduled.stream,
                    correlationID: request.context.correlationID,
                    availableAt: at + activity.delay)
            case .start(let timer):
                timers[TimerKey(stream: scheduled.stream, name: timer.name)] = DueTimer(
                    id: scheduled.timerID, stream: scheduled.stream, name: timer.name,
                    due: timer.due, data: timer.data,
                    correlationID: request.context.correlationID)
            case .cancelPending, .control, .calendar, .endAttempt: continue
            }
        }
    }

    private mutating func apply(_ change: ControlChange) {
        var control = controls[change.scope, default: Control()]
        control.halted = change.halted ?? control.halted
        control.releasedBatch = change.releasedBatch ?? control.releasedBatch
        controls[change.scope] = control
        if let capacity = change.capacity { slots.setCapacity(capacity, of: change.scope) }
    }

    mutating func heartbeat(
        _ worker: UUID, until: Timestamp, at: Timestamp
    ) throws(ActivityQueueError) {
        if let lease = workers[worker], lease <= at { throw .workerExpired }
        workers[worker] = until
    }

    mutating func claim(
        _ worker: UUID, _ queues: [String], limit: Int, at: Timestamp
    ) throws(ActivityQueueError) -> [ClaimedActivity] {
        guard let lease = workers[worker], lease > at else { throw .workerExpired }
        var chosen: [ActivityRow] = []
        for queue in queues where chosen.count < limit {
            let due = activities.values.filter {
                $0.claim == nil && $0.activity.queue == queue && $0.availableAt <= at
            }
            chosen += due.sorted(by: Self.isBefore).prefix(limit - chosen.count)
        }
        return chosen.sorted(by: Self.isBefore).map { row in
            lastFence += 1
            var row = row
            row.tries += 1
            row.claim = Claim(activity: row.id, worker: worker, fence: lastFence)
            row.claimedAt = at
            activities[row.id] = row
            return row.claimed
        }.compactMap { $0 }
    }

    private static func isBefore(_ left: ActivityRow, _ right: ActivityRow) -> Bool {
        (-left.activity.priority, left.availableAt, left.id.text)
            < (-right.activity.priority, right.availableAt, right.id.text)
    }

    func held(by worker: UUID) -> [ClaimedActivity] {
        activities.values.filter { $0.claim?.worker == worker }.sorted(by: Self.isBefore)
            .compactMap(\.claimed)
    }

    mutating func release(
        _ claim: Claim, until: Timestamp, orSlotIn scope: String?, at: Timestamp
    ) {
        guard activities[claim.activity]?.claim == claim else { return }
        activities[claim.activity]?.claim = nil
        activities[claim.activity]?.availableAt = until
        guard let scope else { return }
        activities[claim.activity]?.awaitedScope = scope
        let isFree = slots.capacity(of: scope).map { slots.underWay(in: scope) < $0 } ?? false
        if isFree { activities[claim.activity]?.availableAt = at + .milliseconds(100) }
    }

    /// As wake_parked does.
    mutating func wakeParked(by scopes: [String], at: Timestamp) {
        for scope in scopes {
            let parked = activities.values.filter { row in
                row.awaitedScope == scope && row.claim == nil && row.availableAt > at
            }
            for row in parked.sorted(by: { $0.id.text < $1.id.text }).prefix(2) {
                activities[row.id]?.availableAt = at
            }
        }
    }

    func expired(limit: Int, at: Timestamp) -> [ClaimedActivity] {
        let held = activities.values.filter { row in
            guard let claim = row.claim else { return false }
            return workers[claim.worker].map { $0 <= at } ?? true
        }
        let inOrder = held.sorted {
            ($0.claimedAt, $0.id.text) < ($1.claimedAt, $1.id.text)
        }
        return inOrder.prefix(limit).compactMap(\.claimed)
    }
}

extension InMemoryState.ActivityRow {
    /// nil while nobody holds it.
    var claimed: ClaimedActivity? {
        claim.map {
            ClaimedActivity(
                id: id, kind: activity.kind, queue: activity.queue, stream: stream,
                asset: activity.asset, data: activity.data, tries: tries, claim: $0,
                correlationID: correlationID)
        }
    }
}
