import EventSourcing
import FoundationEssentials
import PatchManagement

/// What goes on by itself: coordinator, workers and timers.
extension SimulatedHistory {
    static let worker = Actor(id: "worker/simulated", role: Role.worker.rawValue)
    static let workflow = Actor(id: "workflow", role: Role.workflow.rawValue)
    static let clock = Actor(id: "timer", role: Role.timer.rawValue)

    /// Lets everything happen that may, until nothing is left to do, or `isDone`.
    mutating func run(until isDone: (Self) -> Bool = { _ in false }) throws {
        while true {
            while coordinated < log.count { try coordinate() }
            if isDone(self) { return }
            guard let next = work.rows.map(\.due).min() else { return }
            now = max(now, next)
            let due = work.rows.indices.filter { work.rows[$0].due <= now }
            let row = work.rows.remove(at: due[draw(below: due.count)])
            switch row.job {
            case .begin(let activity): try begin(activity, row)
            case .result(let activity, let fence, let result):
                try record(result, of: activity, row.stream, fence)
            case .timer(let timer): try fire(timer, row.stream)
            }
            now = now + .milliseconds(1)
        }
    }

    private mutating func coordinate() throws {
        let event = log[coordinated]
        coordinated += 1
        let key = try Coordinator.ledgerKey(for: event)
        var ledger = key.flatMap { ledgers[$0] } ?? RolloutLedger()
        var plan: RolloutPlan?
        if let digest = try Coordinator.documentNeeded(for: event), let kept = documents[digest] {
            plan = try CanonicalJSON.decode(RolloutPlan.self, from: kept.bytes)
        }
        let routed = try Coordinator.react(to: event, ledger: &ledger, plan: plan)
        if let key { ledgers[key] = ledger }
        for route in routed {
            do {
                switch route.command {
                case .patch(let command):
                    try send(command, to: route.stream, PatchDecider.self, by: Self.workflow)
                case .rollout(let command):
                    try send(command, to: route.stream, RolloutDecider.self, by: Self.workflow)
                case .deployment(let command):
                    try send(command, to: route.stream, DeploymentDecider.self, by: Self.workflow)
                case .asset(let command):
                    try send(command, to: route.stream, AssetDecider.self, by: Self.workflow)
                case .emergency(let command):
                    try send(command, to: route.stream, EmergencyDecider.self, by: Self.workflow)
                case .inPack(let verified):
                    try send(
                        .resolveInPack(verified.pack, remaining: 0), to: route.stream,
                        PatchDecider.self, by: Self.workflow)
                }
            } catch is any DomainRejection {
                continue
            }
        }
    }

    // MARK: Workers

    private mutating func begin(_ activity: NewActivity, _ row: SimulatedWork.Row) throws {
        if activity.kind == PatchDecider.documentKind { return try document(row.stream) }
        let fence = work.nextFence()
        do {
            switch row.stream.prefix {
            case "de":
                guard let step = DeploymentStep(rawValue: activity.kind) else { return }
                let state = state(of: row.stream, DeploymentDecider.self)
                if let permit = DeploymentDecider.permit(for: step, state) {
                    guard work.grant(permit) else { return work.block(row) }
                    try send(
                        .beginStep(step, worker: newID(), fence: fence), to: row.stream,
                        DeploymentDecider.self, by: Self.worker)
                }
            case "pa" where activity.kind != "acquire":
                guard try beginTest(activity, row, fence) else { return }
            default: break
            }
        } catch is any DomainRejection {
            return
        }
        let task = try CanonicalJSON.decode(ScanTask.self, from: activity.data)
        let order = WorkOrder(
            activity: newID(), fence: fence, host: task.host, work: task.work,
            timeLimit: .seconds(60))
        let performance = fleet.perform(order, at: now)
        work.rows.append(
            SimulatedWork.Row(
                due: now + performance.duration, stream: row.stream,
                job: .result(activity, fence: fence, performance.result)))
    }

    private mutating func beginTest(
        _ activity: NewActivity, _ row: SimulatedWork.Row, _ fence: Int64
    ) throws -> Bool {
        let task = try CanonicalJSON.decode(QualificationTask.self, from: activity.data)
        if case .probe = task.work { return true }
        guard task.step.needsIntent else { return true }
        let patch = state(of: row.stream, PatchDecider.self)
        guard let permit = patch.permit(for: task.host.asset) else { return false }
        guard work.grant(permit) else {
            work.block(row)
            return false
        }
        try send(
            .beginStep(task.step, asset: task.host.asset, worker: newID(), fence: fence),
            to: row.stream, PatchDecider.self, by: Self.worker)
        return true
    }

    private mutating func record(
        _ result: WorkResult, of activity: NewActivity, _ stream: StreamID, _ fence: Int64
    ) throws {
        do {
            switch stream.prefix {
            case "de":
                guard let step = DeploymentStep(rawValue: activity.kind) else { return }
                try send(
                    .recordResult(step, result, fence: fence), to: stream, DeploymentDecider.self,
                    by: Self.worker)
            case "as":
                let scan: Scan = activity.kind == Work.discover.kind ? .updates : .inventory
                try send(
                    .recordScan(scan, result), to: stream, AssetDecider.self, by: Self.worker,
                    documents: AssetDecider.document(of: result).map { [$0] } ?? [])
            case "pa" where activity.kind == "acquire":
                try send(
                    .recordAcquisition(fence: fence, result), to: stream, PatchDecider.self,
                    by: Self.worker)
            default:
                let task = try CanonicalJSON.decode(QualificationTask.self, from: activity.data)
                try send(
                    .recordResult(task.step, asset: task.host.asset, fence: fence, result),
                    to: stream, PatchDecider.self, by: Self.worker,
                    documents: [PatchDecider.document(of: result)])
            }
        } catch is any DomainRejection {
            // What comes too late changes nothing.
        }
    }

    private mutating func document(_ patch: StreamID) throws {
        let rollouts = Set(state(of: patch, PatchDecider.self).rollouts.map(\.rollout))
        var histories: [StreamID: [RecordedEvent]] = [:]
        for event in log {
            let isMeant =
                event.stream == patch || rollouts.contains(event.stream)
                || event.stream.prefix == "de"
            if isMeant { histories[event.stream, default: []].append(event) }
        }
        let deployments = histories.keys.sorted().filter { stream in
            stream.prefix == "de"
                && rollouts.contains(
                    state(of: stream, DeploymentDecider.self).order?.rollout ?? patch)
        }
        let pack = try EvidencePack.compile(
            patch: histories[patch] ?? [], rollouts: rollouts.sorted().compactMap { histories[$0] },
            deployments: deployments.compactMap { histories[$0] })
        do {
            try send(
                .document(items: pack.present, pack: pack.document.digest), to: patch,
                PatchDecider.self, by: Self.workflow, documents: [pack.document])
        } catch is any DomainRejection {
            // Something is outstanding still.
        }
    }

    private mutating func fire(_ timer: NewTimer, _ stream: StreamID) throws {
        do {
            if stream.prefix == "ro" {
                let due = DueTimer(
                    id: newID(), stream: stream, name: timer.name, due: timer.due,
                    data: timer.data, correlationID: newID())
                if let command = try RolloutTimer.command(for: due) {
                    try send(command, to: stream, RolloutDecider.self, by: Self.clock)
                }
            } else if let name = PatchTimer(rawValue: timer.name) {
                try send(.timer(name), to: stream, PatchDecider.self, by: Self.clock)
            }
        } catch is any DomainRejection {
            // Its moment is past.
        }
    }
}
