import Advisories
import EventSourcing
import FoundationEssentials
import Support
import Testing

@testable import PatchManagement

@Suite("Feeds that fetch themselves: an event for each change, and for nothing else")
struct FeedLookTests {
    private static let start = Timestamp(seconds: 1_800_000_000)
    private let source = FeedSource(url: "https://a.example/kev.json", everySeconds: 3600)

    private func registration(
        team: String = "team", _ source: FeedSource?, silentAfter: Int? = nil
    ) -> FeedRegistration {
        FeedRegistration(
            name: "kev", kind: .kev, team: team, silentAfterSeconds: silentAfter, source: source)
    }

    /// A feed with the time that passes for it.
    private struct Watched {
        var feed = Feed()
        var now = start

        @discardableResult
        mutating func tell(_ command: FeedCommand, as role: Role = .worker) throws -> [String] {
            let context = CommandContext(
                actor: Actor(id: "pe_1", role: role.rawValue), at: now, commandID: UUID())
            let events = try FeedDecider.decide(command, context, feed)
            for event in events { FeedDecider.evolve(&feed, event) }
            return events.map { Swift.type(of: $0.payload).type }
        }

        @discardableResult
        mutating func look(_ look: FeedLook) throws -> [String] {
            try tell(.note(look, watch: feed.watch))
        }
    }

    private func watched(silentAfter: Int? = nil) throws -> Watched {
        var watched = Watched()
        try watched.tell(.watch(registration(source, silentAfter: silentAfter)), as: .vendorWatch)
        return watched
    }

    private func delivered(
        _ content: String, records: Int = 100, tag: String? = "1"
    ) -> FeedLook {
        let summary = FeedSummary(
            FeedSnapshot(records: records, latestDate: UTCTime("2026-11-01T00:00:00Z")))
        return .delivered(
            FeedTaking(contents: Digest(of: content), documents: 1, summary: summary),
            FeedValidators(etag: tag, lastModified: nil))
    }

    private func failed(_ cause: FeedFetchFault.Cause) -> FeedLook {
        .failed(FeedFetchFault(cause, "detail"))
    }

    @Test("A registration with a source has one look scheduled; another one takes its place")
    func schedule() throws {
        var kev = try watched()
        let watch = FeedEvent.watched(FeedWatched(registration: registration(source)))
        let effects = FeedDecider.effects(of: watch, kev.feed)
        #expect(effects.count == 2 && effects[0] == .cancelPending)
        guard case .schedule(let activity) = effects[1] else {
            Issue.record("\(effects)")
            return
        }
        #expect(activity.kind == FeedDecider.lookKind)
        #expect(
            try CanonicalJSON.decode(FeedLookTask.self, from: activity.data)
                == FeedLookTask(watch: 1))
        try kev.tell(.watch(registration(nil)), as: .vendorWatch)
        #expect(kev.feed.watch == 2 && kev.feed.source == nil)
        let without = FeedEvent.watched(FeedWatched(registration: registration(nil)))
        #expect(FeedDecider.effects(of: without, kev.feed) == [.cancelPending])
    }

    @Test("What is unchanged, or came before, is no event; what changed is one")
    func changes() throws {
        var kev = try watched()
        #expect(try kev.look(delivered("a")) == ["FeedSnapshotTaken"])
        #expect(kev.feed.validators == FeedValidators(etag: "1", lastModified: nil))
        #expect(try kev.look(.unchanged).isEmpty)
        #expect(try kev.look(delivered("a")).isEmpty)
        #expect(try kev.look(delivered("a", tag: "2")) == ["FeedConfirmed"])
        #expect(kev.feed.validators?.etag == "2")
        #expect(try kev.look(delivered("b", tag: "3")) == ["FeedSnapshotTaken"])
    }

    @Test("What shrank is refused once, and what the feed said stays")
    func rejection() throws {
        var kev = try watched()
        try kev.look(delivered("a"))
        #expect(try kev.look(delivered("b", records: 10, tag: "2")) == ["FeedRejected"])
        #expect(kev.feed.contents == Digest(of: "a"))
        #expect(try kev.look(delivered("b", records: 10, tag: "2")).isEmpty)
        #expect(try kev.look(.unchanged).isEmpty)
        #expect(try kev.look(failed(.timedOut)) == ["FeedFetchFailed"])
        #expect(try kev.look(.unchanged) == ["FeedReached"])
        #expect(kev.feed.troubledSince != nil, "it is still not what may be taken")
        #expect(try kev.look(delivered("a", tag: "3")) == ["FeedConfirmed"])
        #expect(kev.feed.troubledSince == nil)
    }

    @Test("What was rejected is asked for in full again, also by who watches it again")
    func rejectedAgain() throws {
        var kev = try watched(silentAfter: 7200)
        try kev.look(delivered("a"))
        try kev.look(delivered("b", records: 10, tag: "2"))
        #expect(kev.feed.validators == nil)
        try kev.tell(.giveUp(reason: "enough"), as: .vendorWatch)
        try kev.tell(.watch(registration(source, silentAfter: 7200)), as: .vendorWatch)
        #expect(kev.feed.validators == nil && kev.feed.rejected == nil)
        #expect(try kev.look(delivered("b", records: 10, tag: "2")) == ["FeedRejected"])
        kev.now = kev.now + .seconds(7200)
        #expect(
            try kev.look(delivered("b", records: 10, tag: "2")) == ["FeedFellSilent"],
            "what can't be taken is silence, also when it is watched anew")
        try kev.look(delivered("a", tag: "1"))
        try kev.tell(.giveUp(reason: "enough"), as: .vendorWatch)
        #expect(kev.feed.validators == nil)
    }

    @Test("What a person confirms says nothing of what the source has")
    func confirmedByHand() throws {
        var kev = try watched()
        try kev.look(delivered("a"))
        guard case .delivered(let taking, _, _, _) = delivered("a") else { return }
        #expect(try kev.tell(.take(taking), as: .vendorWatch) == ["FeedConfirmed"])
        #expect(kev.feed.validators == nil)
    }

    @Test("What is had of a directory lasts until its URL changes; what was rejected is kept apart")
    func listings() throws {
        func came(_ content: String, records: Int = 100) -> FeedLook {
            guard
                case .delivered(let taking, let validators, _, _) = delivered(
                    content, records: records)
            else { preconditionFailure("it was delivered") }
            return .delivered(taking, validators, listing: Digest(of: "list of \(content)"))
        }
        func source(_ url: String, every seconds: Int, digest: String? = nil) -> FeedSource {
            FeedSource(url: url, everySeconds: seconds, digestURL: digest)
        }
        var kev = try watched()
        try kev.look(came("a"))
        let url = self.source.url
        try kev.tell(
            .watch(registration(source(url, every: 600, digest: "https://a.example/d"))),
            as: .vendorWatch)
        #expect(kev.feed.listing == Digest(of: "list of a"))
        #expect(kev.feed.validators == nil)
        for content in ["b", "c"] {
            #expect(try kev.look(came(content, records: 10)) == ["FeedRejected"])
            #expect(try kev.look(came(content, records: 10)).isEmpty)
            #expect(kev.feed.listing == Digest(of: "list of a"))
            #expect(kev.feed.rejectedListing == Digest(of: "list of \(content)"))
        }
        try kev.look(came("d"))
        #expect(kev.feed.rejectedListing == nil)
        try kev.tell(
            .watch(registration(source("https://b.example/", every: 600))), as: .vendorWatch)
        #expect(kev.feed.listing == nil)
    }

    @Test("A failure is an event when it begins or its cause changes, and so is its end")
    func failures() throws {
        var kev = try watched()
        try kev.look(delivered("a"))
        #expect(try kev.look(failed(.timedOut)) == ["FeedFetchFailed"])
        kev.now = kev.now + .seconds(60)
        #expect(try kev.look(failed(.timedOut)).isEmpty)
        #expect(try kev.look(failed(.untrusted)) == ["FeedFetchFailed"])
        #expect(kev.feed.troubledSince == Self.start)
        #expect(try kev.look(.unchanged) == ["FeedReached"])
        #expect(kev.feed.troubledSince == nil && kev.feed.contents == Digest(of: "a"))
    }

    @Test("Silence is recorded once, when nothing good has come for as long as may be")
    func silence() throws {
        var kev = try watched(silentAfter: 7200)
        try kev.look(failed(.unreachable))
        kev.now = kev.now + .seconds(7199)
        #expect(try kev.look(failed(.unreachable)).isEmpty)
        kev.now = kev.now + .seconds(1)
        #expect(try kev.look(failed(.unreachable)) == ["FeedFellSilent"])
        #expect(try kev.look(failed(.unreachable)).isEmpty)
        #expect(try kev.look(delivered("a")) == ["FeedSnapshotTaken"])
        #expect(!kev.feed.isSilent)
    }

    @Test("What a person sends is taken by the same rule, and the source is asked for all again")
    func byHand() throws {
        var kev = try watched()
        try kev.look(delivered("a"))
        guard case .delivered(let taking, _, _, _) = delivered("b") else { return }
        #expect(try kev.tell(.take(taking), as: .vendorWatch) == ["FeedSnapshotTaken"])
        #expect(kev.feed.validators == nil)
    }

    @Test("A look under an earlier registration changes nothing")
    func lateLook() throws {
        var kev = try watched()
        try kev.tell(.watch(registration(team: "other", source)), as: .vendorWatch)
        #expect(try kev.tell(.note(delivered("a"), watch: 1)).isEmpty)
        #expect(
            try kev.tell(.giveUp(reason: "sold"), as: .vendorWatch) == ["FeedGivenUp"])
        #expect(try kev.tell(.note(delivered("a"), watch: kev.feed.watch)).isEmpty)
        #expect(throws: FeedDenial.notWatched) {
            try kev.tell(.giveUp(reason: "again"), as: .vendorWatch)
        }
        #expect(throws: FeedDenial.reasonMissing) { try kev.tell(.giveUp(reason: " ")) }
    }

    @Test("Machines that aren't public are an administrator's choice, on every path")
    func reach() throws {
        let inner = FeedSource(
            url: "https://mirror.example/", everySeconds: 300, reach: .privateNetwork)
        var kev = Watched()
        for role in Role.allCases where role != .administrator {
            #expect(throws: FeedDenial.reachIsForAdministrators(.privateNetwork), "\(role)") {
                try kev.tell(.watch(registration(inner)), as: role)
            }
        }
        #expect(try kev.tell(.watch(registration(inner)), as: .administrator) == ["FeedWatched"])
    }

    @Test(
        "Sources that may not be are refused by the field",
        arguments: [
            ("source.url", FeedSource(url: "http://a.example/", everySeconds: 300)),
            ("source.url", FeedSource(url: "nonsense", everySeconds: 300)),
            (
                "source.digest_url",
                FeedSource(
                    url: "https://a.example/", everySeconds: 300, digestURL: "http://a.example/")
            ),
            ("source.every_seconds", FeedSource(url: "https://a.example/", everySeconds: 299)),
            ("source.every_seconds", FeedSource(url: "https://a.example/", everySeconds: .max)),
            ("source.every_seconds", FeedSource(url: "https://a.example/", everySeconds: .min)),
        ])
    func faults(field: String, source: FeedSource) {
        #expect(registration(source).faults.first?.field == field)
    }

    @Test(
        "Whatever looks bring: no event without a change, what was said stays unless it is replaced"
    )
    func walk() throws {
        for seed in UInt64(1)...200 {
            var random = SeededRandom(seed: seed)
            var kev = try watched(silentAfter: 3600)
            for _ in 0..<60 {
                kev.now = kev.now + .seconds(Int64(random.next() % 2000))
                let before = kev.feed
                let look: FeedLook =
                    switch random.next() % 6 {
                    case 0, 1: .unchanged
                    case 2: failed(.timedOut)
                    case 3: failed(.refused)
                    default:
                        delivered(
                            "\(random.next() % 3)", records: random.next() % 4 == 0 ? 1 : 100,
                            tag: "\(random.next() % 2)")
                    }
                let events = try kev.look(look)
                #expect(events.count <= 2, "seed \(seed)")
                // The same again is no news, whatever came before.
                #expect(try kev.look(look).isEmpty, "seed \(seed): \(events)")
                if !events.contains("FeedSnapshotTaken") {
                    #expect(kev.feed.contents == before.contents, "seed \(seed)")
                }
                if case .failed = look { #expect(kev.feed.failure != nil, "seed \(seed)") }
                #expect(!kev.feed.isSilent || kev.feed.troubledSince != nil, "seed \(seed)")
            }
        }
    }
}
