import EventSourcing
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit

/// The offline verifier holds exceptions, controls, baselines, feeds and findings against the log
/// (I13, I14).
@Suite struct RiskRuleTests {
    private func audited(
        _ events: [RecordedEvent], _ told: RiskHistory, _ selection: BundleSelection = .whole
    ) async throws -> AuditReport {
        let log = try SealedLog(
            events, told.history.documents, key: SealedLog.sample().log.key)
        return audit(try await log.bundle(selection), try log.trust())
    }

    @Test func whatWentByTheRulesIsSound() async throws {
        let told = try RiskHistory.told()
        let report = try await audited(told.history.log, told)
        #expect(report.result == .sound, "\(report.findings)")
        #expect(report.checked.unjudged == 0)
        let judged = report.checked.judged
        #expect(judged["ex"] == 4)
        #expect(judged["ct"] == 1)
        #expect(judged["ba"] == 1)
        #expect(judged["fe"] == 1)
        #expect((judged["fi"] ?? 0) >= 5)
        #expect((judged["as"] ?? 0) > 40)
    }

    @Test(arguments: RiskViolation.allCases)
    func itIsFound(_ violation: RiskViolation) async throws {
        let told = try RiskHistory.told()
        let (events, position) = try violation.written(into: told)
        let report = try await audited(events, told)
        #expect(report.result == .tampered)
        #expect(report.findings.allSatisfy { $0.kind != .tampered }, "\(report.findings)")
        #expect(report.position == Int64(position), "\(report.findings.prefix(3))")
        #expect(
            report.findings.contains {
                $0.position == Int64(position) && $0.rule == violation.rule
            },
            "\(report.findings.prefix(3))")
    }

    @Test func aSelectionSaysWhatItCannotJudge() async throws {
        let told = try RiskHistory.told()
        let report = try await audited(
            told.history.log, told, .streams([try told.finding(0), RiskHistory.exception].sorted()))
        #expect(report.result == .sound, "\(report.findings)")
        #expect(report.checked.unjudged > 0)
    }

    /// Numbers that were built into another version can't be computed again: nothing is known to be
    /// wrong, and it isn't called sound either.
    @Test func numbersOfAnotherVersionAreNotJudged() async throws {
        let told = try RiskHistory.told()
        var events = told.history.log
        let place = try #require(events.indices.first { events[$0].type == "FindingClassified" })
        let text = String(decoding: events[place].data, as: UTF8.self)
        let digest = try #require(text.firstMatch(of: /"policy":\{"digest":"([0-9a-f]{64})"/))
        events[place] = events[place].changed(
            data: Array(
                text.replacing(digest.1, with: Digest(of: "other numbers").description).utf8))
        let report = try await audited(events, told)
        #expect(report.result == .incomplete)
        #expect(report.position == Int64(place + 1))
    }
}
