import EventSourcing
import FoundationEssentials
import PatchManagement
import SimulatedFleet
import Support
import Testing

@testable import Audit
@testable import PatchManagement

/// What a dishonest operator may write who seals it with the log's own key, so that the
/// cryptography is right: only the rules of the domain give it away.
enum Violation: String, CaseIterable {
    case approvalByRequester, approvalByTester, approvalByPlanner, approvalWithoutRole
    case approvalAfterRevokedRole, expiredApproval, approvalOfOtherDigest
    case startWithoutPatchApproval, dispatchWithoutApproval, secondAttempt, lowerFence
    case batchBeforeGate, workBeforeBatch, outcomeWithoutIntent, otherArtefact
    case dispatchWhilePaused, successWithoutInstallation, dispatchOverCapacity
    case dispatchOutsideWindow, dispatchInFreeze, overrideByReleaser, dispatchOverCap

    /// The invariant that is broken.
    var rule: String {
        switch self {
        case .approvalByRequester, .approvalByTester, .approvalByPlanner, .approvalWithoutRole,
            .approvalAfterRevokedRole, .expiredApproval, .approvalOfOtherDigest,
            .startWithoutPatchApproval:
            "I14"
        case .dispatchWithoutApproval, .outcomeWithoutIntent, .otherArtefact: "I15"
        case .secondAttempt: "I3"
        case .lowerFence: "I5"
        case .batchBeforeGate, .workBeforeBatch, .dispatchOverCapacity, .dispatchOverCap: "I1"
        case .dispatchWhilePaused: "I6"
        case .successWithoutInstallation: "I13"
        case .dispatchOutsideWindow, .dispatchInFreeze, .overrideByReleaser:
            "I2"
        }
    }

    /// - Returns: The events with it, as a store would number them, and the first position that
    ///   breaks the rule.
    func written(into history: SimulatedHistory) throws -> (events: [RecordedEvent], at: Int) {
        var story = Story(history)
        let place =
            switch self {
            case .approvalByRequester, .approvalByTester, .approvalByPlanner,
                .approvalWithoutRole, .approvalAfterRevokedRole, .expiredApproval,
                .approvalOfOtherDigest, .startWithoutPatchApproval:
                try story.breakApproval(self)
            case .dispatchWithoutApproval, .batchBeforeGate, .workBeforeBatch,
                .dispatchWhilePaused, .dispatchOverCapacity:
                try story.breakRollout(self)
            case .secondAttempt, .lowerFence, .outcomeWithoutIntent, .otherArtefact,
                .successWithoutInstallation:
                try story.breakDeployment(self)
            case .dispatchOutsideWindow, .dispatchInFreeze, .overrideByReleaser:
                try story.breakCalendar(self)
            case .dispatchOverCap: try story.breakCap()
            }
        return (renumbered(story.events), place + 1)
    }
}

/// Events that are changed one after the other. Places count from 0.
private struct Story {
    var events: [RecordedEvent]
    let people: SimulatedPeople

    init(_ history: SimulatedHistory) {
        events = history.log
        people = history.people
    }

    func first(_ type: String, after place: Int = -1) throws -> Int {
        try #require(events.indices.first { $0 > place && events[$0].type == type }, "\(type)")
    }

    // MARK: Approvals

    mutating func breakApproval(_ violation: Violation) throws -> Int {
        switch violation {
        case .approvalByPlanner: return try approveRollout(by: people.manager)
        case .approvalWithoutRole:
            let granted = events.indices.first {
                events[$0].stream.text == people.approver.id
            }
            events.remove(at: try #require(granted))
            return try first("PatchApproved")
        case .approvalAfterRevokedRole:
            let asked = try first("RolloutApprovalRequested")
            let stream = try #require(StreamID(people.approver.id))
            let revoked = RoleRevoked(
                role: .approver, reason: .sample("left", in: RoleRevoked.reason(of: stream)))
            events.insert(
                contentsOf: try events[asked].byAnAdministrator(revoked, in: stream),
                at: asked + 1)
            return asked + 3
        case .startWithoutPatchApproval:
            let scheduled = try first("RolloutScheduled")
            let patch = try #require(events.first { $0.stream.prefix == "pa" }).stream
            let revoked = ApprovalRevoked(reason: "no", by: people.approver, rollouts: [])
            events.insert(
                try events[scheduled].changed(stream: patch).with(revoked), at: scheduled)
            return scheduled + 1
        default: return try approvePatch(violation)
        }
    }

    private mutating func approveRollout(by actor: Actor) throws -> Int {
        let place = try first("RolloutApproved")
        let approved = try events[place].read(RolloutApproved.self)
        events[place] = try events[place].with(
            RolloutApproved(
                by: actor.id, planDigest: approved.planDigest, expires: approved.expires,
                reason: approved.reason),
            by: Actor(id: actor.id, role: Role.approver.rawValue))
        return place
    }

    private mutating func approvePatch(_ violation: Violation) throws -> Int {
        let place = try first("PatchApproved")
        let approved = try events[place].read(PatchApproved.self)
        var by = approved.by
        var digest = approved.digest
        switch violation {
        case .approvalByRequester: by = Actor(id: people.manager.id, role: "approver")
        case .approvalByTester:
            by = Actor(id: by.id, role: "approver", onBehalfOf: people.tester.id)
        case .approvalOfOtherDigest: digest = Digest(of: "something else")
        default:
            let late = approved.expires + .seconds(1)
            events[place] = events[place].changed(occurredAt: late)
            return place
        }
        events[place] = try events[place].with(
            PatchApproved(
                digest: digest, artefact: approved.artefact, evidence: approved.evidence,
                expires: approved.expires, reason: approved.reason, by: by),
            by: by)
        return place
    }

    // MARK: Rollouts

    mutating func breakRollout(_ violation: Violation) throws -> Int {
        switch violation {
        case .dispatchWithoutApproval:
            events.remove(at: try first("RolloutApproved"))
            return try first("BatchStarted")
        case .batchBeforeGate:
            let gate = try #require(
                events.indices.first { place in
                    events[place].type == "GateEvaluated"
                        && (try? events[place].read(GateEvaluated.self).verdict) == .pass
                })
            events.remove(at: gate)
            return try first("BatchStarted", after: try first("BatchStarted"))
        case .workBeforeBatch:
            let second = try first("BatchStarted", after: try first("BatchStarted"))
            events.remove(at: second)
            return try first("DeploymentQueued", after: second - 1)
        case .dispatchWhilePaused:
            let install = try first("InstallStarted")
            let rollout = try #require(events.first { $0.stream.prefix == "ro" }).stream
            let paused = RolloutPaused(
                reason: .person, by: people.manager.id, detail: "", cause: nil, frozen: false)
            events.insert(
                try events[install].changed(stream: rollout).with(paused), at: install)
            return install + 1
        default:
            let place = try first("RolloutPlanned")
            let text = String(decoding: events[place].data, as: UTF8.self)
                .replacing(#/"capacity":\d+/#, with: #""capacity":1"#)
            events[place] = events[place].changed(data: Array(text.utf8))
            let second = try first("BatchStarted", after: try first("BatchStarted"))
            let begun = try first("LeaseGranted", after: second)
            return try first("LeaseGranted", after: begun)
        }
    }

    // MARK: Windows and freezes

    mutating func breakCalendar(_ violation: Violation) throws -> Int {
        let begun = try first("LeaseGranted")
        let moment = events[begun].recordedAt
        switch violation {
        case .dispatchOutsideWindow:
            // It opens a microsecond too late.
            let opening = Opening(
                start: moment + .microseconds(1), lastStart: moment + .seconds(90_000),
                end: moment + .seconds(90_000))
            let calendar = PlannedCalendar(
                definition: Digest(of: "windows"), windows: ["nights"], openings: [opening])
            let form = String(decoding: try CanonicalJSON.encode([calendar]), as: UTF8.self)
            let planned = try first("RolloutPlanned")
            let plan = String(decoding: events[planned].data, as: UTF8.self)
                .replacing(#""capacity":"#, with: #""calendars":\#(form),"capacity":"#)
            events[planned] = events[planned].changed(data: Array(plan.utf8))
            let stream = events[begun].stream
            let queued = try #require(
                events.indices.first {
                    events[$0].stream == stream && events[$0].type == "DeploymentQueued"
                })
            let order = String(decoding: events[queued].data, as: UTF8.self)
                .replacing(#""criticality":"#, with: #""calendar":0,"criticality":"#)
            events[queued] = events[queued].changed(data: Array(order.utf8))
            return begun
        case .dispatchInFreeze:
            let freeze = try #require(StreamID("fz_00000000-0000-7000-8000-000000000001"))
            let terms = FreezeTerms(
                name: "stop", scope: .account, from: moment + .seconds(-1),
                to: moment + .microseconds(1))
            events.insert(
                try events[begun].changed(stream: freeze).with(
                    FreezeCreated(
                        freeze: freeze, terms: terms, isImmediate: false, reason: "an incident",
                        by: people.manager),
                    by: people.manager),
                at: begun)
            return begun + 1
        default:
            let rollout = try #require(events.first { $0.stream.prefix == "ro" }).stream
            let by = Actor(id: people.manager.id, role: Role.incidentCommander.rawValue)
            events.insert(
                try events[begun].changed(stream: rollout).with(
                    FreezeOverridden(
                        freeze: "fz_1", by: by.id, reason: "I want to",
                        planDigest: Digest(of: "plan")),
                    by: by),
                at: begun)
            return begun
        }
    }

    /// A cap of one, and a second asset while the first is under way.
    mutating func breakCap() throws -> Int {
        let begun = try first("LeaseGranted")
        var underWay = Set<StreamID>()
        let second = try #require(
            events.indices.dropFirst(begun).first { place in
                let event = events[place]
                let text = String(decoding: event.data, as: UTF8.self)
                switch event.type {
                case "LeaseGranted":
                    return underWay.insert(event.stream).inserted && underWay.count > 1
                case "DeploymentWaiting" where !text.contains("inDoubt"), "LeaseExpired",
                    "DeploymentSucceeded", "DeploymentFailed", "DeploymentSkipped",
                    "DeploymentCancelled", "TargetAbsent", "TargetUnreachable",
                    "VerificationFailed", "RebootDeferred", "RolledBack", "RollbackFailed":
                    underWay.remove(event.stream)
                    return false
                default: return false
                }
            })
        events.insert(
            try events[begun].changed(stream: CapScope.account.cap).with(
                CapSet(
                    scope: .account, limit: 1, earlier: nil, reason: "careful",
                    by: people.manager),
                by: people.manager),
            at: begun)
        return second + 1
    }

    // MARK: Deployments

    mutating func breakDeployment(_ violation: Violation) throws -> Int {
        let install = try first("InstallStarted")
        let started = try events[install].read(InstallStarted.self)
        switch violation {
        case .secondAttempt:
            let again = InstallStarted(
                attempt: 2,
                attemptID: .version5(namespace: events[install].stream.uuid, name: "attempt/2"),
                worker: started.worker, fence: started.fence + 1, planDigest: started.planDigest,
                artefactDigest: started.artefactDigest)
            events.insert(try events[install].with(again), at: install + 1)
            return install + 1
        case .lowerFence, .otherArtefact:
            events[install] = try events[install].with(
                InstallStarted(
                    attempt: started.attempt, attemptID: started.attemptID,
                    worker: started.worker,
                    fence: violation == .lowerFence ? 1 : started.fence,
                    planDigest: started.planDigest,
                    artefactDigest: violation == .lowerFence
                        ? started.artefactDigest : Digest(of: "another artefact")))
            return install
        case .outcomeWithoutIntent:
            events.remove(at: install)
            return try first("InstallFinished")
        default:
            let finished = try first("InstallFinished")
            let stream = events[finished].stream
            events.remove(at: finished)
            return try #require(
                events.indices.first {
                    events[$0].stream == stream && events[$0].type == "DeploymentSucceeded"
                })
        }
    }
}
