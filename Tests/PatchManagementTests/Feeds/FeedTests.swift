import Advisories
import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

@Suite("Feeds: who watches them, and what of them is taken in")
struct FeedTests {
    private let registration = FeedRegistration(name: "kev", kind: .kev, team: "vuln team")

    private func context(at moment: Timestamp = Timestamp(seconds: 1_800_000_000)) -> CommandContext
    {
        CommandContext(
            actor: Actor(id: "pe_1", role: "vendorWatch"), at: moment, commandID: UUID())
    }

    private func taking(
        _ content: String, records: Int, refused: Int = 0, contradicted: Int = 0,
        latest: String? = "2026-11-01T00:00:00Z"
    ) -> FeedTaking {
        FeedTaking(
            contents: Digest(of: content), documents: 1,
            summary: FeedSummary(
                FeedSnapshot(
                    records: records, refused: refused, contradicted: contradicted,
                    latestDate: latest.flatMap { UTCTime($0) })))
    }

    private func decide(_ command: FeedCommand, _ state: Feed) throws -> [FeedEvent] {
        try FeedDecider.decide(command, context(), state)
    }

    private func state(after taken: FeedTaking...) throws -> Feed {
        var state = Feed()
        for event in try decide(.watch(registration), state) { FeedDecider.evolve(&state, event) }
        for taking in taken {
            for event in try decide(.take(taking), state) { FeedDecider.evolve(&state, event) }
        }
        return state
    }

    @Test("A feed needs a name, a team that is no person's address, and keeps its kind")
    func watching() throws {
        #expect(
            try decide(.watch(registration), Feed())
                == [.watched(FeedWatched(registration: registration))])
        let watched = try state()
        #expect(try decide(.watch(registration), watched).isEmpty)
        for (name, team) in [("-x", "a"), ("", "a"), ("a b", "a"), ("kev", ""), ("kev", "a@b.c")] {
            #expect(throws: FeedDenial.self) {
                try decide(.watch(FeedRegistration(name: name, kind: .kev, team: team)), Feed())
            }
        }
        #expect(throws: FeedDenial.kindIsFixed(.kev, .osv)) {
            try decide(.watch(FeedRegistration(name: "kev", kind: .osv, team: "a")), watched)
        }
        #expect(throws: FeedDenial.unknown) { try decide(.take(taking("a", records: 1)), Feed()) }
    }

    @Test("The same contents are confirmed, others are taken in their place")
    func taking() throws {
        let first = try state(after: taking("a", records: 100))
        #expect(first.contents == Digest(of: "a"))
        #expect(
            try decide(.take(taking("a", records: 100)), first)
                == [.confirmed(FeedConfirmed(contents: Digest(of: "a")))])
        guard
            case .snapshotTaken(let taken) = try decide(.take(taking("b", records: 95)), first)
                .first
        else {
            Issue.record("95 of 100 are not 5 % fewer than may be")
            return
        }
        #expect(taken.before == Digest(of: "a"))
        #expect(taken.summary.records == 95)
    }

    @Test(
        "What shrank, is older, contradicts itself in many places, is of the future or can't be read is not taken",
        arguments: [
            (94, 0, 0, "2026-11-02T00:00:00Z", "shrank from 100 to 94"),
            (0, 0, 0, "2026-11-02T00:00:00Z", "it has no entries"),
            (100, 0, 0, "2026-10-31T00:00:00Z", "older than the last one"),
            (100, 0, 6, "2026-11-02T00:00:00Z", "say something else than earlier ones"),
            (100, 0, 0, "2027-06-01T00:00:00Z", "is the latest that can be"),
            (100, 6, 0, "2026-11-02T00:00:00Z", "could not be read"),
        ])
    func rejection(
        records: Int, refused: Int, contradicted: Int, latest: String, reason: String
    ) throws {
        var state = try state(after: taking("a", records: 100))
        let before = state
        let events = try decide(
            .take(
                taking(
                    "b", records: records, refused: refused, contradicted: contradicted,
                    latest: latest)), state)
        guard case .rejected(let rejected) = events.first, events.count == 1 else {
            Issue.record("\(events)")
            return
        }
        #expect(rejected.reason.contains(reason), "\(rejected.reason)")
        for event in events { FeedDecider.evolve(&state, event) }
        #expect(state == before, "what the feed said before stays")
    }

    @Test("Contents have one form whatever the order, no name twice, and a difference by parts")
    func contents() throws {
        func part(_ name: String, _ text: String) -> FeedContents.Part {
            FeedContents.Part(name: name, digest: Digest(of: text))
        }
        let one = try #require(FeedContents([part("b", "2"), part("a", "1")]))
        let same = try #require(FeedContents([part("a", "1"), part("b", "2")]))
        #expect(one == same)
        #expect(one.document.digest == same.document.digest)
        #expect(FeedContents([part("a", "1"), part("a", "2")]) == nil)
    }
}
