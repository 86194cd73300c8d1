import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit
@testable import PatchManagement

/// A log whose cryptography is right and that tells of something that may not happen (I1, I3, I5,
/// I6, I13, I14, I15).
@Suite struct RuleTests {
    @Test(arguments: Violation.allCases)
    func itIsFound(_ violation: Violation) async throws {
        let (sample, history) = try SealedLog.sample()
        let (events, position) = try violation.written(into: history)
        let log = try SealedLog(events, history.documents, key: sample.key)
        let report = audit(try await log.bundle(), try log.trust())
        #expect(report.result == .tampered)
        #expect(report.findings.allSatisfy { $0.kind == .violation }, "\(report.findings)")
        #expect(report.position == Int64(position), "\(report.findings.prefix(3))")
        #expect(
            report.findings.contains {
                $0.position == Int64(position) && $0.rule == violation.rule
            },
            "\(report.findings.prefix(3))")
    }

    /// I14: where several people have to approve, one of them is not enough, nor is one twice.
    @Test func fewerApproversThanWereAskedForAreFound() async throws {
        let (sample, history) = try SealedLog.sample()
        var events = history.log
        let asked = try #require(events.indices.first { events[$0].type == "ApprovalRequested" })
        let text = String(decoding: events[asked].data, as: UTF8.self)
            .replacing(#"{"binding""#, with: #"{"approvers":2,"binding""#)
        events[asked] = events[asked].changed(data: Array(text.utf8))
        let place = try #require(events.indices.first { events[$0].type == "PatchApproved" })
        let approved = try events[place].read(PatchApproved.self)
        func given(by actor: Actor) throws -> RecordedEvent {
            try events[place].with(
                PatchApprovalGiven(
                    digest: approved.digest, given: 1, needed: 2, reason: "", by: actor),
                by: actor)
        }
        let grant = try #require(
            events.first {
                $0.type == "RoleGranted" && $0.stream.text == history.people.approver.id
            })
        let other = RiskHistory.person(44, .approver)
        let stream: StreamID = try #require(StreamID(other.id))
        let granted = grant.changed(stream: stream)
        let cases: [([RecordedEvent], Int?)] = [
            ([], place), ([try given(by: history.people.approver)], place + 1),
            ([try given(by: history.people.tester)], place),
            ([granted, try given(by: other)], nil),
        ]
        for (earlier, wrong) in cases {
            var told = events
            told.insert(contentsOf: earlier, at: place)
            let log = try SealedLog(renumbered(told), history.documents, key: sample.key)
            let report = audit(try await log.bundle(), try log.trust())
            #expect(report.result == (wrong == nil ? .sound : .tampered), "\(report.findings)")
            #expect(report.position == wrong.map { Int64($0 + 1) })
            #expect(report.findings.allSatisfy { $0.rule == "I14" })
        }
    }

    /// I14: where a policy asks for a risk owner, another approver is none.
    @Test func aRoleThatNobodyApprovedInIsFound() async throws {
        let (sample, history) = try SealedLog.sample()
        var events = history.log
        let asked = try #require(events.indices.first { events[$0].type == "ApprovalRequested" })
        let text = String(decoding: events[asked].data, as: UTF8.self)
        // Members are in the order of their names, and this is the last.
        events[asked] = events[asked].changed(
            data: Array((text.dropLast() + #","roles":["riskOwner"]}"#).utf8))
        let place = try #require(events.indices.first { events[$0].type == "PatchApproved" })
        let approved = try events[place].read(PatchApproved.self)
        func given(by actor: Actor) throws -> RecordedEvent {
            try events[place].with(
                PatchApprovalGiven(
                    digest: approved.digest, given: 1, needed: 2, reason: "", by: actor),
                by: actor)
        }
        let grant = try #require(
            events.first {
                $0.type == "RoleGranted" && $0.stream.text == history.people.approver.id
            })
        let owner = RiskHistory.person(45, .riskOwner)
        let stream: StreamID = try #require(StreamID(owner.id))
        let granted = try grant.changed(stream: stream).with(RoleGranted(role: .riskOwner))
        let second = RiskHistory.person(46, .approver)
        let secondStream: StreamID = try #require(StreamID(second.id))
        let cases: [([RecordedEvent], Int?)] = [
            ([], place), ([granted, try given(by: owner)], nil),
            ([try given(by: owner)], place),
            ([grant.changed(stream: secondStream), try given(by: second)], place + 2),
        ]
        for (earlier, wrong) in cases {
            var told = events
            told.insert(contentsOf: earlier, at: place)
            let log = try SealedLog(renumbered(told), history.documents, key: sample.key)
            let report = audit(try await log.bundle(), try log.trust())
            #expect(report.result == (wrong == nil ? .sound : .tampered), "\(report.findings)")
            #expect(report.position == wrong.map { Int64($0 + 1) })
            #expect(report.findings.allSatisfy { $0.rule == "I14" })
        }
    }

    /// I14: all that is checked of roles rests on who gave them.
    @Test func aRoleThatNobodyMayGiveIsFound() async throws {
        let (sample, history) = try SealedLog.sample()
        let place = try #require(history.log.lastIndex { $0.type == "RoleGranted" })
        let grant = history.log[place]
        let (people, installer) = (history.people, Actor.service(.installer))
        let admin = RiskHistory.person(47, .administrator)
        func stream(_ person: Actor) -> StreamID {
            guard let stream = StreamID(person.id) else {
                preconditionFailure("a person's id is that of a stream")
            }
            return stream
        }
        func given(_ role: Role, to person: Actor, by actor: Actor) throws -> RecordedEvent {
            try grant.changed(stream: stream(person)).with(RoleGranted(role: role), by: actor)
        }
        let appointed = try given(.administrator, to: admin, by: installer)
        let token = TokenIssued(
            token: UUID(), sha256: Digest(of: "a token"), prefix: "pf_1",
            label: .sample("laptop", in: TokenIssued.label(of: stream(people.tester))),
            roles: [.approver], expires: grant.occurredAt + .seconds(3600))
        let cases: [([RecordedEvent], Int?)] = [
            ([appointed, try given(.approver, to: people.tester, by: admin)], nil),
            ([try given(.approver, to: people.tester, by: people.manager)], 0),
            ([try given(.approver, to: people.tester, by: admin)], 0),
            ([appointed, try given(.approver, to: admin, by: admin)], 1),
            ([try given(.approver, to: people.tester, by: .service(.workflow))], 0),
            (
                [
                    appointed,
                    try grant.changed(stream: stream(people.tester)).with(token, by: admin),
                ], 1
            ),
        ]
        for (added, wrong) in cases {
            var told = history.log
            told.insert(contentsOf: added, at: place + 1)
            let log = try SealedLog(renumbered(told), history.documents, key: sample.key)
            let report = audit(try await log.bundle(), try log.trust())
            #expect(report.result == (wrong == nil ? .sound : .tampered), "\(report.findings)")
            #expect(report.position == wrong.map { Int64(place + $0 + 2) })
            #expect(report.findings.allSatisfy { $0.rule == "I14" })
        }
    }

    /// I14: single assets of a rollout are taken back by who may, once something of it has begun (I1).
    @Test func aRollbackThatNobodyMayOrderIsFound() async throws {
        let (sample, history) = try SealedLog.sample()
        let end = history.log.count - 1
        let started = try #require(history.log.firstIndex { $0.type == BatchStarted.type })
        let rollout = history.log[started].stream
        let asset = try #require(history.log.first { $0.type == "AssetRegistered" }).stream
        let (manager, tester) = (history.people.manager, history.people.tester)
        let cases: [(Int, by: Actor, said: Actor, rule: String?)] = [
            (end, manager, manager, nil), (end, tester, tester, "I14"),
            (end, manager, tester, "I14"), (started - 1, manager, manager, "I1"),
        ]
        for (place, by, said, rule) in cases {
            let ordered = AssetRollbackOrdered(
                assets: [asset], reason: "the shop is down", by: said.id)
            var told = history.log
            told.insert(
                try told[place].changed(stream: rollout).with(ordered, by: by), at: place + 1)
            let log = try SealedLog(renumbered(told), history.documents, key: sample.key)
            let report = audit(try await log.bundle(), try log.trust())
            #expect(report.result == (rule == nil ? .sound : .tampered), "\(report.findings)")
            #expect(report.position == rule.map { _ in Int64(place + 2) })
            #expect(report.findings.allSatisfy { $0.rule == rule })
        }
    }

    @Test func anEventThatIsNotKnownIsNotJudged() async throws {
        let (sample, history) = try SealedLog.sample()
        var events = history.log
        let place = try #require(events.indices.last { events[$0].stream.prefix == "de" })
        events[place] = events[place].changed(type: "FromTheFuture")
        let log = try SealedLog(events, history.documents, key: sample.key)
        let report = audit(try await log.bundle(), try log.trust())
        #expect(report.result == .incomplete)
        #expect(report.position == Int64(place + 1))
    }

    @Test func anEventWhoseDataIsNotItsOwnIsFound() async throws {
        let (sample, history) = try SealedLog.sample()
        for type in ["RolloutPlanned", "PatchApproved", "InstallStarted", "RoleGranted"] {
            var events = history.log
            let place = try #require(events.indices.first { events[$0].type == type })
            events[place] = events[place].changed(data: Array("{}".utf8))
            let log = try SealedLog(events, history.documents, key: sample.key)
            let report = audit(try await log.bundle(), try log.trust())
            #expect(report.result == .tampered, "\(type)")
            #expect(report.position == Int64(place + 1), "\(type): \(report.findings.prefix(3))")
        }
    }

    @Test func theOrderOfAStreamIsChecked() async throws {
        let (sample, history) = try SealedLog.sample()
        let place = 300
        for wrong in [-1, 1, 7] {
            var events = history.log
            events[place] = events[place].changed(version: events[place].version + wrong)
            let log = try SealedLog(events, history.documents, key: sample.key)
            let report = audit(try await log.bundle(), try log.trust())
            #expect(report.result == .tampered)
            #expect(report.position == Int64(place + 1))
        }
    }

    @Test func positionsAreDenseAndTimeDoesNotFall() async throws {
        let (sample, history) = try SealedLog.sample()
        var events = history.log
        events[77] = events[77].changed(position: 79)
        var log = try SealedLog(events, history.documents, key: sample.key)
        #expect(audit(try await log.bundle(), try log.trust()).position == 78)
        events = history.log
        events[500] = events[500].changed(recordedAt: events[0].recordedAt)
        log = try SealedLog(events, history.documents, key: sample.key)
        #expect(audit(try await log.bundle(), try log.trust()).position == 501)
    }
}
