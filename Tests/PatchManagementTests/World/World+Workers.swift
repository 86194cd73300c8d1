import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support

@testable import PatchManagement

/// Something of a worker's that comes at its time.
struct Happening {
    enum Kind {
        /// The result arrives where the worker waits for it.
        case result(WorkResult)
        /// A worker that slept goes on where it was: at the host.
        case wakes
        /// A worker that is gone or asleep did not renew.
        case leaseRunsOut
    }

    let at: Timestamp
    let activity: ClaimedActivity
    let kind: Kind
}

/// What a fault does to a worker that has just claimed something.
private enum Fate {
    case well
    case diesAtOnce, diesAfterIntent, diesAtHost
    /// Stopped for longer than its lease, and then goes on.
    case sleepsBeforeHost, sleepsAfterHost
}

/// Workers, as `PatchWork` and `Worker` are.
extension World {
    static let lease = Duration.seconds(30)

    mutating func claim(_ index: Int) throws {
        let activity = dispatch.claim(index, worker: newID())
        let fate = fate()
        if fate != .well {
            happenings.append(
                Happening(at: now + Self.lease, activity: activity, kind: .leaseRunsOut))
        }
        if fate == .diesAtOnce { return }
        if activity.kind == PatchDecider.documentKind { return try document(activity) }
        if activity.kind == RolloutDecider.healthKind {
            return fate == .well ? try askForHealth(activity) : ()
        }
        guard try begin(activity), fate != .diesAfterIntent else { return }
        if fate == .sleepsBeforeHost {
            happenings.append(
                Happening(at: now + Self.lease * 4, activity: activity, kind: .wakes))
        } else {
            try perform(activity, fate)
        }
    }

    private mutating func fate() -> Fate {
        guard random.chance(crashPercent) else { return .well }
        return random.pick([
            .diesAtOnce, .diesAfterIntent, .diesAtHost, .sleepsBeforeHost, .sleepsAfterHost,
        ])
    }

    /// - Returns: false when the step must not be done.
    private mutating func begin(_ activity: ClaimedActivity) throws -> Bool {
        var options = Options(claim: ClaimUse(claim: activity.claim, mode: .hold))
        let worker = activity.claim.worker
        let fence = activity.claim.fence
        do {
            switch activity.stream.prefix {
            case "de":
                let step = try unwrapped(DeploymentStep(rawValue: activity.kind))
                let state = state(of: activity.stream, DeploymentDecider.self)
                options.permit = DeploymentDecider.permit(for: step, state)
                guard options.permit != nil else { return true }
                try send(
                    .beginStep(step, worker: worker, fence: fence), to: activity.stream,
                    DeploymentDecider.self, context(PatchManagementTests.worker, newID()), options)
            case "pa" where activity.kind != "acquire":
                let task = try CanonicalJSON.decode(QualificationTask.self, from: activity.data)
                var isProbe = false
                if case .probe = task.work { isProbe = true }
                guard task.step.needsIntent, !isProbe else { return true }
                options.permit = patch(activity.stream).permit(for: task.host.asset)
                guard options.permit != nil else {
                    drop(activity)
                    return false
                }
                try send(
                    .beginStep(task.step, asset: task.host.asset, worker: worker, fence: fence),
                    to: activity.stream, PatchDecider.self,
                    context(PatchManagementTests.worker, newID()), options)
            default: return true
            }
        } catch AppendRefusal.outsideWindow(let wait) {
            try awaitOpening(wait, activity)
            return false
        } catch AppendRefusal.frozen(let wait) {
            try awaitOpening(wait, activity)
            return false
        } catch AppendRefusal.noSlot(let scope) where activity.stream.prefix == "de" {
            try awaitSlot(scope, activity)
            return false
        } catch let refusal as AppendRefusal {
            if refusal != .staleClaim {
                // Longer each time, so that a rollout may be paused for days in little time.
                let wait = Duration.seconds(1 << min(activity.tries, 12))
                dispatch.release(activity.claim, until: now + wait)
            }
            return false
        } catch is any DomainRejection {
            try lose(activity, .complete)
            return false
        }
        return true
    }

    private mutating func awaitOpening(
        _ wait: DispatchWait, _ activity: ClaimedActivity
    ) throws {
        do {
            try send(
                .awaitOpening(ClosedWindow(wait)), to: activity.stream, DeploymentDecider.self,
                context(PatchManagementTests.worker, newID()),
                Options(claim: ClaimUse(claim: activity.claim, mode: .complete)))
        } catch is DeploymentRejection {
            drop(activity)
        }
    }

    private mutating func awaitSlot(_ scope: String, _ activity: ClaimedActivity) throws {
        let state = state(of: activity.stream, DeploymentDecider.self)
        guard let cap = DeploymentDecider.newlyAwaited(scope: scope, state) else {
            let wait = DeploymentDecider.secondsForSlot(tries: activity.tries)
            return dispatch.release(activity.claim, until: now + .seconds(wait))
        }
        try settle(.awaitSlot(cap), DeploymentDecider.self, activity)
    }

    private mutating func perform(_ activity: ClaimedActivity, _ fate: Fate) throws {
        let (host, work) = try order(of: activity)
        let performance = fleet.perform(
            WorkOrder(
                activity: activity.id, fence: activity.claim.fence, host: host, work: work,
                timeLimit: .seconds(60)),
            at: now)
        if fate == .diesAtHost { return }
        let delay = fate == .sleepsAfterHost ? Self.lease * 4 : .zero
        happenings.append(
            Happening(
                at: now + performance.duration + delay, activity: activity,
                kind: .result(performance.result)))
    }

    private func order(of activity: ClaimedActivity) throws -> (HostAddress, Work) {
        let task = try CanonicalJSON.decode(ScanTask.self, from: activity.data)
        return (task.host, task.work)
    }

    mutating func happen(_ happening: Happening) throws {
        let activity = happening.activity
        switch happening.kind {
        case .wakes: try perform(activity, .well)
        case .result(let result): try record(result, activity)
        case .leaseRunsOut:
            dispatch.lostWorkers.insert(activity.claim.worker)
            guard dispatch.index(of: activity.claim) != nil else { return }
            try lose(activity, .rescue)
        }
    }

    private mutating func record(_ result: WorkResult, _ activity: ClaimedActivity) throws {
        let fence = activity.claim.fence
        switch activity.stream.prefix {
        case "de":
            let step = try unwrapped(DeploymentStep(rawValue: activity.kind))
            if let seconds = DeploymentDecider.secondsToNextLook(
                after: result, of: step, tries: activity.tries, at: now,
                state(of: activity.stream, DeploymentDecider.self))
            {
                return dispatch.release(activity.claim, until: now + .seconds(seconds))
            }
            try settle(
                .recordResult(step, result, fence: fence), DeploymentDecider.self, activity)
        case "as":
            let scan: Scan = activity.kind == Work.discover.kind ? .updates : .inventory
            try settle(
                .recordScan(scan, result), AssetDecider.self, activity,
                AssetDecider.document(of: result).map { [$0] } ?? [])
        case "pa" where activity.kind == "acquire":
            try settle(.recordAcquisition(fence: fence, result), PatchDecider.self, activity)
        default:
            let task = try CanonicalJSON.decode(QualificationTask.self, from: activity.data)
            try settle(
                .recordResult(task.step, asset: task.host.asset, fence: fence, result),
                PatchDecider.self, activity, [PatchDecider.document(of: result)])
        }
    }

    /// The stream hears that a worker is gone; scans and evidence are simply done again.
    private mutating func lose(_ activity: ClaimedActivity, _ mode: ClaimUse.Mode) throws {
        let fence = activity.claim.fence
        switch activity.stream.prefix {
        case "de":
            let step = try unwrapped(DeploymentStep(rawValue: activity.kind))
            try settle(
                .loseLease(step, fence: fence), DeploymentDecider.self, activity, mode: mode)
        case "pa" where activity.kind == "acquire":
            let lost = WorkResult.failed(WorkFailure(.lost, "the worker is gone"))
            try settle(
                .recordAcquisition(fence: fence, lost), PatchDecider.self, activity, mode: mode)
        case "pa" where activity.kind != PatchDecider.documentKind:
            let task = try CanonicalJSON.decode(QualificationTask.self, from: activity.data)
            try settle(
                .loseLease(task.step, asset: task.host.asset, fence: fence), PatchDecider.self,
                activity, mode: mode)
        default: dispatch.release(activity.claim, until: now)
        }
    }

    private mutating func askForHealth(_ activity: ClaimedActivity) throws {
        guard let report = try healthReport(of: activity) else { return drop(activity) }
        try settle(.recordHealth(report), RolloutDecider.self, activity, [report.document])
    }

    private mutating func document(_ activity: ClaimedActivity) throws {
        let pack = try evidence(of: activity.stream)
        try settle(
            .document(items: pack.present, pack: pack.document.digest), PatchDecider.self,
            activity, [pack.document], by: workflow)
    }

    private mutating func settle<D: Decider>(
        _ command: D.Command, _ decider: D.Type, _ activity: ClaimedActivity,
        _ documents: [Document] = [], by actor: Actor = worker, mode: ClaimUse.Mode = .complete
    ) throws {
        let options = Options(
            claim: ClaimUse(claim: activity.claim, mode: mode), documents: documents)
        do {
            try send(command, to: activity.stream, decider, context(actor, newID()), options)
        } catch is D.Rejection {
            drop(activity)
        } catch AppendRefusal.staleClaim {
            // It was taken away meanwhile.
        }
    }

    private mutating func drop(_ activity: ClaimedActivity) {
        if let index = dispatch.index(of: activity.claim) { dispatch.activities.remove(at: index) }
    }

    func evidence(of patch: StreamID, names: [String: String] = [:]) throws -> EvidencePack {
        let own = log.filter { $0.stream == patch }
        let rollouts = Set(self.patch(patch).rollouts.map(\.rollout))
        var histories: [StreamID: [RecordedEvent]] = [:]
        for event in log { histories[event.stream, default: []].append(event) }
        let deployments = histories.keys.sorted().filter { stream in
            stream.prefix == "de"
                && rollouts.contains(
                    state(of: stream, DeploymentDecider.self).order?.rollout ?? patch)
        }
        return try EvidencePack.compile(
            patch: own, rollouts: rollouts.sorted().compactMap { histories[$0] },
            deployments: deployments.compactMap { histories[$0] }, names: names)
    }
}

/// What must be there for the story to make sense.
func unwrapped<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Missing() }
    return value
}

struct Missing: Error {}
