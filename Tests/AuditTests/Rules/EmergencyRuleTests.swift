import EventSourcing
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit
@testable import PatchManagement

/// The offline verifier holds emergencies, standing approvals and disasters against the log (I14).
@Suite struct EmergencyRuleTests {
    private func audited(_ events: [RecordedEvent], _ told: EmergencyHistory) async throws
        -> AuditReport
    {
        let log = try SealedLog(
            events, told.history.documents, key: SealedLog.sample().log.key)
        return audit(try await log.bundle(.whole), try log.trust())
    }

    @Test func whatWentByTheRulesIsSound() async throws {
        let told = try EmergencyHistory.told()
        let report = try await audited(told.history.log, told)
        #expect(report.result == .sound, "\(report.findings)")
        #expect(report.checked.unjudged == 0)
        #expect(report.checked.judged["em"] == 2)
        #expect(report.checked.judged["sa"] == 1)
        #expect(report.checked.judged["di"] == 1)
        let types = Set(told.history.log.map(\.type))
        for type in ["PatchEmergencyBegun", "PatchEmergencyEnded", "StandingApprovalRevoked"] {
            #expect(types.contains(type))
        }
    }

    @Test(arguments: EmergencyViolation.allCases)
    func itIsFound(_ violation: EmergencyViolation) async throws {
        let told = try EmergencyHistory.told()
        var tale = EmergencyTale(events: told.history.log, told: told)
        let place = try tale.breakRule(violation)
        let report = try await audited(renumbered(tale.events), told)
        #expect(report.result == .tampered)
        #expect(report.findings.allSatisfy { $0.kind != .tampered }, "\(report.findings)")
        #expect(
            report.findings.contains {
                $0.position == Int64(place + 1) && $0.rule == violation.rule
            },
            "\(report.findings.prefix(3))")
    }
}

/// What a dishonest operator may write of them, sealed with the log's own key.
enum EmergencyViolation: String, CaseIterable {
    case confirmedByProposer, confirmedWithoutRole, confirmedOtherTerms, declaredTooLong
    case declaredThoughBarred, reviewedByDeclarer, reviewedTwice, endedBeforeItsTime
    case approvedByDeclarer, approvalOutlastsEmergency, emergencyInvented
    case grantedByProposer, grantedWithoutRole, grantedOtherTerms, proposedAgainstPolicy
    case standingOfOtherClass, standingByTester, standingUnused, standingAfterRevocation
    case standingOutlasted
    case stepDoneTwice, goalMissedEarly, closedByStranger

    var rule: String {
        switch self {
        case .confirmedByProposer, .confirmedWithoutRole, .confirmedOtherTerms,
            .reviewedByDeclarer, .approvedByDeclarer, .approvalOutlastsEmergency,
            .emergencyInvented, .grantedByProposer, .grantedWithoutRole, .grantedOtherTerms,
            .standingOfOtherClass, .standingByTester, .standingUnused,
            .standingAfterRevocation, .standingOutlasted, .closedByStranger:
            "I14"
        case .declaredTooLong, .declaredThoughBarred, .reviewedTwice, .endedBeforeItsTime:
            "emergency"
        case .proposedAgainstPolicy: "standing-approval"
        case .stepDoneTwice, .goalMissedEarly: "disaster"
        }
    }
}

/// Events that are changed one after the other. Places count from 0.
private struct EmergencyTale {
    var events: [RecordedEvent]
    let told: EmergencyHistory

    func first(_ type: String, of stream: StreamID) throws -> Int {
        try #require(
            events.indices.first { events[$0].type == type && events[$0].stream == stream },
            "\(type)")
    }

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

    mutating func copy(_ place: Int) -> Int {
        events.insert(events[place], at: place + 1)
        return place + 1
    }

    private func json(_ moment: Timestamp) -> String { "\"\(moment)\"" }

    mutating func breakRule(_ violation: EmergencyViolation) throws -> Int {
        switch violation {
        case .confirmedByProposer, .confirmedWithoutRole, .confirmedOtherTerms, .declaredTooLong,
            .declaredThoughBarred, .reviewedByDeclarer, .reviewedTwice, .endedBeforeItsTime:
            try breakEmergency(violation)
        case .approvedByDeclarer, .approvalOutlastsEmergency, .emergencyInvented:
            try breakUrgentPatch(violation)
        case .stepDoneTwice, .goalMissedEarly, .closedByStranger: try breakDisaster(violation)
        default: try breakStanding(violation)
        }
    }

    private mutating func breakEmergency(_ violation: EmergencyViolation) throws -> Int {
        let declared = try first("EmergencyDeclared", of: EmergencyHistory.emergency)
        let read = try events[declared].read(EmergencyDeclared.self)
        switch violation {
        case .confirmedByProposer:
            try write(declared, by: EmergencyHistory.commander)
            return declared
        case .confirmedWithoutRole:
            try write(declared, by: told.history.people.analyst)
            return declared
        case .confirmedOtherTerms:
            try edit(declared, #""team":"web""#, #""team":"mail""#)
            return declared
        case .declaredTooLong:
            try edit(declared, json(read.until), json(read.until + .seconds(3600)))
            return declared
        case .declaredThoughBarred:
            let next = try first("EmergencyDeclared", of: EmergencyHistory.next)
            try write(next, by: EmergencyHistory.confirmer)
            return next
        case .reviewedByDeclarer:
            let reviewed = try first("EmergencyReviewed", of: EmergencyHistory.emergency)
            try write(reviewed, by: EmergencyHistory.commander)
            return reviewed
        case .reviewedTwice:
            return copy(try first("EmergencyReviewed", of: EmergencyHistory.emergency))
        default:
            let ended = try first("EmergencyEnded", of: EmergencyHistory.next)
            let early = events[ended].occurredAt + .seconds(-7200)
            events[ended] = events[ended].changed(occurredAt: early)
            return ended
        }
    }

    private mutating func breakUrgentPatch(_ violation: EmergencyViolation) throws -> Int {
        let patch = told.urgentPatch
        switch violation {
        case .approvedByDeclarer:
            // The declarer is made an approver, and may not approve this all the same.
            let approved = try first("PatchApproved", of: patch)
            let stream = try #require(StreamID(EmergencyHistory.commander.id))
            try write(
                approved, by: Actor(id: EmergencyHistory.commander.id, role: "approver"))
            events.insert(
                try events[approved].changed(stream: stream).with(
                    RoleGranted(role: .approver), by: .service(.installer)), at: approved)
            return approved + 1
        case .approvalOutlastsEmergency:
            let asked = try first("ApprovalRequested", of: patch)
            let request = try events[asked].read(ApprovalRequested.self)
            let late = request.expires + .seconds(30 * 86_400)
            try edit(asked, json(request.expires), json(late))
            return asked
        default:
            let begun = try first("PatchEmergencyBegun", of: patch)
            try edit(begun, EmergencyHistory.confirmer.id, EmergencyHistory.owner.id)
            return begun
        }
    }

    private mutating func breakStanding(_ violation: EmergencyViolation) throws -> Int {
        let standing = EmergencyHistory.standing
        let granted = try first("StandingApprovalGranted", of: standing)
        let approved = try first("PatchApproved", of: told.standingPatch)
        let read = try events[approved].read(PatchApproved.self)
        switch violation {
        case .grantedByProposer:
            try write(granted, by: EmergencyHistory.first)
            return granted
        case .grantedWithoutRole:
            try write(granted, by: EmergencyHistory.owner)
            return granted
        case .grantedOtherTerms:
            let grant = try events[granted].read(StandingApprovalGranted.self)
            try edit(granted, grant.digest.description, Digest(of: "another").description)
            return granted
        case .proposedAgainstPolicy:
            let proposed = try first("StandingApprovalProposed", of: standing)
            try edit(proposed, #""important":true"#, #""important":false"#)
            return proposed
        case .standingOfOtherClass:
            let assessed = try first("PatchAssessed", of: told.standingPatch)
            let before = try events[assessed].read(PatchAssessed.self).assessment
            try edit(assessed, #""risk_class":"important""#, #""risk_class":"urgent""#)
            let after = try events[assessed].read(PatchAssessed.self).assessment
            // What binds the assessment is bound to the other one.
            let asked = try first("ApprovalRequested", of: told.standingPatch)
            let old = try events[asked].read(ApprovalRequested.self)
            try edit(
                asked, Digest(of: storedForm(before)).description,
                Digest(of: storedForm(after)).description)
            let binding = try events[asked].read(ApprovalRequested.self).binding.digest
            for place in events.indices[asked...] {
                let text = String(decoding: events[place].data, as: UTF8.self)
                if text.contains(old.digest.description) {
                    try edit(place, old.digest.description, binding.description)
                }
            }
            return approved
        case .standingByTester:
            let manager = told.history.people.tester
            let begun = try first("QualificationStarted", of: told.standingPatch)
            try edit(
                begun, #""by":{"id":"\#(manager.id)","role":"tester"}"#,
                #""by":{"id":"\#(EmergencyHistory.first.id)","role":"tester"}"#)
            return approved
        case .standingUnused:
            events.remove(at: try first("StandingApprovalUsed", of: standing))
            return approved - 1
        case .standingAfterRevocation:
            let revoked = try first("StandingApprovalRevoked", of: standing)
            let moved = events.remove(at: revoked).changed(
                occurredAt: events[approved].occurredAt, recordedAt: events[approved].recordedAt)
            events.insert(moved, at: approved)
            return approved + 1
        default:
            try edit(
                approved, #""expires":\#(json(read.expires))"#,
                #""expires":\#(json(read.expires + .seconds(40 * 86_400)))"#)
            return approved
        }
    }

    private mutating func breakDisaster(_ violation: EmergencyViolation) throws -> Int {
        let disaster = EmergencyHistory.disaster
        switch violation {
        case .stepDoneTwice: return copy(try first("StepDone", of: disaster))
        case .goalMissedEarly:
            let missed = try first("DisasterGoalMissed", of: disaster)
            let goal = try events[missed].read(DisasterGoalMissed.self).goal
            events[missed] = events[missed].changed(occurredAt: goal + .seconds(-1))
            return missed
        default:
            let closed = try first("DisasterClosed", of: disaster)
            try write(closed, by: told.history.people.analyst)
            return closed
        }
    }
}
