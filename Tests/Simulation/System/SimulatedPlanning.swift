import Application
import EventSourcing
import FoundationEssentials
import PatchManagement

/// Plans for a tick as the use cases do, command by command under ids that follow from the tick; what
/// they look up in views is what the story says.
struct SimulatedPlanning: TickPlanning {
    let system: SimulatedSystem
    let bus: CommandBus
    let now: @Sendable () -> Timestamp

    func plan(_ tick: PlanSchedule, of schedule: Schedule) async throws -> TickOutcome {
        var outcome = TickOutcome()
        for request in system.with({ $0.plannable }) {
            do {
                outcome.planned.append(try await plan(tick, request))
                if system.bug == .plansATickTwice {
                    let other = PlanSchedule(
                        schedule: tick.schedule, due: tick.due + .seconds(1), by: tick.by)
                    _ = try await plan(tick, request, as: other.rollout(of: request.patch))
                }
            } catch let rejection as RolloutRejection {
                outcome.left.append(
                    TickRefusal(patch: request.patch, reason: rejection.message))
            }
        }
        return outcome
    }

    private func plan(
        _ tick: PlanSchedule, _ wanted: RolloutPlanner.Request, as other: StreamID? = nil
    ) async throws -> TickRollout {
        var request = wanted
        let rollout = other ?? tick.rollout(of: wanted.patch)
        request.rollout = rollout
        request.startsAt = now()
        var plan: RolloutPlan
        do throws(PlanningError) {
            plan = try RolloutPlanner.plan(request)
        } catch {
            throw RolloutRejection.planInvalid(error.description)
        }
        plan.schedule = tick
        let document = Document(
            mediaType: "application/json", bytes: try CanonicalJSON.encode(plan))
        var options = CommandBus.Options()
        options.documents = [document]
        _ = try await bus.send(
            .plan(plan, digest: document.digest), to: rollout, as: RolloutDecider.self,
            context(rollout, "plan", tick), options)
        let state = try await bus.state(of: rollout, as: RolloutDecider.self).state
        guard let digest = state.plan?.planDigest else { throw RolloutRejection.notPlanned }
        _ = try await bus.send(
            .requestApproval(expires: now() + .seconds(86_400)), to: rollout,
            as: RolloutDecider.self, context(rollout, "apply", tick))
        return TickRollout(patch: wanted.patch, rollout: rollout, planDigest: digest)
    }

    private func context(
        _ rollout: StreamID, _ what: String, _ tick: PlanSchedule
    ) -> CommandContext {
        CommandContext(
            actor: Actor(
                id: Role.workflow.rawValue, role: Role.workflow.rawValue, onBehalfOf: tick.by),
            at: now(), commandID: .version5(namespace: rollout.uuid, name: what))
    }
}
