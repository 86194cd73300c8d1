import Advisories
import Testing

@Suite("Whether a feed takes the place of the last one")
struct FeedRuleTests {
    private static func time(_ day: Int64) -> UTCTime { CalendarDate(days: day).start }

    private static func snapshot(
        _ records: Int, day: Int64? = 10, issued: Int64? = nil, refused: Int = 0,
        contradicted: Int = 0
    ) -> FeedSnapshot {
        FeedSnapshot(
            records: records, refused: refused, contradicted: contradicted,
            issued: issued.map(time), latestDate: day.map(time))
    }

    @Test(
        "It may shrink by 5 %, not be older, of the future, mostly contradictory or unreadable",
        arguments: [
            (snapshot(1000), snapshot(1000), nil),
            (snapshot(1000), snapshot(2000, day: 11), nil),
            (snapshot(1000), snapshot(950), nil),
            (snapshot(1000), snapshot(949), .shrank(from: 1000, to: 949, maxPercent: 5)),
            (snapshot(19), snapshot(18), .shrank(from: 19, to: 18, maxPercent: 5)),
            (snapshot(20), snapshot(19), nil),
            (snapshot(1000), snapshot(0), .empty),
            (nil, snapshot(0), .empty),
            (nil, snapshot(1), nil),
            (snapshot(1000), snapshot(1000, day: 9), .older(time(9), than: time(10))),
            (snapshot(1000, day: nil), snapshot(1000, day: 9), nil),
            // When it was issued tells more than its records, of which the newest may be gone.
            (snapshot(1000, issued: 11), snapshot(1000, day: 9, issued: 12), nil),
            (
                snapshot(1000, issued: 12), snapshot(1000, day: 11, issued: 11),
                .older(time(11), than: time(12))
            ),
            (snapshot(1000, issued: 12), snapshot(1000, day: 11), nil),
            (nil, snapshot(1, issued: 21), .inFuture(time(21), latest: time(20))),
            (snapshot(1000), snapshot(1000, day: nil), nil),
            (snapshot(1000), snapshot(1000, day: 20), nil),
            (
                snapshot(1000), snapshot(1000, day: 21),
                .inFuture(time(21), latest: time(20))
            ),
            (nil, snapshot(1, day: 21), .inFuture(time(21), latest: time(20))),
            (snapshot(950), snapshot(950, refused: 50), nil),
            (
                snapshot(950), snapshot(950, refused: 51),
                .refused(51, of: 1001, maxPercent: 5)
            ),
            (nil, snapshot(0, refused: 1), .refused(1, of: 1, maxPercent: 5)),
            // The earlier entry counts, the other one is refused, as long as there are few.
            (snapshot(1000), snapshot(1000, contradicted: 1), nil),
            (snapshot(950), snapshot(950, refused: 20, contradicted: 30), nil),
            (
                snapshot(950), snapshot(950, refused: 20, contradicted: 31),
                .contradictsItself(31, of: 1001, maxPercent: 5)
            ),
            (
                snapshot(950), snapshot(950, refused: 31, contradicted: 20),
                .refused(51, of: 1001, maxPercent: 5)
            ),
            // The first reason counts.
            (
                snapshot(1000), snapshot(1, day: 21, refused: 2, contradicted: 9),
                .contradictsItself(9, of: 12, maxPercent: 5)
            ),
        ] as [(FeedSnapshot?, FeedSnapshot, FeedRejection?)])
    func check(_ last: FeedSnapshot?, _ new: FeedSnapshot, _ rejection: FeedRejection?) {
        var thrown: FeedRejection?
        do throws(FeedRejection) {
            try FeedRule.standard.check(new, after: last, latest: Self.time(20))
        } catch {
            thrown = error
        }
        #expect(thrown == rejection)
    }

    @Test("A feed that collapses for some days stays as it was, until it is whole again")
    func collapse() throws {
        var taken: [Int] = []
        var last: FeedSnapshot?
        for (day, records) in [1543, 1550, 910, 465, 465, 1550, 1552].enumerated() {
            let new = Self.snapshot(records, day: Int64(day))
            do {
                try FeedRule.standard.check(new, after: last, latest: Self.time(20))
                last = new
            } catch FeedRejection.shrank {}
            taken.append(try #require(last).records)
        }
        #expect(taken == [1543, 1550, 1550, 1550, 1550, 1550, 1552])
    }

    @Test("The limits are a policy's, and the numbers may be as large as they like")
    func limits() throws {
        let strict = FeedRule(maxShrinkPercent: 0, maxRefusedPercent: 0)
        let latest = Self.time(20)
        #expect(throws: FeedRejection.shrank(from: 1000, to: 999, maxPercent: 0)) {
            try strict.check(Self.snapshot(999), after: Self.snapshot(1000), latest: latest)
        }
        #expect(throws: FeedRejection.refused(1, of: 1001, maxPercent: 0)) {
            try strict.check(Self.snapshot(1000, refused: 1), after: nil, latest: latest)
        }
        try FeedRule(maxShrinkPercent: 100, maxRefusedPercent: 100).check(
            Self.snapshot(1, refused: 99), after: Self.snapshot(1000), latest: latest)
        try FeedRule.standard.check(
            Self.snapshot(.max - 1), after: Self.snapshot(.max), latest: latest)
    }

    @Test("A feed is judged by what was read of it")
    func reading() {
        let snapshot = FeedSnapshot(
            KEVFeed.read(FeedSamples.kev.replacing("CVE-2025-0002", with: "CVE")))
        #expect(
            snapshot
                == FeedSnapshot(
                    records: 1, refused: 1, issued: UTCTime("2026-03-01T17:04:19.9796Z"),
                    latestDate: UTCTime("2026-02-27T00:00:00Z"), version: "2026.03.01"))
    }

    @Test("Each reason says what was and what may be")
    func words() {
        let reasons: [(FeedRejection, String)] = [
            (
                .shrank(from: 1000, to: 900, maxPercent: 5),
                "it shrank from 1000 to 900 entries, by more than 5 %"
            ),
            (
                .older(Self.time(0), than: Self.time(1)),
                "it is of 1970-01-01T00:00:00Z, older than the last one of 1970-01-02T00:00:00Z"
            ),
            (
                .refused(9, of: 10, maxPercent: 5),
                "9 of its 10 entries could not be read, more than 5 %"
            ),
            (.empty, "it has no entries"),
        ]
        for (reason, words) in reasons { #expect(reason.description == words) }
    }
}
