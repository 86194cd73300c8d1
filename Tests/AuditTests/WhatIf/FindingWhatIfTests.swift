import EventSourcing
import PatchManagement
import SimulatedFleet
import Testing
import TransparencyLog

@testable import Audit

/// Findings of history classified again by what was recorded of them, by other numbers.
@Suite struct FindingWhatIfTests {
    private func whatIf(_ policy: String) async throws -> WhatIfReport {
        let told = try RiskHistory.told()
        let log = try SealedLog(
            told.history.log, told.history.documents, key: SealedLog.key(1))
        let checkpoint = try Checkpoint(text: log.checkpoint().text)
        return try await WhatIfReport(
            PolicyChange(Array(policy.utf8)), over: SealedHistory(at: checkpoint, from: log))
    }

    private func first(_ type: String) throws -> RecordedEvent {
        try #require(try RiskHistory.told().history.log.first { $0.type == type })
    }

    @Test("by the very numbers of then every finding has the class and the deadline that it had")
    func theSameNumbers() async throws {
        let report = try await whatIf(
            #"{"classification": {"warning_percent": 75, "sla": {"important_seconds": 1209600}}}"#)
        #expect(report.differences == [])
        #expect(report.same == report.decisions)
        let findings = try #require(report.findings)
        let log = try RiskHistory.told().history.log
        let decided = log.count {
            ["FindingClassified", "InputCorrected"].contains($0.type)
        }
        #expect(findings.classified == Int64(decided))
        #expect(findings.classes.isEmpty && findings.earlier == 0 && findings.later == 0)
        #expect(!report.undecided.contains { $0.reason.contains("finding") }, "\(report.undecided)")
    }

    @Test("less time for each class brings every first deadline forward, and changes no class")
    func lessTime() async throws {
        let report = try await whatIf(
            """
            {"classification": {"sla": {
                "urgent_seconds": 129600, "important_seconds": 604800,
                "important_by_score_seconds": 1296000, "non_critical_seconds": 2592000,
                "next_upgrade_seconds": 7776000}}}
            """)
        let findings = try #require(report.findings)
        #expect(findings.classes.isEmpty && findings.later == 0)
        #expect(findings.earlier >= 5)
        let classified = try first("FindingClassified")
        let difference = try #require(report.differences.first)
        #expect(difference.position == classified.position)
        #expect(difference.kind == .moved)
        #expect(difference.decision == "the class of the finding")
        let was = try classified.read(FindingClassified.self)
        #expect(difference.was.hasSuffix("due at \(was.deadline)"))
        let half = was.clock.deadline(slaSeconds: was.classification.slaSeconds / 2)
        #expect(difference.would.hasSuffix("due at \(half)"))
    }

    @Test("what stands in for a missing rating decides the class, also of a correction")
    func otherDefaults() async throws {
        let report = try await whatIf(
            """
            {"classification": {"defaults": {
                "cvss_vector": "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N",
                "criticality": "low"}}}
            """)
        let findings = try #require(report.findings)
        #expect(findings.classes.reduce(0) { $0 + $1.count } + findings.later > 0, "\(report)")
        #expect(report.differences.allSatisfy { $0.stream.hasPrefix("fi_") })
        #expect(report.undecided.allSatisfy { !$0.reason.contains("class can't be told") })
    }

    @Test("numbers that make no policy with those of then are not decidable")
    func noPolicy() async throws {
        let report = try await whatIf(
            #"{"classification": {"sla": {"urgent_seconds": 100000000}}}"#)
        #expect(report.findings?.classified == 0)
        #expect(report.undecided.contains { $0.reason.contains("make no policy together") })
    }

    @Test("a document as it is proposed is taken whole: what history can't tell is counted")
    func wholeDocument() async throws {
        let report = try await whatIf(
            """
            {"exceptions": {"longest_seconds": 1000000}, "tracks": {"os": false},
             "patch": {"approvers": {"urgent": 2}}, "review": {"interval_seconds": 2592000},
             "rollout": {"batches": {"urgent": "1,rest"}, "retries": {"retries": 2}}}
            """)
        #expect(report.differences == [])
        #expect(report.findings == nil)
        let counts = Dictionary(
            report.undecided.map { ($0.reason.split(separator: ":")[0], $0.count) }
        ) { first, _ in first }
        #expect(counts["exceptions.longest_seconds"] == 4)
        #expect(counts["tracks.os"] == 1)
        #expect(counts["patch.approvers.urgent"] == report.patches)
        #expect(counts["rollout.batches.urgent"] == report.rollouts)
    }

    @Test("a number of classification that can't be meant is refused by the name of its field")
    func refused() {
        for (text, word) in [
            (#"{"classification": {"sla": {"urgent_secs": 1}}}"#, "classification.sla.urgent_secs"),
            (#"{"classification": {"sla": {"urgent_seconds": 0}}}"#, "give a whole number from 1"),
            (#"{"classification": 7}"#, "classification"),
            (#"{"tracks": {"os": "no"}}"#, "tracks.os"),
        ] {
            do {
                _ = try PolicyChange(Array(text.utf8))
                Issue.record("'\(text)' was taken")
            } catch {
                #expect("\(error)".contains(word), "\(text): \(error)")
            }
        }
    }
}
