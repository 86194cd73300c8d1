import EventSourcing
import FoundationEssentials
import SimulatedFleet

@testable import PatchManagement

/// Reads a log from its first event to its last and says, by id, which invariants it breaks. It
/// knows nothing of the deciders' states: what isn't in the log or on the hosts doesn't count.
struct Audit {
    private(set) var violations: [String] = []
    private var rollouts: [StreamID: Staged] = [:]
    private var deployments: [StreamID: Deployed] = [:]
    /// Attempts under way, by asset.
    private var underWay: [StreamID: UUID] = [:]
    private var fences: [StreamID: Int64] = [:]
    /// Attempts and steps whose intent is recorded.
    private var intents = Set<String>()

    private struct Staged {
        var started = -1
        var passed = Set<Int>()
        var planDigest: Digest?
        var approvedDigest: Digest?
        /// The approvals that hold for it end then.
        var approvedUntil: Timestamp?
        var patchApprovedUntil: Timestamp?
        var makers = Set<String>()
        /// Nobody waits for those that were absent.
        var isClosed = false
        /// Nothing new may be dispatched.
        var isHalted = true
        var isRollingBack = false
        var capacity = 0
        var calendars: [PlannedCalendar] = []
        var overridden: [String] = []
    }

    /// Freezes that stand, by their id.
    private var freezes: [StreamID: FreezeCreated] = [:]

    private struct Deployed {
        var order: DeploymentOrder
        var batch: Int
        var attempt = 1
        var isInDoubt = false
        var awaitsBoot = false
        var installFinishedBy: UUID?
    }

    init(_ world: World) throws {
        for event in world.log { try read(event) }
        try inspectHosts(world)
        inspectCounts(world)
    }

    /// Something that changes the host was begun in that attempt.
    private func hasChanged(_ attempt: String) -> Bool {
        intents.contains("\(attempt) install") || intents.contains("\(attempt) reboot")
    }

    private mutating func fail(_ invariant: String, _ event: RecordedEvent, _ words: String) {
        violations.append(
            "\(invariant) at \(event.position), \(event.type) of \(event.stream): \(words)")
    }

    private mutating func read(_ event: RecordedEvent) throws {
        switch event.stream.prefix {
        case "ro":
            let read = try RolloutEvent(
                type: event.type, schemaVersion: event.schemaVersion, data: event.data)
            readRollout(read, event)
        case "de":
            let read = try DeploymentEvent(
                type: event.type, schemaVersion: event.schemaVersion, data: event.data)
            readDeployment(read, event)
        case "pa":
            let read = try PatchEvent(
                type: event.type, schemaVersion: event.schemaVersion, data: event.data)
            if case .stepBegun(let begun) = read {
                intents.insert("\(begun.attempt.text) \(begun.step.rawValue)")
                raise(begun.asset, begun.fence, event)
            }
        case "fz":
            let read = try FreezeEvent(
                type: event.type, schemaVersion: event.schemaVersion, data: event.data)
            if case .created(let created) = read { freezes[event.stream] = created }
            if case .lifted = read { freezes[event.stream] = nil }
        default: break
        }
    }

    /// I2: by the store's time.
    private mutating func checkCalendar(
        _ order: DeploymentOrder, _ staged: Staged, isRollback: Bool, _ event: RecordedEvent
    ) {
        let now = event.recordedAt
        if let number = order.target.calendar, !isRollback {
            let isOpen = staged.calendars[number].openings.contains {
                $0.start <= now && now < $0.lastStart
            }
            if !isOpen { fail("I2", event, "no window is open") }
        }
        for (id, freeze) in freezes where !staged.overridden.contains(id.text) {
            let scope = freeze.terms.scope.dispatchScope
            guard order.target.freezeScopes.contains(scope) else { continue }
            if freeze.terms.from <= now, now < freeze.terms.to {
                fail("I2", event, "the freeze \(freeze.terms.name) holds")
            }
        }
    }

    private mutating func raise(_ asset: StreamID, _ fence: Int64, _ event: RecordedEvent) {
        if fence <= fences[asset, default: 0] { fail("I5", event, "the fence did not rise") }
        fences[asset] = fence
    }

    // MARK: Rollouts

    private mutating func readRollout(_ read: RolloutEvent, _ event: RecordedEvent) {
        var staged = rollouts[event.stream] ?? Staged()
        switch read {
        case .planned(let planned):
            staged.planDigest = planned.planDigest
            staged.capacity = planned.capacity
            staged.calendars = planned.calendars ?? []
            staged.makers = [planned.by]
        case .approvalRequested(let requested): staged.makers.insert(requested.by)
        case .approved(let approved):
            staged.approvedDigest = approved.planDigest
            staged.approvedUntil = approved.expires
            if staged.makers.contains(approved.by) {
                fail("I14", event, "\(approved.by) decides on what is their own")
            }
        case .batchStarted(let started):
            if staged.approvedDigest != started.planDigest {
                fail("I15", event, "the plan was not approved as it is")
            }
            let earlier = Set(0..<started.batch)
            if !earlier.isSubset(of: staged.passed) {
                fail("I1", event, "a gate before batch \(started.batch) has not passed")
            }
            if started.batch > 0, staged.isHalted { fail("I8", event, "it was halted") }
            staged.started = started.batch
            staged.isHalted = false
        case .stragglersStarted(let started):
            if staged.passed != Set(0..<started.batch) {
                fail("I1", event, "a gate before the stragglers has not passed")
            }
            for end in [staged.approvedUntil, staged.patchApprovedUntil]
            where end.map({ event.recordedAt >= $0 || started.until > $0 }) != false {
                fail("I14", event, "no approval holds for it")
            }
            staged.started = started.batch
            staged.isHalted = false
        case .stragglersClosed(let closed):
            staged.started = closed.batch - 1
            staged.isClosed = true
        case .batchSkipped(let skipped): staged.passed.insert(skipped.batch)
        case .gateEvaluated(let evaluated):
            if evaluated.verdict == .pass { staged.passed.insert(evaluated.batch) }
        case .gateOverridden(let overridden):
            staged.passed.insert(overridden.batch)
            staged.patchApprovedUntil = overridden.approval.expires
            staged.isHalted = false
        case .paused: staged.isHalted = true
        case .resumed(let resumed):
            staged.isHalted = false
            if let approval = resumed.approval { staged.patchApprovedUntil = approval.expires }
        case .rollbackOrdered:
            staged.isHalted = false
            staged.isRollingBack = true
        case .aborted, .cancelled, .rejected, .expired, .rolledBack, .completed:
            staged.isHalted = true
        case .scheduled(let scheduled): staged.patchApprovedUntil = scheduled.approval.expires
        case .freezeOverridden(let overridden): staged.overridden.append(overridden.freeze)
        case .soakStarted, .baselineOrdered, .healthRecorded, .deadlineMoved, .postponed,
            .missAcknowledged, .assetRollbackOrdered:
            break
        }
        rollouts[event.stream] = staged
    }

    // MARK: Deployments

    private mutating func readDeployment(_ read: DeploymentEvent, _ event: RecordedEvent) {
        if case .queued(let queued) = read {
            deployments[event.stream] = Deployed(order: queued.order, batch: queued.order.batch)
            return
        }
        guard var deployed = deployments[event.stream] else {
            return fail("I15", event, "nobody queued it")
        }
        switch read {
        case .leaseGranted(let granted):
            dispatch(&deployed, granted.attempt, granted.fence, isRollback: false, event)
        case .installStarted(let started):
            dispatch(&deployed, started.attempt, started.fence, isRollback: false, event)
            if deployed.isInDoubt { fail("I7", event, "installed again without a probe") }
            intents.insert("\(started.attemptID.text) install")
        case .rollbackStarted(let started):
            dispatch(&deployed, started.attempt, started.fence, isRollback: true, event)
            if deployed.isInDoubt { fail("I7", event, "rolled back without a probe") }
            intents.insert("\(started.attemptID.text) roll-back")
        case .rebootStarted, .rebootRequested, .rebootAccepted, .rebootConfirmed, .rebootDeferred,
            .deadAfterReboot:
            readReboot(read, &deployed, event)
        case .leaseExpired(let expired):
            if expired.change?.after == .unknown { deployed.isInDoubt = true }
            let attempt = deployed.order.attemptID(expired.attempt).text
            // Before the installation a lost worker ends the attempt.
            if !hasChanged(attempt) { end(deployed, expired.attempt) }
        case .waiting(let waiting):
            switch waiting.reason {
            case .inDoubt: deployed.isInDoubt = true
            case .offline, .retry, .hold, .snapshot: end(deployed, waiting.attempt)
            // Where an attempt had begun, it is over.
            case .window: end(deployed, waiting.attempt)
            case .freeze, .slot:
                // What is to be rolled back keeps its attempt.
                let attempt = deployed.order.attemptID(waiting.attempt).text
                if !hasChanged(attempt) || deployed.awaitsBoot { end(deployed, waiting.attempt) }
            case .rollbackOrdered: deployed.awaitsBoot = false
            case .cancelOrdered: break
            }
        case .probed(let probed):
            if probed.answer != .noAnswer, probed.answer != .running { deployed.isInDoubt = false }
        case .installFinished: deployed.installFinishedBy = event.commandID
        case .succeeded:
            if deployed.installFinishedBy == nil || deployed.installFinishedBy == event.commandID {
                fail("I13", event, "there is no installation before this scan")
            }
            if deployed.awaitsBoot { fail("I13", event, "a reboot was due, and none was seen") }
            end(deployed, deployed.attempt)
        case .failed, .skipped, .cancelled, .absent, .unreachable, .verificationFailed,
            .rolledBack, .rollbackFailed, .givenUp, .postponed:
            end(deployed, deployed.attempt)
        case .returnAwaited(let awaited):
            end(deployed, deployed.attempt)
            deployed.batch = awaited.route.batch
        case .returned(let returned):
            deployed.attempt = returned.attempt
        case .queued, .precheckPassed, .precheckFailed, .backupTaken, .snapshotTaken,
            .rollbackFinished:
            break
        }
        deployments[event.stream] = deployed
    }

    private mutating func readReboot(
        _ read: DeploymentEvent, _ deployed: inout Deployed, _ event: RecordedEvent
    ) {
        switch read {
        case .rebootStarted(let started):
            dispatch(&deployed, started.attempt, started.fence, isRollback: false, event)
            if deployed.isInDoubt { fail("I7", event, "rebooted without a probe") }
            intents.insert("\(started.attemptID.text) reboot")
        case .rebootRequested: deployed.awaitsBoot = true
        case .rebootAccepted: deployed.isInDoubt = false
        case .rebootConfirmed:
            deployed.awaitsBoot = false
            // What became of the order to reboot is known by the boot that was seen.
            let attempt = deployed.order.attemptID(deployed.attempt).text
            if intents.contains("\(attempt) reboot") { deployed.isInDoubt = false }
        case .deadAfterReboot:
            // What follows has a higher fence, below which the host begins no reboot any more (I5).
            deployed.isInDoubt = false
            end(deployed, deployed.attempt)
        default:
            deployed.awaitsBoot = true
            end(deployed, deployed.attempt)
        }
    }

    private mutating func dispatch(
        _ deployed: inout Deployed, _ attempt: Int, _ fence: Int64, isRollback: Bool,
        _ event: RecordedEvent
    ) {
        let order = deployed.order
        deployed.attempt = attempt
        raise(order.target.asset, fence, event)
        let id = order.attemptID(attempt)
        if let other = underWay[order.target.asset], other != id {
            fail("I3", event, "attempt \(other) is under way on the asset")
        }
        underWay[order.target.asset] = id
        guard let staged = rollouts[order.rollout] else {
            return fail("I15", event, "there is no rollout")
        }
        checkCalendar(order, staged, isRollback: isRollback, event)
        if staged.isHalted, !isRollback { fail("I6", event, "the rollout is halted") }
        if staged.isRollingBack, !isRollback { fail("I6", event, "the rollout goes back") }
        // One that has returned may go back after nobody waits for the others any more.
        let mayGoBack = staged.isClosed && isRollback
        if deployed.batch > staged.started, !mayGoBack {
            fail("I1, I14", event, "its batch has not started, or no approval holds any more")
        }
        if staged.approvedDigest != order.planDigest {
            fail("I15", event, "the plan was not approved")
        }
    }

    private mutating func end(_ deployed: Deployed, _ attempt: Int) {
        let asset = deployed.order.target.asset
        if underWay[asset] == deployed.order.attemptID(attempt) { underWay[asset] = nil }
    }

    // MARK: At the end

    /// What the hosts themselves counted.
    private mutating func inspectHosts(_ world: World) throws {
        for host in world.fleet.all {
            var runs: [String: Int] = [:]
            for execution in host.executions {
                runs["\(execution.attempt.text) \(execution.step.rawValue)", default: 0] += 1
            }
            for (run, count) in runs {
                if count > 1 { violations.append("I4: \(host.name) ran \(run) \(count) times") }
                if !run.hasSuffix("back-up"), !intents.contains(run) {
                    violations.append("I15: \(host.name) ran \(run), and no event orders it")
                }
            }
        }
        for (id, staged) in rollouts where staged.capacity > 0 {
            let most = world.dispatch.mostAttempts[ControlChange.rolloutScope(id)] ?? 0
            if most > staged.capacity { violations.append("I1: \(most) attempts at once in \(id)") }
        }
    }

    /// The coordinator's counts are what the deployments say.
    private mutating func inspectCounts(_ world: World) {
        for (id, ledger) in world.ledgers where world.coordinated == world.log.count {
            var counts = ledger.batches.map { _ in OutcomeCounts() }
            for (stream, deployed) in deployments where deployed.order.rollout == id {
                let state = world.state(of: stream, DeploymentDecider.self)
                if let outcome = state.outcome { counts[deployed.batch][outcome] += 1 }
            }
            for (batch, expected) in counts.enumerated()
            where ledger.batches[batch].counts != expected {
                violations.append(
                    "counts of batch \(batch) of \(id): \(ledger.batches[batch].counts), "
                        + "not \(expected)")
            }
        }
    }
}
