import FoundationEssentials
import SimulatedFleet

@testable import EventSourcing
@testable import PatchManagement

/// Holds the log and what others testify against the invariants, by id. It trusts no decider and no
/// store: what isn't in the log, on the hosts or in the testimony doesn't count.
///
/// The rules of the domain are those of `audit verify` (`AuditedLog`); here is what only they can
/// know who stood beside it: who was answered what, what the hosts did, and when.
struct Checker {
    private(set) var violations: [String] = []
    private let log: [RecordedEvent]
    private let testimony: SimulatedSystem.Testimony

    init(_ story: Story) throws {
        log = story.log
        testimony = story.system.testimony
        violations += try AuditedLog(log).violations
        checkAcknowledged()
        violations += testimony.contradictions
        checkHosts(story.system.fleet)
        violations += try GateCheck(log).violations
        try checkTargets(story)
        try checkWaysBack()
        try checkHalts(story.system.fleet)
        try checkLedgers(story)
    }

    /// I9: what was acknowledged is in the log, once; what wasn't, at most once.
    private mutating func checkAcknowledged() {
        var counts: [UUID: Int] = [:]
        var ids = Set<UUID>()
        for event in log {
            counts[event.commandID, default: 0] += 1
            if !ids.insert(event.id).inserted {
                violations.append("I9: event \(event.id.text) is in the log twice")
            }
        }
        var seen: [UUID: Int64] = [:]
        for answer in testimony.acknowledged where !answer.isLost {
            if answer.receipt.firstPosition > 0, counts[answer.commandID] == nil {
                violations.append(
                    "I9: command \(answer.commandID.text) was acknowledged at "
                        + "\(answer.receipt.firstPosition), and is not in the log")
            }
            let first = seen[answer.commandID] ?? answer.receipt.firstPosition
            if first != answer.receipt.firstPosition {
                violations.append(
                    "I10: command \(answer.commandID.text) was answered \(first), then "
                        + "\(answer.receipt.firstPosition)")
            }
            seen[answer.commandID] = first
        }
    }

    /// I4, I5, I15: what the hosts themselves counted.
    private mutating func checkHosts(_ fleet: SimulatedFleet) {
        for host in fleet.all {
            var runs = Set<String>()
            for execution in host.executions {
                let run = Intent.key(execution.attempt, execution.step)
                if !runs.insert(run).inserted {
                    violations.append("I4: \(host.name) ran \(run) twice")
                }
                // A backup changes nothing, and needs no intent of its own.
                guard execution.step != .backUp else { continue }
                guard let intended = testimony.intents[run] else {
                    violations.append("I15: \(host.name) ran \(run), and no event orders it")
                    continue
                }
                if intended > execution.at {
                    violations.append("I9: \(host.name) ran \(run) before the intent was durable")
                }
            }
            var highest: Int64 = 0
            for record in host.records where record.step != .backUp {
                if record.fence < highest {
                    violations.append(
                        "I5: \(host.name) began under fence \(record.fence) after \(highest)")
                }
                highest = max(highest, record.fence)
            }
        }
    }

    /// I16: nothing is deployed to what the plan does not name.
    private mutating func checkTargets(_ story: Story) throws {
        let documents = story.store.withState { $0.documents }
        var planned: [StreamID: Set<StreamID>] = [:]
        for event in log where event.type == RolloutPlanned.type {
            let summary = try RolloutPlanned.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            guard let document = documents[summary.planDigest] else {
                violations.append("I16: the plan of \(event.stream) is not among the documents")
                continue
            }
            let plan = try CanonicalJSON.decode(RolloutPlan.self, from: document.bytes)
            planned[event.stream] = Set(plan.batches.joined().map(\.asset))
        }
        for event in log where event.type == DeploymentQueued.type {
            let order = try DeploymentQueued.decode(
                schemaVersion: event.schemaVersion, data: event.data
            ).order
            if planned[order.rollout]?.contains(order.target.asset) != true {
                violations.append(
                    "I16 at \(event.position): \(order.target.asset) is not in the plan")
            }
        }
    }

    /// Nothing goes back where no old package was kept.
    private mutating func checkWaysBack() throws {
        var irreversible = Set<StreamID>()
        for event in log {
            switch event.type {
            case BackupTaken.type:
                let taken = try BackupTaken.decode(
                    schemaVersion: event.schemaVersion, data: event.data)
                let isLost = taken.prior.contains { $0.version != nil && $0.keptFile == nil }
                if isLost { irreversible.insert(event.stream) }
            case RollbackStarted.type where irreversible.contains(event.stream):
                violations.append(
                    "I13 at \(event.position): \(event.stream) goes back, and there is no way")
            default: break
            }
        }
    }

    /// I6: two seconds after a halt is durable, nothing begins that it forbids.
    private mutating func checkHalts(_ fleet: SimulatedFleet) throws {
        var halts = HaltCheck()
        for event in log { try halts.read(event) }
        for host in fleet.all {
            for execution in host.executions where execution.step == .install {
                if let words = halts.violation(by: execution) {
                    violations.append("I6: \(host.name) \(words)")
                }
            }
        }
    }

    /// The coordinator's counts are what the deployments say (I8).
    private mutating func checkLedgers(_ story: Story) throws {
        let (notes, checkpoint) = story.store.withState { state in
            (state.notes["coordinator"] ?? [:], state.checkpoints["coordinator", default: 0])
        }
        guard checkpoint == Int64(log.count) else { return }
        var deployments: [StreamID: DeploymentState] = [:]
        for event in log where event.stream.prefix == DeploymentDecider.prefix {
            let read = try DeploymentEvent(
                type: event.type, schemaVersion: event.schemaVersion, data: event.data)
            DeploymentDecider.evolve(&deployments[event.stream, default: .init()], read)
        }
        for (key, note) in notes.sorted(by: { $0.key < $1.key }) {
            let ledger = try CanonicalJSON.decode(RolloutLedger.self, from: note)
            var counts = ledger.batches.map { _ in OutcomeCounts() }
            for state in deployments.values where state.order?.rollout.text == key {
                guard let batch = state.batch, let outcome = state.outcome else { continue }
                guard counts.indices.contains(batch) else {
                    violations.append("I8: \(key) counts nothing of batch \(batch)")
                    continue
                }
                counts[batch][outcome] += 1
            }
            for (batch, expected) in counts.enumerated()
            where ledger.batches[batch].counts != expected {
                violations.append(
                    "I8: the counts of batch \(batch) of \(key) are not those of its deployments")
            }
        }
    }
}
