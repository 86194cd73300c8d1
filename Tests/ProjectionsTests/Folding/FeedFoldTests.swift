import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

@testable import Projections

@Suite("The view of a feed shows what is wrong with it now")
struct FeedFoldTests {
    private let registration = FeedRegistration(name: "kev", kind: .kev, team: "t")

    private func shown(_ events: [FeedEvent]) throws -> FeedViewDocument {
        let unique = UUID(uuid: (1, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1))
        let moment = Timestamp(seconds: 1_800_000_000)
        var views: [ViewKey: View] = [:]
        for (index, event) in events.enumerated() {
            let stored = try NewEvent(event.payload)
            try PatchflowFold().apply(
                RecordedEvent(
                    position: Int64(index + 1), stream: registration.feed, version: index + 1,
                    id: unique, type: stored.type, schemaVersion: stored.schemaVersion,
                    occurredAt: moment, recordedAt: moment,
                    actor: Actor(id: "pe_1", role: "vendorWatch"), commandID: unique,
                    correlationID: unique, causationID: nil, data: stored.data),
                to: &views)
        }
        return try #require(try FeedViewDocument.read(registration.feed.text, in: views))
    }

    @Test("What is missing makes a feed incomplete until it is there; keys show by fingerprint")
    func missing() throws {
        let keys = FeedKeys(fingerprints: [String(repeating: "A", count: 40)])
        let other = FeedKeys(fingerprints: [String(repeating: "B", count: 40)])
        let summary = try CanonicalJSON.decode(
            FeedSummary.self, from: Array(#"{"contradicted":0,"records":1,"refused":0}"#.utf8))
        func stamp(_ missing: FeedMissing?) -> FeedLookStamp {
            FeedLookStamp(
                at: Timestamp(seconds: 1_800_000_000),
                validators: FeedValidators(etag: nil, lastModified: nil), missing: missing)
        }
        let gap = FeedMissing(
            documents: 2, shown: [FeedMissing.Part(name: "a.json", reason: "absent: 404")])
        let events: [FeedEvent] = [
            .watched(FeedWatched(registration: registration, keys: keys)),
            .snapshotTaken(
                FeedSnapshotTaken(
                    kind: .kev, contents: Digest(of: "a"), before: nil, documents: 1,
                    summary: summary, look: stamp(gap))),
        ]
        let incomplete = try shown(events)
        #expect(incomplete.state == "incomplete" && incomplete.missing == 2)
        #expect(incomplete.missingDocuments?.map(\.name) == ["a.json"])
        #expect(incomplete.keys == keys.fingerprints && incomplete.watchedAt != nil)
        let whole = try shown(
            events + [
                .keysPinned(FeedKeysPinned(keys: other, before: keys.fingerprints, reason: "r")),
                .confirmed(FeedConfirmed(contents: Digest(of: "a"), look: stamp(nil))),
            ])
        #expect(whole.state == "current" && whole.missing == nil)
        #expect(whole.keys == other.fingerprints)
    }

    @Test("Whoever watches a feed again that was given up sees no rejection of before")
    func rejections() throws {
        let watched = FeedEvent.watched(FeedWatched(registration: registration))
        let summary = try CanonicalJSON.decode(
            FeedSummary.self, from: Array(#"{"contradicted":0,"records":0,"refused":0}"#.utf8))
        let rejected = FeedEvent.rejected(
            FeedRejected(
                contents: Digest(of: "a"), documents: 1,
                summary: summary, reason: "it has no entries",
                look: FeedLookStamp(
                    at: Timestamp(seconds: 1_800_000_000),
                    validators: FeedValidators(etag: nil, lastModified: nil))))
        let refused = try shown([watched, rejected])
        #expect(refused.state == "rejected" && refused.sourceRejectedSince != nil)
        let sent = FeedEvent.rejected(
            FeedRejected(
                contents: Digest(of: "b"), documents: 1, summary: summary,
                reason: "it has no entries"))
        let bySomebody = try shown([watched, sent])
        #expect(
            bySomebody.state == "rejected" && bySomebody.sourceRejectedSince == nil,
            "of the source it says nothing")
        let again = try shown([
            watched, rejected, .givenUp(FeedGivenUp(reason: "nobody needs it")), watched,
        ])
        #expect(again.state == "watched" && again.rejection == nil && again.rejectedAt == nil)
    }
}
