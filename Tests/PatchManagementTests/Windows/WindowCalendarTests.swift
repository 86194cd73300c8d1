import EventSourcing
import JSON
import Support
import Testing

@testable import PatchManagement

/// I2: when assets may be touched, by the clock on the wall where they are.
@Suite("Maintenance windows and freezes")
struct WindowCalendarTests {
    static func json(
        name: String = "nightly", start: String = "2026-01-06T22:00",
        zone: String = "Europe/Berlin", rule: String = "FREQ=WEEKLY;BYDAY=TU,TH",
        duration: Int = 4 * 3600, cutoff: Int = 3600
    ) -> JSONValue {
        .object([
            "name": .string(name), "start": .string(start), "time_zone": .string(zone),
            "rule": .string(rule), "duration_seconds": .integer(Int64(duration)),
            "cutoff_seconds": .integer(Int64(cutoff)),
        ])
    }

    static func freeze(_ from: String, _ to: String, name: String = "holidays") -> JSONValue {
        .object(["name": .string(name), "from": .string(from), "to": .string(to)])
    }

    private func calendar(
        _ windows: [JSONValue], freezes: [JSONValue] = []
    ) -> WindowCalendar {
        WindowCalendar(windows: windows, freezes: freezes)
    }

    private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    private func starts(
        _ window: JSONValue, after text: String, _ count: Int
    ) throws -> [String] {
        calendar([window]).next(endingAfter: try moment(text), limit: count).map {
            "\($0.localStart) \($0.start.description.prefix(16))Z"
        }
    }

    @Test("The local time stays the same over the changes of the clocks")
    func summerTime() throws {
        #expect(
            try starts(Self.json(), after: "2026-03-24T00:00:00Z", 3) == [
                "2026-03-24T22:00 2026-03-24T21:00Z", "2026-03-26T22:00 2026-03-26T21:00Z",
                "2026-03-31T22:00 2026-03-31T20:00Z",
            ])
    }

    @Test("A start that doesn't exist moves forward with the clocks")
    func gap() throws {
        let window = Self.json(start: "2026-03-28T02:30", rule: "FREQ=DAILY")
        #expect(
            try starts(window, after: "2026-03-28T12:00:00Z", 2) == [
                "2026-03-29T03:30 2026-03-29T01:30Z", "2026-03-30T02:30 2026-03-30T00:30Z",
            ])
        // Half an hour on Lord Howe, and a whole day that Samoa left out.
        let howe = Self.json(
            start: "2026-10-03T02:15", zone: "Australia/Lord_Howe", rule: "FREQ=DAILY")
        #expect(
            try starts(howe, after: "2026-10-03T12:00:00Z", 1)
                == ["2026-10-04T02:45 2026-10-03T15:45Z"])
        let samoa = Self.json(start: "2011-12-29T12:00", zone: "Pacific/Apia", rule: "FREQ=DAILY")
        #expect(
            try starts(samoa, after: "2011-12-30T09:00:00Z", 2) == [
                "2011-12-31T12:00 2011-12-30T22:00Z", "2012-01-01T12:00 2011-12-31T22:00Z",
            ])
    }

    @Test("A start that comes twice counts once, the first time")
    func twice() throws {
        let window = Self.json(
            start: "2026-10-24T02:30", rule: "FREQ=DAILY", duration: 600, cutoff: 0)
        #expect(
            try starts(window, after: "2026-10-24T12:00:00Z", 2) == [
                "2026-10-25T02:30 2026-10-25T00:30Z", "2026-10-26T02:30 2026-10-26T01:30Z",
            ])
    }

    @Test("It is open from its start on and before its end, and nothing starts from its cutoff on")
    func halfOpen() throws {
        let calendar = calendar([Self.json()])
        let opening = try #require(
            calendar.next(endingAfter: moment("2026-01-06T00:00:00Z"), limit: 1).first)
        let moments = try [
            moment("2026-01-06T21:00:00Z"), moment("2026-01-07T00:00:00Z"),
            moment("2026-01-07T01:00:00Z"),
        ]
        #expect([opening.start, opening.lastStart, opening.end] == moments)
        #expect(opening.localEnd == "2026-01-07T02:00")
        let states: [(Timestamp, WindowCalendar.State)] = [
            (opening.start + .microseconds(-1), .closed), (opening.start, .open(opening)),
            (opening.lastStart + .microseconds(-1), .open(opening)),
            (opening.lastStart, .pastCutoff(opening)),
            (opening.end + .microseconds(-1), .pastCutoff(opening)), (opening.end, .closed),
        ]
        for (moment, state) in states { #expect(calendar.state(at: moment) == state, "\(moment)") }
        // One that has ended is not among the next ones; one that is open is.
        #expect(calendar.next(endingAfter: opening.end, limit: 1).first?.window == "nightly")
        #expect(calendar.next(endingAfter: opening.end, limit: 1).first != opening)
        #expect(
            calendar.next(endingAfter: opening.end + .microseconds(-1), limit: 1).first == opening)
    }

    @Test("A freeze stands before every window, from its beginning on and before its end")
    func freezes() throws {
        let frozen = Self.freeze("2026-01-06T22:00:00Z", "2026-01-06T23:00:00Z")
        let calendar = calendar([Self.json()], freezes: [frozen])
        let freeze = try #require(calendar.freezes.first)
        for (text, isFrozen) in [
            ("2026-01-06T21:59:59Z", false), ("2026-01-06T22:00:00Z", true),
            ("2026-01-06T22:59:59Z", true), ("2026-01-06T23:00:00Z", false),
        ] {
            let state = calendar.state(at: try moment(text))
            #expect((state == .frozen(freeze)) == isFrozen, "\(text)")
        }
        let openings = calendar.next(endingAfter: try moment("2026-01-06T00:00:00Z"), limit: 2)
        #expect(openings.map { calendar.freezes(in: $0).count } == [1, 0])
    }

    @Test("Of windows that overlap, the one counts in which work may begin for longest")
    func overlapping() throws {
        let days = Self.json(
            name: "days", start: "2026-01-06T00:00", zone: "UTC", rule: "FREQ=DAILY",
            duration: 48 * 3600, cutoff: 36 * 3600)
        let calendar = calendar([days, Self.json()])
        guard case .open(let opening) = calendar.state(at: try moment("2026-01-06T21:30:00Z"))
        else {
            Issue.record("it is closed")
            return
        }
        #expect(opening.window == "nightly")
        guard case .open(let again) = calendar.state(at: try moment("2026-01-07T06:00:00Z")) else {
            Issue.record("the second day is not seen")
            return
        }
        #expect(again.localStart == "2026-01-07T00:00")
    }

    @Test(
        "It ends after so many, on a day where it is, or at a moment",
        arguments: [
            ("FREQ=DAILY;COUNT=3", 3), ("FREQ=DAILY;UNTIL=20260107", 2),
            // 22:00 in Berlin is 21:00 in UTC.
            ("FREQ=DAILY;UNTIL=20260108T210000Z", 3), ("FREQ=DAILY;UNTIL=20260108T205959Z", 2),
        ])
    func ends(rule: String, count: Int) throws {
        let calendar = calendar([Self.json(rule: rule)])
        #expect(
            calendar.next(endingAfter: try moment("2026-01-01T00:00:00Z"), limit: 100).count
                == count)
        #expect(
            calendar.next(endingAfter: try moment("2026-06-01T00:00:00Z"), limit: 1).isEmpty)
    }

    @Test("What is counted is counted from the start on, also years later")
    func counted() throws {
        let window = Self.json(
            start: "2000-01-01T00:00", zone: "UTC", rule: "FREQ=DAILY;COUNT=9999")
        let openings = try starts(window, after: "2027-05-16T12:00:00Z", 5)
        #expect(openings == ["2027-05-17T00:00 2027-05-17T00:00Z"])
    }

    @Test("A bad rule stops itself, and no other; a freeze that can't be read stops everything")
    func bad() throws {
        let bad = Self.json(name: "bad", rule: "FREQ=HOURLY")
        let calendar = calendar([bad, Self.json()])
        #expect(calendar.windows.map(\.name) == ["nightly"])
        #expect(calendar.faults.count == 1)
        #expect(calendar.faults.first?.hasPrefix("window 'bad': ") == true)
        let now = try moment("2026-01-06T21:30:00Z")
        guard case .open = calendar.state(at: now) else {
            Issue.record("the other is stopped, too")
            return
        }
        let unread = self.calendar([Self.json()], freezes: [.object(["name": .string("x")])])
        #expect(unread.state(at: now) == .frozen(nil))
    }

    private static let refusals: [(JSONValue, String)] = [
        (json(start: "2026-01-06"), "start"), (json(start: "2026-01-06T24:00"), "start"),
        (json(start: "2026-02-30T01:00"), "start"), (json(zone: "CET"), "time_zone"),
        (json(zone: "Europe/Nowhere"), "time_zone"), (json(zone: "../etc"), "time_zone"),
        (json(duration: 0), "duration_seconds"), (json(duration: 8 * 86_400), "duration"),
        (json(cutoff: 4 * 3600), "cutoff_seconds"), (json(rule: "X"), "NAME=VALUE"),
        (json(rule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "chooses no day"),
        (.object(["name": .string("x"), "hour": .integer(1)]), "hour"),
        (.string("x"), "object"),
    ]

    @Test("What can't be is refused by its name", arguments: refusals)
    func refused(window: JSONValue, words: String) {
        let fault = WindowCalendar.fault(windows: .array([window]))
        #expect(fault?.contains(words) == true, "\(fault ?? "none")")
    }

    @Test("Names come once, and lists have an end")
    func lists() {
        #expect(WindowCalendar.fault(windows: .array([Self.json(), Self.json()])) != nil)
        let many = (0...50).map { Self.json(name: "w\($0)") }
        #expect(WindowCalendar.fault(windows: .array(many)) != nil)
        #expect(WindowCalendar.fault(windows: .array(Array(many.prefix(50)))) == nil)
        #expect(WindowCalendar.fault(windows: .null) != nil)
        let backwards = Self.freeze("2026-01-07T00:00:00Z", "2026-01-06T00:00:00Z")
        #expect(WindowCalendar.fault(freezes: .array([backwards])) != nil)
    }

    /// However a rule is asked: one after the other, or many at once, from any moment.
    @Test("Openings are in order, end after they begin, and don't hang on who asks")
    func random() throws {
        var random = SeededRandom.fresh("openings")
        let zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]
        let rules = [
            "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=MONTHLY;BYDAY=2TU",
            "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
        ]
        for _ in 0..<60 {
            let window = try MaintenanceWindow(
                Self.json(
                    start: "2026-0\(1 + random.below(9))-1\(random.below(10))"
                        + "T0\(random.below(10)):30",
                    zone: random.pick(zones), rule: random.pick(rules),
                    duration: 60 * (1 + random.below(1000)), cutoff: 0))
            let from = Timestamp(seconds: 1_767_225_600 + Int64(random.below(3 * 366 * 86_400)))
            let many = window.next(endingAfter: from, limit: 8)
            var one: [WindowOccurrence] = []
            var last = from
            while one.count < 8, let next = window.next(endingAfter: last, limit: 1).first {
                one.append(next)
                last = next.end
            }
            #expect(many.allSatisfy { $0.end > from && $0.start < $0.end })
            #expect(zip(many, many.dropFirst()).allSatisfy { $0.start < $1.start })
            // Those that overlap are passed over by whoever asks for what comes behind.
            #expect(one.allSatisfy { many.contains($0) || $0.start > many[many.count - 1].start })
        }
    }
}
