import EventSourcing
import JSON
import Testing

@testable import PatchManagement

/// The moments that a plan pins, and what is counted by them.
@Suite("Calendars of plans")
struct PlannedCalendarTests {
    private static let start = Timestamp(seconds: 1_767_225_600)

    /// - Parameter openings: From, last start and end in seconds.
    static func calendar(_ openings: [(Int, Int, Int)], from start: Timestamp = start)
        -> PlannedCalendar
    {
        PlannedCalendar(
            definition: Digest(of: "windows"), windows: ["nights"],
            openings: openings.map { from, last, end in
                Opening(
                    start: start + .seconds(from), lastStart: start + .seconds(last),
                    end: start + .seconds(end))
            })
    }

    private func at(_ seconds: Int) -> Timestamp { Self.start + .seconds(seconds) }

    @Test("It opens with the start and closes with the cutoff, to the microsecond")
    func halfOpen() {
        let calendar = Self.calendar([(100, 200, 300)])
        #expect(calendar.opens(at: at(100) + .microseconds(-1)) == at(100))
        #expect(calendar.opens(at: at(100)) == at(100))
        #expect(calendar.opens(at: at(200) + .microseconds(-1)) == at(200) + .microseconds(-1))
        #expect(calendar.opens(at: at(200)) == nil)
    }

    /// I2: what is granted begins within two seconds, and nothing begins at the cutoff or later.
    @Test("A permit is granted while its whole life lies in the opening, by every clock")
    func grants() {
        let opening = Opening(start: at(100), lastStart: at(200), end: at(300))
        let early = at(100) + .microseconds(-1)
        #expect(!opening.grants(from: early, to: early))
        #expect(opening.grants(from: at(100), to: at(100)))
        let last = at(198) + .microseconds(-1)
        #expect(opening.grants(from: last, to: last))
        #expect(!opening.grants(from: at(198), to: at(198)))
        // Clocks that differ by an hour agree on nothing.
        #expect(!opening.grants(from: at(150) + .seconds(-3600), to: at(150)))
        #expect(!opening.grants(from: at(150), to: at(150) + .seconds(3600)))
    }

    @Test("Only open time counts; where windows overlap or meet, once")
    func openTime() {
        let calendar = Self.calendar([
            (100, 200, 300), (150, 250, 300), (250, 260, 300), (500, 600, 600),
        ])
        #expect(calendar.startTimes.map(\.from) == [at(100), at(500)])
        #expect(calendar.moment(afterOpenSeconds: 160, since: at(0)) == at(260))
        #expect(calendar.moment(afterOpenSeconds: 161, since: at(0)) == at(501))
        #expect(calendar.moment(afterOpenSeconds: 50, since: at(230)) == at(520))
        #expect(calendar.moment(afterOpenSeconds: 261, since: at(0)) == nil)
        // After the last one it goes on as if it were open: somebody has to look at what is left.
        #expect(calendar.deadline(afterOpenSeconds: 261, since: at(0)) == at(601))
        #expect(calendar.deadline(afterOpenSeconds: 10, since: at(900)) == at(910))
        #expect(Self.calendar([]).deadline(afterOpenSeconds: 10, since: at(5)) == at(15))
    }

    @Test(
        "Days on which clocks change are pinned as they are, once each",
        arguments: [
            // The start that Berlin leaves out moves forward; the one that it has twice counts once.
            ("Europe/Berlin", "2026-03-28T02:30", "2026-03-29T01:30:00Z", 86_400 - 3600 + 3600),
            ("Europe/Berlin", "2026-10-24T02:30", "2026-10-25T00:30:00Z", 86_400),
            // Half an hour.
            ("Australia/Lord_Howe", "2026-04-04T01:45", "2026-04-04T14:45:00Z", 86_400),
        ])
    func daylightSaving(zone: String, first: String, second: String, apart: Int) throws {
        let window = JSONValue.object([
            "name": .string("w"), "start": .string(first), "time_zone": .string(zone),
            "rule": .string("FREQ=DAILY;COUNT=3"), "duration_seconds": .integer(3600),
        ])
        let calendar = WindowCalendar(windows: [window], freezes: [])
        let pinned = try unwrapped(
            calendar.planned(from: Timestamp(microseconds: 0), limit: 10))
        #expect(pinned.openings.count == 3)
        #expect(pinned.openings[1].start == Timestamp(second), "\(pinned.openings.map(\.start))")
        // Read again they are the same, whatever the zone database says by then.
        let read = try CanonicalJSON.decode(
            PlannedCalendar.self, from: CanonicalJSON.encode(pinned))
        #expect(read == pinned)
    }

    /// I2: an unknown window counts as closed.
    @Test("A zone that is gone stops its window and no other; alone it never opens")
    func vanishedZone() throws {
        func window(_ zone: String) -> JSONValue {
            .object([
                "name": .string(zone), "start": .string("2026-01-01T22:00"),
                "time_zone": .string(zone), "rule": .string("FREQ=DAILY"),
                "duration_seconds": .integer(3600),
            ])
        }
        let gone = WindowCalendar(windows: [window("Europe/Atlantis")], freezes: [])
        #expect(gone.isRestricted && gone.state(at: Self.start) == .closed)
        #expect(try unwrapped(gone.planned(from: Self.start, limit: 5)).openings.isEmpty)
        let both = WindowCalendar(
            windows: [window("Europe/Atlantis"), window("UTC")], freezes: [])
        #expect(try unwrapped(both.planned(from: Self.start, limit: 5)).openings.count == 5)
        let none = WindowCalendar(windows: [], freezes: [])
        #expect(none.planned(from: Self.start, limit: 5) == nil)
        #expect(none.state(at: Self.start) == .unrestricted)
    }
}
