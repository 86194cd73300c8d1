import EventSourcing
import FoundationEssentials
import PatchManagement
import SimulatedFleet

/// When installations of a rollout were forbidden, by its events (I6).
struct HaltCheck {
    private struct Span {
        var from: Timestamp
        var until: Timestamp?
    }

    private var spans: [StreamID: [Span]] = [:]
    private var rollouts: [UUID: StreamID] = [:]
    private var orders: [StreamID: StreamID] = [:]

    /// How long a right to begin lives.
    private static let grace = Duration.seconds(2)

    mutating func read(_ event: RecordedEvent) throws {
        switch event.type {
        case DeploymentQueued.type:
            let queued = try DeploymentQueued.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            orders[event.stream] = queued.order.rollout
        case InstallStarted.type:
            let started = try InstallStarted.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            rollouts[started.attemptID] = orders[event.stream]
        case RolloutPaused.type, RolloutAborted.type, RollbackOrdered.type, RolloutCancelled.type,
            RolloutRolledBack.type:
            halt(event)
        case RolloutResumed.type, GateOverridden.type, BatchStarted.type,
            StragglerBatchStarted.type:
            let last = (spans[event.stream]?.count ?? 0) - 1
            if last >= 0, spans[event.stream]?[last].until == nil {
                spans[event.stream]?[last].until = event.recordedAt
            }
        default: break
        }
    }

    private mutating func halt(_ event: RecordedEvent) {
        if let last = spans[event.stream]?.last, last.until == nil { return }
        spans[event.stream, default: []].append(Span(from: event.recordedAt))
    }

    /// What is wrong with when it began; nil when nothing is.
    func violation(by execution: Execution) -> String? {
        guard let rollout = rollouts[execution.attempt] else { return nil }
        let span = spans[rollout, default: []].first { span in
            execution.at > span.from + Self.grace
                && span.until.map { execution.at < $0 } != false
        }
        return span.map { "installed at \(execution.at), halted since \($0.from)" }
    }
}
