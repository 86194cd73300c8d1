import EventSourcing
import FoundationEssentials

@testable import PatchManagement

/// The store's tables of work: activities, timers, and what may be dispatched. Follows
/// sql/functions/append_events.sql, take_permit.sql and schedule_work.sql.
struct Dispatch {
    struct Row {
        let id: UUID
        let stream: StreamID
        let activity: NewActivity
        var due: Timestamp
        var tries = 0
        var claim: Claim?
    }

    struct TimerRow {
        let id: UUID
        let stream: StreamID
        let timer: NewTimer
    }

    struct Control {
        var halted = false
        var releasedBatch: Int?
    }

    var activities: [Row] = []
    var timers: [TimerRow] = []
    var controls: [String: Control] = [:]
    var calendar = InMemoryCalendar()
    var slots = InMemorySlots()
    /// By asset.
    var attempts: [StreamID: UUID] = [:]
    var fences: [StreamID: Int64] = [:]
    /// Workers whose lease has run out.
    var lostWorkers = Set<UUID>()
    var lastFence: Int64 = 0
    /// The most attempts that were ever under way in a scope (I1).
    var mostAttempts: [String: Int] = [:]

    func index(of claim: Claim) -> Int? { activities.firstIndex { $0.claim == claim } }

    func check(_ options: World.Options) throws(AppendRefusal) {
        if let use = options.claim {
            let isLost = lostWorkers.contains(use.claim.worker)
            guard index(of: use.claim) != nil, isLost == (use.mode == .rescue) else {
                throw .staleClaim
            }
        }
        if let timer = options.timer {
            guard timers.contains(where: { $0.id == timer }) else { throw .staleClaim }
        }
    }

    /// Ends attempts, then grants the permit or throws and changes nothing.
    mutating func take(
        _ effects: [ScheduledEffect], _ options: World.Options, at now: Timestamp
    ) throws(AppendRefusal) {
        var after = self
        for case .endAttempt(let asset, let attempt) in effects.map(\.effect) {
            after.wake(after.slots.end(attempt, on: asset, at: now), at: now)
            if after.attempts[asset] == attempt { after.attempts[asset] = nil }
        }
        if let permit = options.permit, let claim = options.claim?.claim {
            do throws(AppendRefusal) {
                try after.grant(permit, claim, at: now)
            } catch {
                // Who waits for a slot stays written down, and who waits for something else doesn't.
                if case .noSlot = error { slots = after.slots } else { slots.leave(permit.asset) }
                throw error
            }
        }
        self = after
    }

    private mutating func wake(_ due: [UUID], at now: Timestamp) {
        for index in activities.indices where due.contains(activities[index].id) {
            activities[index].due = min(activities[index].due, now)
        }
    }

    private mutating func grant(
        _ permit: Permit, _ claim: Claim, at now: Timestamp
    ) throws(AppendRefusal) {
        if let holder = attempts[permit.asset], holder != permit.attempt {
            throw .assetBusy(attempt: holder.text)
        }
        guard claim.fence >= fences[permit.asset, default: 0] else { throw .staleClaim }
        try calendar.check(permit, from: now, to: now)
        let rollout = ControlChange.rolloutScope(permit.rollout)
        let scopes =
            [rollout, ControlChange.siteScope(permit.site), ControlChange.globe]
            + permit.freezeScopes.filter { !$0.hasPrefix("asset/") }
        for scope in scopes {
            guard let control = controls[scope] else { continue }
            if control.halted { throw .halted(scope: scope) }
            if scope == rollout, control.releasedBatch ?? -1 < permit.batch {
                throw .batchNotReleased
            }
        }
        let rank = index(of: claim).map { activities[$0].activity.priority } ?? 0
        let asker = InMemorySlots.Asker(permit, activity: claim.activity, rank: rank)
        if let full = slots.take(asker, in: scopes, at: now) { throw .noSlot(scope: full) }
        for scope in scopes {
            mostAttempts[scope] = max(
                mostAttempts[scope, default: 0], slots.underWay(in: scope))
        }
        attempts[permit.asset] = permit.attempt
        fences[permit.asset] = claim.fence
    }

    mutating func schedule(
        _ effects: [ScheduledEffect], _ options: World.Options, at now: Timestamp
    ) {
        for case .control(let change) in effects.map(\.effect) {
            var control = controls[change.scope, default: Control()]
            control.halted = change.halted ?? control.halted
            control.releasedBatch = change.releasedBatch ?? control.releasedBatch
            controls[change.scope] = control
            if let capacity = change.capacity { slots.setCapacity(capacity, of: change.scope) }
        }
        for case .calendar(let change) in effects.map(\.effect) {
            if case .cap(let scope, let capacity) = change {
                wake(slots.setCap(capacity, of: scope, at: now), at: now)
            }
            guard let freeze = calendar.apply(change) else { continue }
            for index in activities.indices
            where activities[index].activity.parkedBy == freeze {
                activities[index].due = min(activities[index].due, now)
            }
        }
        for scheduled in effects where scheduled.effect == .cancelPending {
            activities.removeAll { $0.stream == scheduled.stream && $0.claim == nil }
            timers.removeAll { $0.stream == scheduled.stream }
        }
        if let use = options.claim, use.mode != .hold, let index = index(of: use.claim) {
            activities.remove(at: index)
        }
        if let timer = options.timer { timers.removeAll { $0.id == timer } }
        for scheduled in effects {
            switch scheduled.effect {
            case .schedule(let activity):
                activities.append(
                    Row(
                        id: scheduled.activityID, stream: scheduled.stream, activity: activity,
                        due: now + activity.delay))
            case .start(let timer):
                timers.removeAll { $0.stream == scheduled.stream && $0.timer.name == timer.name }
                timers.append(
                    TimerRow(id: scheduled.timerID, stream: scheduled.stream, timer: timer))
            case .cancelPending, .control, .calendar, .endAttempt: break
            }
        }
    }

    /// Gives the due activity at `index` to a worker.
    mutating func claim(_ index: Int, worker: UUID) -> ClaimedActivity {
        lastFence += 1
        let claim = Claim(activity: activities[index].id, worker: worker, fence: lastFence)
        activities[index].claim = claim
        activities[index].tries += 1
        return claimed(index, claim)
    }

    func claimed(_ index: Int, _ claim: Claim) -> ClaimedActivity {
        let row = activities[index]
        return ClaimedActivity(
            id: row.id, kind: row.activity.kind, queue: row.activity.queue, stream: row.stream,
            asset: row.activity.asset, data: row.activity.data, tries: row.tries, claim: claim,
            correlationID: row.id)
    }

    mutating func release(_ claim: Claim, until due: Timestamp) {
        guard let index = index(of: claim) else { return }
        activities[index].claim = nil
        activities[index].due = due
    }
}
