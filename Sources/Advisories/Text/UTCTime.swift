/// A moment in UTC, in whole microseconds since 1970: what feeds give as RFC 3339.
package struct UTCTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    static let day: Int64 = 86_400_000_000

    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }

    /// Reads RFC 3339, `2026-03-01T09:30:00.5+01:00`. What is finer than a microsecond is cut off.
    ///
    /// - Parameter zoneIsOptional: Whether a time without a zone counts as one in UTC, which CVE
    ///   records ask for.
    /// - Returns: nil for anything else, for a day that the calendar doesn't have, and for a leap
    ///   second.
    package init?(_ text: String, zoneIsOptional: Bool = false) {
        var cursor = ByteCursor(text)
        guard let date = cursor.takeDate(), cursor.take(word: "t"),
            let hour = cursor.takeNumber(digits: 2), cursor.take(ASCII.colon),
            let minute = cursor.takeNumber(digits: 2), cursor.take(ASCII.colon),
            let second = cursor.takeNumber(digits: 2), hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction: Int64 = 0
        if cursor.take(ASCII.dot) {
            let digits = cursor.take(while: isDigit)
            guard !digits.isEmpty else { return nil }
            for place in 0..<6 {
                let digit = place < digits.count ? cursor.bytes[digits.lowerBound + place] : 0x30
                fraction = fraction * 10 + Int64(digit - ASCII.zero)
            }
        }
        var offset: Int64 = 0
        if !(cursor.isAtEnd && zoneIsOptional) {
            guard let minutes = cursor.takeOffset() else { return nil }
            offset = minutes
        }
        guard cursor.isAtEnd else { return nil }
        let minutes = (date.days * 24 + hour) * 60 + minute - offset
        microseconds = (minutes * 60 + second) * 1_000_000 + fraction
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.microseconds < right.microseconds
    }

    /// The day in UTC that it lies in.
    package var date: CalendarDate {
        CalendarDate(days: flooredDivision(microseconds, by: Self.day).quotient)
    }

    /// RFC 3339 in UTC; digits of a second, six of them, only where there are any.
    package var description: String {
        let (seconds, fraction) = flooredDivision(
            flooredDivision(microseconds, by: Self.day).remainder, by: 1_000_000)
        let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
            .joined(separator: ":")
        return "\(date)T\(time)" + (fraction == 0 ? "" : ".\(padded(fraction, 6))") + "Z"
    }
}

extension ByteCursor {
    /// A zone's distance from UTC in minutes: `Z`, `+01:00`, or `+0100` as the EPSS feed has it.
    fileprivate mutating func takeOffset() -> Int64? {
        if take(word: "z") { return 0 }
        let isBehind = next == ASCII.hyphen
        guard take(ASCII.plus) || take(ASCII.hyphen), let hours = takeNumber(digits: 2) else {
            return nil
        }
        _ = take(ASCII.colon)
        guard let minutes = takeNumber(digits: 2), hours < 24, minutes < 60 else { return nil }
        return (hours * 60 + minutes) * (isBehind ? -1 : 1)
    }
}
