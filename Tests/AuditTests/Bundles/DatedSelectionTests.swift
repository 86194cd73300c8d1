import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit

/// A bundle of what was recorded on some dates: the positions that these came to, and the two events
/// that show that nothing else is of them.
@Suite struct DatedSelectionTests {
    @Test("dates come to the positions whose events were recorded then, whatever the dates")
    func datesAndPositions() async throws {
        var random = SeededRandom.fresh("dates")
        let (whole, history) = try SealedLog.sample()
        for size in [Int64(0), 1, 2, 255, 256, 257, 512, whole.size] {
            let log = whole.prefix(size)
            let events = Array(history.log.prefix(Int(size)))
            for _ in 0..<20 {
                let dates = try #require(Self.dates(history.log, &random))
                let found = try await log.positions(of: dates, inLogOf: size)
                let expected = events.filter { Self.isOf(dates, $0) }.map(\.position)
                #expect(Array(found) == expected, "\(dates) of \(size)")
            }
        }
    }

    @Test("it is sound, holds the events of its dates and both neighbours, and says so")
    func isSound() async throws {
        var random = SeededRandom.fresh("dated bundles")
        let (log, history) = try SealedLog.sample()
        for _ in 0..<10 {
            let dates = try #require(Self.dates(history.log, &random))
            let positions = try await log.positions(of: dates, inLogOf: log.size)
            let bundle = try await log.bundle(.dates(dates, positions: positions))
            let report = audit(bundle, try log.trust())
            #expect(report.result == .sound, "\(dates): \(report.findings)")
            let shown = max(1, positions.lowerBound - 1)...min(log.size, positions.upperBound)
            #expect(report.checked.entries == Int64(shown.count))
            #expect(report.notes.first?.contains("recorded \(dates)") == true)
            let isOpen = positions.upperBound > log.size && dates.to != nil
            let unproven = report.notes.filter { $0.hasPrefix("not shown") }
            #expect(unproven.count == (isOpen ? 1 : 0), "\(report.notes)")
            #expect(try await log.bundle(.dates(dates, positions: positions)) == bundle)
        }
    }

    @Test("without the neighbours it says what it does not show")
    func withoutNeighbours() async throws {
        let (log, history) = try SealedLog.sample()
        let (dates, positions) = try await Self.middle(log, history)
        let bundle = try await log.bundle(
            .dates(dates, positions: positions), showsNeighbours: false)
        let report = audit(bundle, try log.trust())
        #expect(report.result == .sound, "\(report.findings)")
        #expect(report.checked.entries == Int64(positions.count))
        let first = positions.lowerBound
        let last = positions.upperBound - 1
        #expect(
            report.notes.contains {
                $0.hasPrefix("not shown: that nothing before position \(first) ")
            })
        #expect(
            report.notes.contains {
                $0.hasPrefix("not shown: that nothing behind position \(last) ")
            })
    }

    @Test("dates without an event are exported too, and the neighbours show that there was none")
    func isEmpty() async throws {
        let (log, history) = try SealedLog.sample()
        let pair = try #require(
            zip(history.log, history.log.dropFirst()).first {
                $1.recordedAt - $0.recordedAt > .seconds(2)
            })
        let dates = try #require(
            RecordedDates(from: pair.0.recordedAt + .seconds(1), to: pair.1.recordedAt))
        let positions = try await log.positions(of: dates, inLogOf: log.size)
        #expect(positions.isEmpty)
        let bundle = try await log.bundle(.dates(dates, positions: positions))
        let report = audit(bundle, try log.trust())
        #expect(report.result == .sound, "\(report.findings)")
        #expect(report.checked.entries == 2)
        #expect(report.notes.first?.hasSuffix("no event") == true, "\(report.notes)")
    }

    @Test(
        "a manifest that leaves out events of its dates, or claims others, is found (I11)",
        arguments: [(1, 0), (0, 1), (-1, 0), (0, -1), (2, 2)])
    func aWrongManifest(_ first: Int, _ last: Int) async throws {
        let (log, history) = try SealedLog.sample()
        let (dates, positions) = try await Self.middle(log, history)
        let claimed =
            (positions.lowerBound + Int64(first))..<(positions.upperBound + Int64(last))
        let bundle = try await log.bundle(.dates(dates, positions: claimed))
        let report = audit(bundle, try log.trust())
        #expect(report.result == .tampered, "\(report.notes)")
        let independent = try await IndependentVerifier.verify(bundle, try log.trust(), since: nil)
        #expect(independent.result == "tampered")
        #expect(independent.position == report.position)
    }

    @Test("an open end must be the log's own")
    func openEnds() async throws {
        let (log, history) = try SealedLog.sample()
        let middle = history.log[history.log.count / 2].recordedAt
        let until = try #require(RecordedDates(from: nil, to: middle))
        let since = try #require(RecordedDates(from: middle, to: nil))
        let end = try await log.positions(of: until, inLogOf: log.size).upperBound
        let trust = try log.trust()
        for (dates, positions, result) in [
            (until, 1..<end, AuditReport.Result.sound), (until, 5..<end, .tampered),
            (since, end..<(log.size + 1), .sound), (since, end..<(log.size - 3), .tampered),
        ] {
            let bundle = try await log.bundle(
                .dates(dates, positions: positions), showsNeighbours: false)
            let report = audit(bundle, trust)
            #expect(report.result == result, "\(dates), \(positions): \(report.findings)")
        }
    }

    @Test("a missing event of the dates is named")
    func aGap() async throws {
        let (log, history) = try SealedLog.sample()
        let (dates, positions) = try await Self.middle(log, history)
        var parts = try Parts(try await log.bundle(.dates(dates, positions: positions)))
        parts[.entry(positions.lowerBound)] = nil
        let report = audit(try parts.packed(), try log.trust())
        #expect(report.result == .incomplete)
        #expect(report.position == positions.lowerBound)
    }

    @Test("its manifest says the dates and the positions that they came to")
    func manifest() async throws {
        let dates = try #require(
            RecordedDates(
                from: Timestamp(timeOrDate: "2026-03-01"), to: Timestamp(timeOrDate: "2026-04-01")))
        let selection = BundleSelection.dates(dates, positions: 5..<9)
        let bytes = try CanonicalJSON.encode(selection)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"first":5,"from":"2026-03-01T00:00:00.000000Z","kind":"dates","last":8,"#
                + #""to":"2026-04-01T00:00:00.000000Z"}"#)
        #expect(try CanonicalJSON.decode(BundleSelection.self, from: bytes) == selection)
        for wrong in [
            #"{"first":0,"kind":"dates","last":8}"#, #"{"first":5,"kind":"dates","last":3}"#,
            #"{"first":5,"kind":"dates","last":9223372036854775807}"#,
            #"{"first":5,"from":"2026-03-01T00:00:00.000000Z","kind":"dates","last":8,"#
                + #""to":"2026-03-01T00:00:00.000000Z"}"#,
        ] {
            #expect(throws: DecodingError.self) {
                try CanonicalJSON.decode(BundleSelection.self, from: Array(wrong.utf8))
            }
        }
    }

    // MARK: What is given

    /// Two moments of the log, one, or none; also such between two events, and outside.
    private static func dates(
        _ events: [RecordedEvent], _ random: inout SeededRandom
    ) -> RecordedDates? {
        func moment() -> Timestamp? {
            if random.chance(15) { return nil }
            let shift = random.below(3) - 1
            return random.pick(events).recordedAt + .microseconds(shift)
        }
        let (one, other) = (moment(), moment())
        guard let one, let other else { return RecordedDates(from: one, to: other) }
        return RecordedDates(from: min(one, other), to: max(one, other) + .microseconds(1))
    }

    private static func isOf(_ dates: RecordedDates, _ event: RecordedEvent) -> Bool {
        dates.from.map { event.recordedAt >= $0 } ?? true
            && dates.to.map { event.recordedAt < $0 } ?? true
    }

    /// Dates in the middle of the log whose ends are events of other times than their neighbours.
    private static func middle(
        _ log: SealedLog, _ history: SimulatedHistory
    ) async throws -> (RecordedDates, Range<Int64>) {
        let times = history.log.map(\.recordedAt)
        let edges = times.indices.dropFirst().filter { times[$0] > times[$0 - 1] }
        let first = try #require(edges.first { $0 > times.count / 3 })
        let end = try #require(edges.first { $0 > 2 * times.count / 3 })
        let dates = try #require(RecordedDates(from: times[first], to: times[end]))
        let positions = try await log.positions(of: dates, inLogOf: log.size)
        #expect(positions == Int64(first + 1)..<Int64(end + 1))
        return (dates, positions)
    }
}
