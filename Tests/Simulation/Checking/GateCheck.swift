import EventSourcing
import FoundationEssentials

@testable import PatchManagement

/// Evaluates every gate that has passed once more, by the settings of the approved plan and by the
/// outcomes that the deployments had at the time (I1, I8).
struct GateCheck {
    private(set) var violations: [String] = []
    private var rollouts: [StreamID: RolloutState] = [:]
    private var deployments: [StreamID: DeploymentState] = [:]
    /// What was known of each deployment, and from which position on.
    private var known: [StreamID: [(position: Int64, outcome: DeploymentOutcome?)]] = [:]

    init(_ log: [RecordedEvent]) throws {
        for event in log {
            switch event.stream.prefix {
            case DeploymentDecider.prefix[...]: try readDeployment(event)
            case RolloutDecider.prefix[...]: try readRollout(event)
            default: break
            }
        }
    }

    private mutating func readDeployment(_ event: RecordedEvent) throws {
        let read = try DeploymentEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        var state = deployments[event.stream] ?? .init()
        DeploymentDecider.evolve(&state, read)
        if state.outcome != deployments[event.stream]?.outcome {
            known[event.stream, default: []].append((event.position, state.outcome))
        }
        deployments[event.stream] = state
    }

    private mutating func readRollout(_ event: RecordedEvent) throws {
        let read = try RolloutEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        let state = rollouts[event.stream] ?? .init()
        if case .gateEvaluated(let evaluated) = read, let plan = state.plan {
            check(evaluated, state, plan, event)
        }
        if case .resumed(let resumed) = read { check(resumed, state, event) }
        RolloutDecider.evolve(&rollouts[event.stream, default: .init()], read)
    }

    private mutating func check(
        _ evaluated: GateEvaluated, _ state: RolloutState, _ plan: RolloutPlanned,
        _ event: RecordedEvent
    ) {
        let tally = evaluated.tally
        if state.stragglers == nil, tally.batch == state.batch {
            recount(tally, event)
        }
        guard evaluated.verdict == .pass else { return }
        let deciding = RolloutDeciding(
            state: state, plan: plan, at: event.occurredAt, by: event.actor.id)
        var input = deciding.input(tally)
        if case .soaking(let until) = state.stage, event.occurredAt >= until {
            input.soakElapsed = true
        }
        let verdict = Gate.evaluate(input, deciding.settings)
        if verdict != .pass {
            violations.append(
                "I8 at \(event.position): the gate of batch \(evaluated.batch) passed, and by "
                    + "the plan it says \(verdict)")
        }
    }

    private mutating func recount(_ tally: RolloutTally, _ event: RecordedEvent) {
        var counts = OutcomeCounts()
        for (stream, state) in deployments {
            guard state.order?.rollout == event.stream, state.order?.batch == tally.batch,
                let outcome = known[stream]?.last(where: { $0.position <= tally.asOf })?.outcome
            else { continue }
            counts[outcome] += 1
        }
        if tally.asOf > 0, counts != tally.counts {
            violations.append(
                "I8 at \(event.position): the gate counts what the deployments of batch "
                    + "\(tally.batch) did not say by position \(tally.asOf)")
        }
    }

    /// A person goes on only by naming the failures, unless they are few enough.
    private mutating func check(
        _ resumed: RolloutResumed, _ state: RolloutState, _ event: RecordedEvent
    ) {
        guard state.isUnderWay, let plan = state.plan, let tally = state.tally else { return }
        var next = state
        RolloutDecider.evolve(&next, .resumed(resumed))
        let deciding = RolloutDeciding(
            state: next, plan: plan, at: event.occurredAt, by: event.actor.id)
        if case .settling = state.stage { return }
        switch Gate.evaluate(deciding.input(tally), deciding.settings) {
        case .trip(let rule, let value, let limit):
            violations.append(
                "I8 at \(event.position): resumed with \(rule.rawValue) \(value) over \(limit)")
        case .hold, .soak, .pass, .inconclusive: break
        }
    }
}
