/// A day of the Gregorian calendar, which feeds give without a time and a zone.
package struct CalendarDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01.
    package let days: Int64

    package init(days: Int64) { self.days = days }

    /// - Returns: nil for a day that the calendar doesn't have; years go from 1 to 9999.
    package init?(year: Int64, month: Int64, day: Int64) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
            return nil
        }
        let days = Self.days(year, month, day)
        guard Self.civil(days) == (year, month, day) else { return nil }
        self.days = days
    }

    /// Reads `2026-03-01`; nil for anything else.
    package init?(_ text: String) {
        var cursor = ByteCursor(text)
        guard let date = cursor.takeDate(), cursor.isAtEnd else { return nil }
        self = date
    }

    /// Its first moment in UTC.
    package var start: UTCTime { UTCTime(microseconds: days * UTCTime.day) }

    /// The moment in UTC at which it is over: the first of the next day.
    package var end: UTCTime { UTCTime(microseconds: (days + 1) * UTCTime.day) }

    package static func < (left: Self, right: Self) -> Bool { left.days < right.days }

    package var description: String {
        let (year, month, day) = Self.civil(days)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = flooredDivision(shifted, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let (era, dayOfEra) = flooredDivision(days + 719_468, by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension ByteCursor {
    /// The next digits as a number, exactly `count` of them; nil, and nothing is read, when they
    /// are fewer.
    mutating func takeNumber(digits count: Int) -> Int64? {
        guard end - place >= count else { return nil }
        var value: Int64 = 0
        for byte in bytes[place..<place + count] {
            guard isDigit(byte) else { return nil }
            value = value * 10 + Int64(byte - ASCII.zero)
        }
        skip(count)
        return value
    }

    mutating func takeDate() -> CalendarDate? {
        guard let year = takeNumber(digits: 4), take(ASCII.hyphen),
            let month = takeNumber(digits: 2), take(ASCII.hyphen),
            let day = takeNumber(digits: 2)
        else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }
}

/// The quotient rounded down, and what is left, which isn't negative.
func flooredDivision(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
