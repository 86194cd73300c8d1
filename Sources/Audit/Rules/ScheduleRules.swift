internal import EventSourcing
internal import PatchManagement

/// Schedules: each tick happens once and at its time, plans at most one rollout of a patch, and every
/// rollout that claims to come from one does.
struct ScheduleRules {
    static let rule = "schedule"

    private struct Told {
        var state = Schedule()
        /// Ticks that have happened, and those of them that were planned for.
        var ticked = Set<Timestamp>()
        var planned = Set<Timestamp>()
    }

    private var schedules: [StreamKey: Told] = [:]
    /// By the tick, the patches that it has planned rollouts of.
    private var rollouts: [PlanSchedule: [StreamID: StreamKey]] = [:]

    mutating func read(_ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement) {
        guard let read = judgement.decode(ScheduleEvent.self, event) else { return }
        var told = schedules[event.stream] ?? Told()
        if case .created = read {
        } else if told.state.phase == nil {
            judgement.absent(Self.rule, event, "nobody created the schedule")
        }
        switch read {
        case .created(let created):
            people.check(created.by, mayDo: [.makeSchedule], event, &judgement)
            if StreamKey(created.schedule) != event.stream || told.state.phase != nil {
                judgement.violation(Self.rule, event, "it is another schedule")
            }
        case .suspended(let suspended):
            people.check(suspended.by, mayDo: [.suspendSchedule], event, &judgement)
        case .resumed(let resumed):
            people.check(resumed.by, mayDo: [.makeSchedule], event, &judgement)
        case .ticked(let ticked):
            people.check(writerOf: event, mayDo: [.fireScheduleTimer], &judgement)
            check(ticked, told, event, &judgement)
            told.ticked.insert(ticked.due)
        case .planned(let planned):
            people.check(writerOf: event, mayDo: [.planBySchedule], &judgement)
            check(planned, told, event, &judgement)
            told.planned.insert(planned.due)
        }
        ScheduleDecider.evolve(&told.state, read)
        schedules[event.stream] = told
    }

    private func check(
        _ ticked: ScheduleTicked, _ told: Told, _ event: EntryView, _ judgement: inout Judgement
    ) {
        if told.ticked.contains(ticked.due) {
            judgement.violation(Self.rule, event, "it has ticked at \(ticked.due) before")
        }
        if let phase = told.state.phase, told.state.next != ticked.due {
            let next =
                told.state.next.map { "its next tick is at \($0)" } ?? "it is \(phase.rawValue)"
            judgement.violation(Self.rule, event, "it ticks at \(ticked.due), and \(next)")
        }
        if Timestamp(microseconds: event.occurredAt) < ticked.due {
            judgement.violation(Self.rule, event, "the tick is due at \(ticked.due)")
        }
        if let next = ticked.next, next <= ticked.due {
            judgement.violation(Self.rule, event, "the tick after it is not later")
        }
    }

    private func check(
        _ planned: TickPlanned, _ told: Told, _ event: EntryView, _ judgement: inout Judgement
    ) {
        guard told.ticked.contains(planned.due) else {
            return judgement.absent(Self.rule, event, "it has not ticked at \(planned.due)")
        }
        if told.planned.contains(planned.due) {
            judgement.violation(Self.rule, event, "the tick of \(planned.due) was planned before")
        }
        guard let schedule = told.state.id, let creator = told.state.creator else { return }
        let tick = PlanSchedule(schedule: schedule, due: planned.due, by: creator.id)
        let known = rollouts[tick] ?? [:]
        for rollout in planned.planned where known[rollout.patch] != StreamKey(rollout.rollout) {
            judgement.absent(
                Self.rule, event, "it says that it has planned \(rollout.rollout), and has not")
        }
    }

    /// A plan that names a tick: of one that has happened, by whose schedule it is, and the only one of
    /// its patch.
    mutating func read(
        _ planned: RolloutPlanned, _ event: EntryView, _ judgement: inout Judgement
    ) {
        guard let tick = planned.schedule else { return }
        if let earlier = rollouts[tick]?[planned.patch], earlier != event.stream {
            judgement.violation(
                Self.rule, event, "the tick of \(tick.due) has planned \(planned.patch) before")
        }
        rollouts[tick, default: [:]][planned.patch] = event.stream
        if StreamKey(tick.rollout(of: planned.patch)) != event.stream {
            judgement.violation(Self.rule, event, "it is not the rollout that its tick plans")
        }
        guard let key = StreamKey(tick.schedule.text), let told = schedules[key],
            let creator = told.state.creator
        else { return judgement.absent(Self.rule, event, "there is no \(tick.schedule)") }
        if creator.id != tick.by {
            judgement.violation(Self.rule, event, "\(tick.schedule) was made by \(creator.id)")
        }
        if !told.ticked.contains(tick.due) {
            judgement.violation(Self.rule, event, "its schedule has not ticked at \(tick.due)")
        }
    }
}
