import EventSourcing
import PatchManagement
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit

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
