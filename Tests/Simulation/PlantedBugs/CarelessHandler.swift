import Application
import EventSourcing
import FoundationEssentials
import Orchestration
import PatchManagement

/// `PatchWork` with another decider where a timer is told to a rollout.
struct CarelessHandler: ActivityHandler {
    let work: PatchWork
    let bus: CommandBus
    let surroundings: Surroundings
    let rollouts: any CarelessRollouts.Type

    func run(_ activity: ClaimedActivity) async throws { try await work.run(activity) }
    func rescue(_ activity: ClaimedActivity) async throws { try await work.rescue(activity) }

    func fire(_ timer: DueTimer) async throws {
        guard timer.stream.prefix == RolloutDecider.prefix[...],
            let command = try RolloutTimer.command(for: timer)
        else { return try await work.fire(timer) }
        do {
            try await send(rollouts, command, timer)
        } catch is RolloutRejection {
            try await work.fire(timer)
        }
    }

    private func send<Careless: CarelessRollouts>(
        _: Careless.Type, _ command: RolloutCommand, _ timer: DueTimer
    ) async throws {
        let context = CommandContext(
            actor: Actor(id: "timer", role: Role.timer.rawValue),
            at: max(surroundings.now(), timer.due),
            commandID: .version5(namespace: timer.id, name: "fire"),
            correlationID: timer.correlationID, causationID: timer.id)
        var options = CommandBus.Options()
        options.timer = TimerUse(id: timer.id)
        _ = try await bus.send(command, to: timer.stream, as: Careless.self, context, options)
    }
}
