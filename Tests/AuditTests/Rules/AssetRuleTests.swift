import EventSourcing
import Testing

@testable import Audit
@testable import SimulatedFleet

/// The offline verifier reads every event of an asset, and holds it against who may write it and what
/// it may follow on (I14).
@Suite struct AssetRuleTests {
    private func audited(
        _ events: [RecordedEvent], _ selection: BundleSelection = .whole
    ) async throws -> AuditReport {
        let log = try SealedLog(
            events, AssetHistory.told().history.documents, key: SealedLog.sample().log.key)
        return audit(try await log.bundle(selection), try log.trust())
    }

    @Test func whatWentByTheRulesIsSound() async throws {
        let told = try AssetHistory.told()
        let report = try await audited(told.history.log)
        #expect(report.result == .sound, "\(report.findings.prefix(3))")
        #expect(report.checked.unjudged == 0)
        // Those of the history before, and two.
        #expect(report.checked.judged["as"] == Int64(told.history.hosts.count + 2))
    }

    @Test(arguments: AssetViolation.allCases)
    func itIsFound(_ violation: AssetViolation) async throws {
        let told = try AssetHistory.told()
        var tale = RiskTale(events: told.history.log, people: told.risks)
        let place = try violation.write(into: &tale)
        let report = try await audited(renumbered(tale.events))
        #expect(report.result == .tampered)
        #expect(report.findings.allSatisfy { $0.kind != .tampered }, "\(report.findings)")
        #expect(report.position == Int64(place + 1), "\(report.findings.prefix(3))")
        #expect(
            report.findings.contains {
                $0.position == Int64(place + 1) && $0.rule == violation.rule
            },
            "\(report.findings.prefix(3))")
    }

    /// An event that no decider makes, and that the sealer signs like any other.
    @Test(
        arguments: [
            ("AssetDecommissioned", #"{"bogus":true}"#), ("AssetRegistered", "{}"),
            ("InventoryReported", #"{"report":"x"}"#), ("ScanConfirmed", #"{"scan":"inventory"}"#),
            ("ScanRequested", #"{"scan":"inventory"}"#), ("UpdatesOffered", #"{"offers":[]}"#),
            ("PackageReportTaken", "{}"), ("AssetHeld", #"{"finding":7}"#),
        ])
    func whatIsNoSuchEventIsFound(_ type: String, _ data: String) async throws {
        var events = try AssetHistory.told().history.log
        let place = try #require(events.indices.last { events[$0].type == "AssetDescribed" })
        let forged = events[place].changed(type: type, data: Array(data.utf8))
        events.insert(forged, at: place + 1)
        let report = try await audited(renumbered(events))
        #expect(report.result == .tampered)
        #expect(report.position == Int64(place + 2), "\(report.findings.prefix(3))")
        #expect(
            report.findings.contains { $0.reason.contains("its data is not that of such an event") }
        )
    }

    @Test func aTypeThatNoAssetHasIsNotJudged() async throws {
        var events = try AssetHistory.told().history.log
        let place = try #require(events.indices.last { events[$0].type == "AssetDescribed" })
        events[place] = events[place].changed(type: "AssetPainted")
        let report = try await audited(events)
        #expect(report.result == .incomplete)
        #expect(report.position == Int64(place + 1))
    }

    @Test func aSelectionSaysWhatItCannotJudge() async throws {
        let told = try AssetHistory.told()
        let report = try await audited(told.history.log, .streams([told.held]))
        #expect(report.result == .sound, "\(report.findings.prefix(3))")
        #expect(report.checked.unjudged > 0)
    }
}
