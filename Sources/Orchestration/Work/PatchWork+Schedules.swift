internal import Application
internal import EventSourcing
private import Logging
internal import PatchManagement

extension PatchWork {
    /// Plans what a tick asks for. Whoever takes over from a lost worker plans the same rollouts under
    /// the same ids, and they are told once.
    func planTick(_ activity: ClaimedActivity) async throws {
        let task = try CanonicalJSON.decode(TickTask.self, from: activity.data)
        let schedule = try await bus.state(of: activity.stream, as: ScheduleDecider.self).state
        guard schedule.unplanned.contains(task.due), let creator = schedule.creator else {
            return try await drop(activity)
        }
        guard let planning else {
            throw PutBack(after: .seconds(30), "this worker plans for no schedules")
        }
        let tick = PlanSchedule(schedule: activity.stream, due: task.due, by: creator.id)
        let outcome = try await planning.plan(tick, of: schedule)
        logger.info(
            "a schedule has ticked",
            metadata: [
                "schedule": "\(activity.stream)", "due": "\(task.due)",
                "planned": "\(outcome.planned.count)", "left": "\(outcome.left.count)",
            ])
        try await settle(
            activity, ScheduleDecider.self, .report(due: task.due, outcome),
            context(activity, "result"), using(activity, .complete))
    }
}
