import PatchManagement

@testable import EventSourcing

/// Schedules, whose ticks plan while everything else goes on.
extension Story {
    /// A schedule that ticks three times, every day from some seconds on.
    mutating func beginSchedule() throws {
        let requests = patches.compactMap { plannable($0) }
        system.with { $0.plannable = requests }
        let schedule = StreamID(prefix: ScheduleDecider.prefix, scheduler.newID())
        let seconds = pick([2, 30, 600])
        let terms = ScheduleTerms(
            name: "Three days",
            start: String((now + .seconds(seconds)).description.prefix(19)),
            timeZone: "UTC", rule: "FREQ=DAILY;COUNT=3", riskClasses: RiskClass.allCases,
            target: ScheduleTarget(environment: .production))
        try tell(
            .create(schedule, terms, reason: "the change board"), to: schedule,
            ScheduleDecider.self, by: Cast.manager)
        schedules.append(schedule)
    }

    /// Takes in the rollouts that ticks have planned since, of which people approve and start some.
    mutating func takeScheduledRollouts() throws {
        guard !schedules.isEmpty else { return }
        for event in log where event.type == RolloutPlanned.type {
            guard !rollouts.contains(event.stream),
                let plan = rollout(event.stream).plan, plan.schedule != nil
            else { continue }
            rollouts.append(event.stream)
            guard chance(50) else { continue }
            let end = now + .seconds(864_000)
            // Whoever made the schedule tries as well.
            for person in [Cast.manager, Cast.approver] {
                try tell(
                    event.stream, .approve(planDigest: plan.planDigest, expires: end), by: person)
            }
            try start(event.stream)
        }
    }
}
