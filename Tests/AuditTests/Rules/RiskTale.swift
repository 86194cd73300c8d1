import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing

@testable import Audit
@testable import PatchManagement

/// Events that are changed one after the other. Places count from 0.
struct RiskTale {
    var events: [RecordedEvent]
    let people: RiskHistory

    func first(_ type: String, of stream: StreamID? = nil, after place: Int = -1) throws -> Int {
        try #require(
            events.indices.first {
                $0 > place && events[$0].type == type
                    && (stream == nil || events[$0].stream == stream)
            }, "\(type)")
    }

    func last(_ type: String) throws -> Int {
        try #require(events.indices.last { events[$0].type == type }, "\(type)")
    }

    /// Writes `new` in the place of each `old` in the data of one event.
    mutating func edit(_ place: Int, _ old: String, _ new: String) throws {
        let text = String(decoding: events[place].data, as: UTF8.self)
        try #require(text.contains(old), "'\(old)' is not in \(text)")
        events[place] = events[place].changed(data: Array(text.replacing(old, with: new).utf8))
    }

    /// Lets somebody else have written it.
    mutating func write(_ place: Int, by actor: Actor) throws {
        let before = events[place].actor
        try edit(
            place, #""by":{"id":"\#(before.id)","role":"\#(before.role)"}"#,
            #""by":{"id":"\#(actor.id)","role":"\#(actor.role)"}"#)
        events[place] = events[place].changed(actor: actor)
    }

    mutating func copy(_ place: Int, behind other: Int) -> Int {
        events.insert(
            events[place].changed(
                occurredAt: events[other].occurredAt, recordedAt: events[other].recordedAt),
            at: other + 1)
        return other + 1
    }

    private func json(_ moment: Timestamp) -> String { "\"\(moment)\"" }

    mutating func breakRule(_ violation: RiskViolation) throws -> Int {
        switch violation.rule {
        case "exception": try breakException(violation)
        case "control", "baseline": try breakControl(violation)
        case "feed": try breakFeed(violation)
        case "finding", "I13": try breakFinding(violation)
        default: try breakApproval(violation)
        }
    }

    // MARK: Who decides

    private mutating func breakApproval(_ violation: RiskViolation) throws -> Int {
        let grant = try first("ExceptionGranted", of: RiskHistory.exception)
        let analyst = people.history.people.analyst
        switch violation {
        case .grantByRequester:
            let request = try first("ExceptionRequested", of: RiskHistory.exception)
            let by = Actor(id: RiskHistory.owner.id, role: Role.riskOwner.rawValue)
            try write(request, by: by)
            return grant
        case .grantWithoutRole:
            try write(grant, by: Actor(id: analyst.id, role: Role.riskOwner.rawValue))
            return grant
        case .grantAfterRevokedRole:
            let stream = try #require(StreamID(RiskHistory.owner.id))
            let revoked = RoleRevoked(
                role: .riskOwner, reason: .sample("left", in: RoleRevoked.reason(of: stream)))
            events.insert(
                contentsOf: try events[grant].byAnAdministrator(revoked, in: stream), at: grant)
            return grant + 2
        case .grantOfOtherDigest:
            let granted = try events[grant].read(ExceptionGranted.self)
            try edit(grant, granted.digest.description, Digest(of: "another").description)
            return grant
        case .grantBeforeRequest:
            let granted = try events[grant].read(ExceptionGranted.self)
            let early = granted.granted + .seconds(-86_400)
            try edit(grant, json(granted.granted), json(early))
            return grant
        case .grantOnUnverifiedControl:
            let granted = try first("ExceptionGranted", of: RiskHistory.bound)
            let lapse = try first("ControlLapsed")
            let moved = events.remove(at: lapse).changed(
                occurredAt: events[granted].occurredAt + .seconds(-60),
                recordedAt: events[granted].recordedAt)
            events.insert(moved, at: granted)
            return granted + 1
        case .revocationByStranger:
            let revoked = try first("ExceptionRevoked")
            try write(revoked, by: people.history.people.tester)
            return revoked
        case .exceptionByAnother:
            events[grant] = events[grant].changed(actor: RiskHistory.second)
            return grant
        case .verificationWithoutRole:
            let verified = try first("ControlVerified")
            try write(verified, by: analyst)
            return verified
        case .baselineWithoutRole:
            let set = try first("BaselineSet")
            try write(set, by: people.history.people.tester)
            return set
        case .snapshotByAnalyst:
            let taken = try first("FeedSnapshotTaken")
            events[taken] = events[taken].changed(actor: analyst)
            return taken
        default: return try breakTreatment(violation)
        }
    }

    private mutating func breakTreatment(_ violation: RiskViolation) throws -> Int {
        let analyst = people.history.people.analyst
        let corrected = try first("InputCorrected")
        switch violation {
        case .correctionByOne:
            try write(corrected, by: analyst)
            return corrected
        case .correctionOfOtherInputs:
            // Another site: the class stays, and not the digest.
            try edit(corrected, #""site":"berlin""#, #""site":"bonn""#)
            return corrected
        case .correctionUnasked:
            events.remove(at: try first("InputCorrectionRequested"))
            return corrected - 1
        case .acceptedWithoutException:
            let accepted = try first("FindingAccepted")
            try edit(accepted, RiskHistory.bound.text, RiskHistory.denied.text)
            return accepted
        case .deadlineMovedWithoutException:
            let moved = try first("DeadlineMoved")
            try edit(moved, RiskHistory.exception.text, RiskHistory.denied.text)
            return moved
        case .controlInvented:
            let classified = try first("FindingClassified")
            let until = events[classified].occurredAt + .seconds(86_400)
            try edit(
                classified, #""controls":[]"#,
                #""controls":[{"control":"\#(RiskHistory.wall.control)","verified_until":"\#(until)"}]"#
            )
            return classified
        default:
            let dismissed = try first("FindingDismissed")
            try write(dismissed, by: people.history.people.tester)
            return dismissed
        }
    }

    // MARK: Exceptions and controls

    private mutating func breakException(_ violation: RiskViolation) throws -> Int {
        let grant = try first("ExceptionGranted", of: RiskHistory.exception)
        let granted = try events[grant].read(ExceptionGranted.self)
        switch violation {
        case .grantBeyondRequest:
            let later = granted.until + .seconds(86_400)
            try edit(grant, json(granted.until), json(later))
            return grant
        case .grantAfterDenial:
            let denied = try first("ExceptionDenied")
            let request = try events[try first("ExceptionRequested", of: RiskHistory.denied)]
                .read(ExceptionRequested.self)
            events.insert(
                try events[denied].with(
                    ExceptionGranted(
                        digest: request.digest, granted: events[denied].occurredAt,
                        until: request.request.until, restart: .keeps, reason: "after all",
                        by: RiskHistory.owner), by: RiskHistory.owner), at: denied + 1)
            return denied + 1
        case .grantTwice: return copy(grant, behind: grant)
        case .requestWithoutEnd:
            let request = try first("ExceptionRequested", of: RiskHistory.revoked)
            let before = try events[request].read(ExceptionRequested.self)
            let asked = ExceptionRequest(
                kind: before.request.kind, scope: before.request.scope,
                until: before.requested + .seconds(3000 * 86_400), reason: before.request.reason)
            events[request] = try events[request].with(
                ExceptionRequested(
                    exception: before.exception, request: asked, digest: asked.digest,
                    policy: before.policy, requested: before.requested, by: before.by))
            let next = try first("ExceptionGranted", of: RiskHistory.revoked)
            try edit(next, before.digest.description, asked.digest.description)
            return request
        case .expiryBeforeEnd:
            let expired = try last("ExceptionExpired")
            events[expired] = events[expired].changed(
                occurredAt: granted.until + .seconds(-60))
            return expired
        case .expiryForHeldControl:
            let lapse = try first("ControlLapsed")
            let expired = try first("ExceptionExpired", of: RiskHistory.bound)
            events.insert(events.remove(at: lapse), at: expired)
            return expired - 1
        default:
            let denied = try first("ExceptionDenied")
            events.insert(
                try events[denied].with(
                    ExceptionRevoked(reason: "no", restart: .keeps, by: RiskHistory.owner)),
                at: denied + 1)
            return denied + 1
        }
    }

    private mutating func breakControl(_ violation: RiskViolation) throws -> Int {
        let place = try first("ControlVerified")
        let verified = try events[place].read(ControlVerified.self)
        switch violation {
        case .verificationTooLong:
            let until = verified.gathered + .seconds(500 * 86_400)
            try edit(place, json(verified.until), json(until))
            // What leans on it and its lapse say the same.
            try edit(try first("ControlLapsed"), json(verified.until), json(until))
            return place
        case .verificationByOldEvidence: return copy(place, behind: place)
        case .controlDescribedAnew:
            let registered = try first("ControlRegistered")
            return copy(registered, behind: place)
        case .lapseOfNothing:
            let lapse = try first("ControlLapsed")
            return copy(lapse, behind: lapse)
        default:
            let set = try first("BaselineSet")
            try edit(set, #""kind":"server""#, #""kind":"printer""#)
            return set
        }
    }

    // MARK: Feeds

    private mutating func breakFeed(_ violation: RiskViolation) throws -> Int {
        let taken = try first("FeedSnapshotTaken")
        let next = try first("FeedSnapshotTaken", after: taken)
        switch violation {
        case .feedShrank:
            try edit(next, #""records":98"#, #""records":90"#)
            return next
        case .feedFollowsOnAnother:
            let snapshot = try events[next].read(FeedSnapshotTaken.self)
            try edit(
                next, #""before":"\#(try #require(snapshot.before))""#,
                #""before":"\#(Digest(of: "another"))""#)
            return next
        case .feedOfOtherKind:
            try edit(next, #""kind":"kev""#, #""kind":"epss""#)
            return next
        default:
            events.remove(at: try first("FeedWatched"))
            return taken - 1
        }
    }

    // MARK: Findings

    private mutating func breakFinding(_ violation: RiskViolation) throws -> Int {
        switch violation {
        case .findingOpenedTwice:
            let opened = try first("FindingOpened")
            return copy(opened, behind: opened)
        case .findingOfOther:
            let opened = try last("FindingOpened")
            try edit(opened, "CVE-2026-0001", "CVE-2026-0002")
            return opened
        case .classOtherThanInputs:
            let place = try first("FindingClassified")
            try edit(
                place, #""criticality":"high","exposure""#, #""criticality":"low","exposure""#)
            return place
        case .policyNeverPublished:
            let place = try first("FindingClassified")
            try edit(place, #"","version":1}"#, #"","version":7}"#)
            return place
        case .snapshotNeverTaken:
            let place = try first("FindingClassified")
            let pin = try #require(
                try events[place].read(FindingClassified.self).inputs.snapshots.first)
            try edit(place, pin.digest.description, Digest(of: "never").description)
            return place
        default: return try breakDeadline(violation)
        }
    }

    private mutating func breakDeadline(_ violation: RiskViolation) throws -> Int {
        let again = try last("FindingClassified")
        switch violation {
        case .deadlineLater:
            let classified = try events[again].read(FindingClassified.self)
            let later = try #require(classified.before) + .seconds(86_400)
            try edit(
                again, #""deadline":\#(json(classified.deadline))"#,
                #""deadline":\#(json(later))"#)
            return again
        case .clockMovedBack:
            let classified = try events[again].read(FindingClassified.self)
            try edit(
                again, json(classified.clock.start),
                json(classified.clock.start + .seconds(3600)))
            return again
        case .restartedUnsaid:
            let place = try last("FindingResolved") - 1
            let stream = try people.finding(4)
            let classified = try events[again].read(FindingClassified.self)
            events.insert(
                try events[place].changed(stream: stream).with(
                    DeadlineMoved(
                        cause: .exceptionEnded, before: classified.deadline,
                        deadline: classified.deadline + .seconds(86_400),
                        warning: classified.warning, clock: classified.clock, grant: nil,
                        ungranted: nil, reason: "so", by: .service(.workflow)),
                    by: .service(.workflow)), at: place + 1)
            return place + 1
        case .breachBeforeDeadline:
            let place = try first("SLABreached")
            let breached = try events[place].read(SLABreached.self)
            events[place] = events[place].changed(
                occurredAt: breached.deadline + .seconds(-1))
            return place
        default: return try breakResolution(violation)
        }
    }

    private mutating func breakResolution(_ violation: RiskViolation) throws -> Int {
        let place = try last("FindingResolved")
        let resolved = try events[place].read(FindingResolved.self)
        let resolution = resolved.resolution
        let installed = try #require(resolution.installed)
        switch violation {
        case .resolvedByOldEvidence:
            try edit(place, json(resolution.gathered), json(installed + .seconds(1)))
        case .resolvedBeforeInstallation:
            try edit(
                place, json(installed), json(resolution.gathered + .seconds(60)))
        case .resolvedByStrangeDeployment:
            let other = try #require(
                events.first {
                    $0.type == "DeploymentSucceeded" && $0.stream != resolution.deployment
                })
            try edit(
                place, try #require(resolution.deployment).text, other.stream.text)
        case .resolvedInTimeClaimed:
            try edit(place, #""is_governed":true"#, #""is_governed":false"#)
        default: return copy(place, behind: place)
        }
        return place
    }
}
