import Advisories
import Testing

@Suite("Times and days as feeds write them")
struct TimeTests {
    @Test(
        "Any RFC 3339 becomes UTC in microseconds",
        arguments: [
            ("2026-03-01T09:30:00Z", "2026-03-01T09:30:00Z"),
            ("2026-03-01t09:30:00.5z", "2026-03-01T09:30:00.500000Z"),
            ("2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00Z"),
            ("2024-02-28T23:30:00-01:00", "2024-02-29T00:30:00Z"),
            ("2026-03-01T09:30:00.1234567Z", "2026-03-01T09:30:00.123456Z"),
            ("2025-03-14T00:00:00+0000", "2025-03-14T00:00:00Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ])
    func read(_ text: String, _ utc: String) throws {
        #expect(try #require(UTCTime(text)).description == utc)
    }

    @Test(
        "What is no time of the calendar is refused",
        arguments: [
            "", "2026-03-01", "2026-03-01T09:30:00", "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T23:59:60Z",
            "2026-01-01T23:59:59.Z", "2026-01-01 23:59:59Z", "2026-01-01T23:59:59Zx",
            "2026-01-01T23:59:59+1:00", "0000-01-01T00:00:00Z", "+026-01-01T00:00:00Z",
        ])
    func refused(_ text: String) { #expect(UTCTime(text) == nil) }

    @Test("A time without a zone is one in UTC only where the format says so")
    func zone() {
        #expect(
            UTCTime("2026-03-01T09:30:00", zoneIsOptional: true)
                == UTCTime("2026-03-01T09:30:00Z"))
        #expect(UTCTime("2026-03-01T09:30:00x", zoneIsOptional: true) == nil)
    }

    @Test("A day ends when the next one begins")
    func day() throws {
        let day = try #require(CalendarDate("2024-02-29"))
        #expect(day.start.description == "2024-02-29T00:00:00Z")
        #expect(day.end.description == "2024-03-01T00:00:00Z")
        #expect(day.end.date > day)
        #expect(day.start.date == day)
        for text in ["2023-02-29", "2024-2-29", "2024-02-29T", "24-02-29", ""] {
            #expect(CalendarDate(text) == nil, "\(text)")
        }
    }

    @Test("Every day from 1600 to 2400 is written as it is read, one after the other")
    func calendar() throws {
        let first = try #require(CalendarDate("1600-01-01"))
        let last = try #require(CalendarDate("2400-12-31"))
        #expect(last.days - first.days == 292_559)
        for days in stride(from: first.days, through: last.days, by: 1) {
            let day = CalendarDate(days: days)
            #expect(CalendarDate(day.description) == day)
        }
    }
}
