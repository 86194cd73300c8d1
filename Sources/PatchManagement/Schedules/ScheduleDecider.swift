package import EventSourcing

/// A schedule: each of its ticks happens once, whoever watches the clock and however long nobody did,
/// and plans at most one rollout of a patch. What it plans is approved by people like every rollout.
package enum ScheduleDecider: Decider {
    package static let prefix = "sd"
    package static let initialState = Schedule()
    /// The kind of the activity that plans for a tick.
    package static let planKind = "plan-tick"
    /// More missed ticks aren't counted.
    static let mostMissed = 1000

    package static func decide(
        _ command: ScheduleCommand, _ context: CommandContext, _ state: Schedule
    ) throws(ScheduleRejection) -> [ScheduleEvent] {
        if case .create(let id, let terms, let reason) = command {
            return try create(id, terms, reason, context, state)
        }
        guard let phase = state.phase, let terms = state.terms else { throw .unknown }
        switch command {
        case .create: return []
        case .suspend(let reason):
            if phase == .suspended { return [] }
            guard phase == .active else { throw .isOver }
            try ScheduleRejection.check(reason: reason)
            return [.suspended(ScheduleSuspended(reason: reason, by: context.actor))]
        case .resume(let reason):
            if phase == .active { return [] }
            guard phase == .suspended else { throw .isOver }
            try ScheduleRejection.check(reason: reason)
            guard let next = next(terms, after: context.at) else { throw .neverTicks(terms.rule) }
            return [.resumed(ScheduleResumed(next: next, reason: reason, by: context.actor))]
        case .tick: return tick(terms, context, state)
        case .report(let due, let outcome):
            // Told before, by another worker.
            guard state.unplanned.contains(due) else { return [] }
            let outcome = outcome.listed
            return [
                .planned(
                    TickPlanned(
                        due: due, planned: outcome.planned, left: outcome.left,
                        unlisted: outcome.unlisted))
            ]
        }
    }

    private static func create(
        _ id: StreamID, _ terms: ScheduleTerms, _ reason: String, _ context: CommandContext,
        _ state: Schedule
    ) throws(ScheduleRejection) -> [ScheduleEvent] {
        if let known = state.terms {
            guard known == terms else { throw .alreadyCreated(known.name) }
            return []
        }
        if let fault = terms.faults.first { throw .badField(fault) }
        try ScheduleRejection.check(reason: reason)
        guard let next = next(terms, after: context.at) else { throw .neverTicks(terms.rule) }
        return [
            .created(
                ScheduleCreated(
                    schedule: id, terms: terms, next: next, reason: reason, by: context.actor))
        ]
    }

    /// A timer for a tick that was taken back, or has been, has no effect.
    private static func tick(
        _ terms: ScheduleTerms, _ context: CommandContext, _ state: Schedule
    ) -> [ScheduleEvent] {
        guard state.phase == .active, let due = state.next, due <= context.at else { return [] }
        let (missed, next) = passed(terms, due, context.at)
        return [.ticked(ScheduleTicked(due: due, missed: missed, next: next))]
    }

    /// How many ticks after `due` have passed at `moment`, and the first that has not.
    private static func passed(
        _ terms: ScheduleTerms, _ due: Timestamp, _ moment: Timestamp
    ) -> (missed: Int, next: Timestamp?) {
        guard let calendar = ScheduleCalendar(reading: terms) else { return (0, nil) }
        var missed = 0
        var last = due
        while missed < mostMissed, let following = calendar.next(after: last, limit: 1).first {
            if moment < following.due { return (missed, following.due) }
            missed += 1
            last = following.due
        }
        return (missed, next(terms, after: max(last, moment)))
    }

    private static func next(_ terms: ScheduleTerms, after moment: Timestamp) -> Timestamp? {
        ScheduleCalendar(reading: terms)?.next(after: moment, limit: 1).first?.due
    }

    package static func evolve(_ state: inout Schedule, _ event: ScheduleEvent) {
        switch event {
        case .created(let created):
            state.id = created.schedule
            state.terms = created.terms
            state.creator = created.by
            state.phase = .active
            state.next = created.next
        case .suspended:
            state.phase = .suspended
            state.next = nil
        case .resumed(let resumed):
            state.phase = .active
            state.next = resumed.next
        case .ticked(let ticked):
            state.next = ticked.next
            if ticked.next == nil { state.phase = .over }
            state.unplanned.append(ticked.due)
        case .planned(let planned): state.unplanned.removeAll { $0 == planned.due }
        }
    }

    package static func effects(of event: ScheduleEvent, _ state: Schedule) -> [Effect] {
        switch event {
        case .created(let created): return [timer(created.next)]
        case .resumed(let resumed): return [timer(resumed.next)]
        case .suspended: return [.cancelPending]
        case .ticked(let ticked):
            let plan = Effect.schedule(
                NewActivity(kind: planKind, data: storedForm(TickTask(due: ticked.due))))
            return [plan] + (ticked.next.map { [timer($0)] } ?? [])
        case .planned: return []
        }
    }

    private static func timer(_ due: Timestamp) -> Effect {
        .start(NewTimer(name: ScheduleTimer.tick.rawValue, due: due))
    }
}

package enum ScheduleRejection: DomainRejection {
    case unknown
    case alreadyCreated(String)
    case isOver
    case neverTicks(String)
    case reasonMissing
    case badField(FieldFault)

    package var code: String {
        switch self {
        case .unknown: "schedule-unknown"
        case .alreadyCreated: "schedule-already-created"
        case .isOver: "schedule-is-over"
        case .neverTicks: "schedule-never-ticks"
        case .reasonMissing: "reason-missing"
        case .badField: "bad-field"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "there is no such schedule: list the schedules to see their ids"
        case .alreadyCreated(let name):
            "the schedule is '\(name)' already: create another one"
        case .isOver: "its rule has ended: create another one"
        case .neverTicks(let rule):
            "rule '\(rule)' has no tick that is still to come: give a later end, or none"
        case .reasonMissing: "reason is empty: say why, in words"
        case .badField(let fault): fault.description
        }
    }

    package var kind: RejectionKind {
        switch self {
        case .unknown: .notFound
        case .alreadyCreated, .isOver: .wrongState
        case .neverTicks, .reasonMissing, .badField: .invalid
        }
    }
}
