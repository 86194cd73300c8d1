import EventSourcing
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit
@testable import PatchManagement

/// A bundle takes along what a feed said, word for word, and the verification rehashes it (I11).
@Suite struct FeedPartTests {
    private func log(_ told: RiskHistory) throws -> SealedLog {
        try SealedLog(
            told.history.log, told.history.documents, key: SealedLog.sample().log.key)
    }

    @Test func thePartsOfAFeedAreInTheBundleOnce() async throws {
        let told = try RiskHistory.told()
        let log = try log(told)
        let bundle = try await log.bundle()
        let parts = try Parts(bundle).all.map { $0.part }
        for part in RiskHistory.parts {
            #expect(parts.count { $0 == .document(part.digest) } == 1)
        }
        let report = audit(bundle, try log.trust())
        #expect(report.result == .sound, "\(report.findings)")
        #expect(report.checked.documents == Int64(log.documents.count))
        #expect(report.notes.isEmpty, "\(report.notes)")
        #expect(try await log.bundle() == bundle)
    }

    @Test func theListOfAPatchesTargetsIsInTheBundle() async throws {
        let told = try RiskHistory.told()
        let assessed = try #require(told.history.log.first { $0.type == "PatchAssessed" })
        let list = try assessed.read(PatchAssessed.self).assessment.applicable.assets
        let bundle = try await log(told).bundle(.streams([assessed.stream]))
        #expect(try Parts(bundle)[.document(list)] != nil)
    }

    @Test func aPartThatIsAnotherOrGoneIsFound() async throws {
        let told = try RiskHistory.told()
        let log = try log(told)
        let snapshots = told.history.log.filter { $0.type == "FeedSnapshotTaken" }.map(\.position)
        for (place, part) in RiskHistory.parts.enumerated() {
            // The third is in the second snapshot alone.
            let position = snapshots[place == 2 ? 1 : 0]
            let whole = try Parts(try await log.bundle())
            var changed = whole
            changed[.document(part.digest)]?[0] ^= 1
            var report = audit(try changed.packed(), try log.trust())
            #expect(report.result == .tampered)
            #expect(report.position == position)
            var missing = whole
            missing[.document(part.digest)] = nil
            report = audit(try missing.packed(), try log.trust())
            #expect(report.result == .incomplete)
            #expect(report.position == position)
        }
    }

    @Test func aFeedWhoseCountIsNotThatOfItsPartsIsFound() async throws {
        let told = try RiskHistory.told()
        var events = told.history.log
        let place = try #require(events.indices.first { events[$0].type == "FeedSnapshotTaken" })
        let text = String(decoding: events[place].data, as: UTF8.self)
        events[place] = events[place].changed(
            data: Array(text.replacing(#""documents":2"#, with: #""documents":3"#).utf8))
        let log = try SealedLog(
            events, told.history.documents, key: SealedLog.sample().log.key)
        let report = audit(try await log.bundle(), try log.trust())
        #expect(report.result == .tampered)
        #expect(report.position == Int64(place + 1))
        #expect(report.reason?.contains("3 documents") == true)
    }

    /// Bundles from before parts were exported still verify, and say what they lack.
    @Test func anOldBundleIsReadAsItWas() async throws {
        let told = try RiskHistory.told()
        let log = try log(told)
        var parts = try Parts(try await log.bundle())
        for part in RiskHistory.parts { parts[.document(part.digest)] = nil }
        let report = audit(try parts.packed(attachments: nil), try log.trust())
        #expect(report.result == .sound, "\(report.findings)")
        #expect(report.notes.contains { $0.contains("of these are not in it: 3") })
    }
}
