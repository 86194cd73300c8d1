import Support
import Testing

@testable import PatchManagement

@Suite("The days that a rule chooses")
struct RecurrenceRuleTests {
    private func days(
        _ text: String, from start: String, periods: Int = 60, first: Int = 6
    ) throws -> [String] {
        let rule = try RecurrenceRule(text)
        let begin = try #require(CivilTime("\(start)T00:00")).date
        let all = (0..<periods).flatMap { rule.dates(ofPeriod: $0, from: begin) }
        return all.prefix(first).map {
            String(CivilTime(date: $0, second: 0).description.prefix(10))
        }
    }

    /// The examples of RFC 5545 §3.8.5.3 that lie in the part that is read, and more.
    @Test(
        "Days, weeks, months and years",
        arguments: [
            ("FREQ=DAILY", "2026-02-27", "2026-02-27 2026-02-28 2026-03-01"),
            ("FREQ=DAILY;INTERVAL=10", "1997-09-02", "1997-09-02 1997-09-12 1997-09-22"),
            ("FREQ=DAILY;BYDAY=SA,SU", "2026-01-05", "2026-01-10 2026-01-11 2026-01-17"),
            ("FREQ=DAILY;BYMONTH=1;BYMONTHDAY=-1", "2026-01-05", "2026-01-31"),
            ("FREQ=WEEKLY", "1997-09-02", "1997-09-02 1997-09-09 1997-09-16"),
            ("FREQ=WEEKLY;BYDAY=TU,TH", "1997-09-02", "1997-09-02 1997-09-04 1997-09-09"),
            (
                "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR", "1997-09-01",
                "1997-09-01 1997-09-03 1997-09-05 1997-09-15 1997-09-17 1997-09-19"
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", "1997-08-05",
                "1997-08-05 1997-08-10 1997-08-19 1997-08-24"
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "1997-08-05",
                "1997-08-05 1997-08-17 1997-08-19 1997-08-31"
            ),
            ("FREQ=MONTHLY;BYDAY=1FR", "1997-09-05", "1997-09-05 1997-10-03 1997-11-07"),
            ("FREQ=MONTHLY;BYDAY=-2MO", "1997-09-22", "1997-09-22 1997-10-20 1997-11-17"),
            (
                "FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU", "1997-09-07",
                "1997-09-07 1997-09-28 1997-11-02 1997-11-30"
            ),
            ("FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28", "1997-09-28 1997-10-29 1997-11-28"),
            ("FREQ=MONTHLY;BYMONTHDAY=1,-1", "1997-09-30", "1997-09-30 1997-10-01 1997-10-31"),
            ("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", "1997-09-02", "1998-02-13 1998-03-13"),
            (
                "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1997-09-13",
                "1997-09-13 1997-10-11 1997-11-08"
            ),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "1997-09-29",
                "1997-09-30 1997-10-31 1997-11-28"
            ),
            (
                "FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04",
                "1997-09-04 1997-10-07 1997-11-06"
            ),
            // A month without that day has none.
            ("FREQ=MONTHLY", "2026-01-31", "2026-01-31 2026-03-31 2026-05-31"),
            ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-01", "2026-01-31 2026-03-31 2026-05-31"),
            ("FREQ=YEARLY", "2024-02-29", "2024-02-29 2028-02-29"),
            ("FREQ=YEARLY;BYMONTH=6,7", "1997-06-10", "1997-06-10 1997-07-10 1998-06-10"),
            ("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-03-13", "1997-03-13 1997-03-20 1997-03-27"),
            (
                "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
                "1996-11-05", "1996-11-05 2000-11-07 2004-11-02"
            ),
            ("RRULE:FREQ=WEEKLY;BYDAY=SU", "2026-03-28", "2026-03-29 2026-04-05"),
        ])
    func days(rule: String, start: String, expected: String) throws {
        let wanted = expected.split(separator: " ").map(String.init)
        #expect(try days(rule, from: start, first: wanted.count) == wanted)
    }

    @Test(
        "What isn't read is refused with what is wrong",
        arguments: [
            ("", "NAME=VALUE"), ("FREQ=HOURLY", "FREQ"), ("FREQ=WEEKLY;FREQ=DAILY", "twice"),
            ("FREQ=WEEKLY;BYHOUR=3", "time of the day"), ("FREQ=DAILY;BYWEEKNO=1", "not read"),
            ("FREQ=DAILY;INTERVAL=0", "INTERVAL"), ("FREQ=DAILY;INTERVAL=1001", "INTERVAL"),
            ("FREQ=DAILY;COUNT=0", "COUNT"), ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "not both"),
            ("FREQ=DAILY;UNTIL=2026", "UNTIL"), ("FREQ=DAILY;UNTIL=20260230", "UNTIL"),
            ("FREQ=DAILY;UNTIL=20261231T220000", "UNTIL"), ("FREQ=WEEKLY;BYDAY=XX", "BYDAY"),
            ("FREQ=WEEKLY;BYDAY=2TU", "MONTHLY"), ("FREQ=MONTHLY;BYDAY=6TU", "BYDAY"),
            ("FREQ=MONTHLY;BYDAY=0TU", "BYDAY"), ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"),
            ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"), ("FREQ=YEARLY;BYMONTH=13", "BYMONTH"),
            ("FREQ=WEEKLY;BYMONTHDAY=1", "WEEKLY"), ("FREQ=YEARLY;BYDAY=MO", "BYMONTH"),
            ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"), ("FREQ=WEEKLY;WKST=X", "WKST"),
            ("FREQ=WEEKLY;", "NAME=VALUE"), ("freq=weekly", "FREQ"),
        ])
    func refused(rule: String, words: String) {
        do {
            _ = try RecurrenceRule(rule)
            Issue.record("'\(rule)' was read")
        } catch {
            #expect(error.description.contains(words), "\(error)")
        }
    }

    @Test("A day goes to its parts and back, over leap years and centuries")
    func civil() {
        var date = CivilDate.first(year: 1970, month: 1)
        #expect(date.days == 0 && date.weekday == .thursday)
        var weekday = date.weekday.number
        var wrong: [CivilDate] = []
        while date.parts.year < 2201 {
            let (year, month, day) = date.parts
            if CivilDate(year: year, month: month, day: day) != date { wrong.append(date) }
            if date.weekday.number != weekday { wrong.append(date) }
            weekday = (weekday + 1) % 7
            date = date + 1
        }
        #expect(wrong.isEmpty)
        #expect(CivilDate(year: 2100, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2000, month: 2, day: 29) != nil)
    }

    @Test("A period is found by its days: nothing that comes is skipped")
    func periods() throws {
        var random = SeededRandom.fresh("periods of rules")
        let rules = [
            "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3;BYDAY=MO,FR", "FREQ=WEEKLY;BYDAY=TU,SU;WKST=SU",
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=WE", "FREQ=MONTHLY;BYDAY=2TU,-1FR",
            "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=2,11;BYDAY=MO",
        ]
        for _ in 0..<200 {
            let rule = try RecurrenceRule(random.pick(rules))
            let start = CivilDate.first(year: 2020 + random.below(10), month: 1 + random.below(12))
            let all = (0..<200).flatMap { number in
                rule.dates(ofPeriod: number, from: start).map { (number, $0) }
            }
            #expect(all.map(\.1) == all.map(\.1).sorted(), "seed: \(random.seed)")
            #expect(
                all.allSatisfy { rule.period(of: $0.1, from: start) == $0.0 },
                "seed: \(random.seed)")
        }
    }
}
