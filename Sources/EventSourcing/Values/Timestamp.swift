package import FoundationEssentials

/// A moment in UTC, in whole microseconds since 1970, which is what PostgreSQL keeps.
///
/// Its only text form is RFC 3339 with six digits, `2026-03-01T09:30:00.000000Z`: one codec for
/// events, API and pages.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The moment `seconds` after 1970-01-01T00:00:00Z.
    package init(seconds: Int64) {
        self.init(microseconds: seconds * 1_000_000)
    }

    package init(_ date: Date) {
        self.init(microseconds: Int64((date.timeIntervalSince1970 * 1_000_000).rounded()))
    }

    package var date: Date {
        Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.microseconds < right.microseconds
    }

    package static func + (left: Self, right: Duration) -> Self {
        Self(microseconds: left.microseconds + right.wholeMicroseconds)
    }

    package static func - (left: Self, right: Self) -> Duration {
        .microseconds(left.microseconds - right.microseconds)
    }
}

extension Timestamp: CustomStringConvertible, LosslessStringConvertible {
    package var description: String {
        String(unsafeUninitializedCapacity: Self.longestText) { writeText(to: $0) }
    }

    /// Bytes that `description` has at most; in the years 0 to 9999 it has 27.
    package static let longestText = 32

    /// Writes the bytes of `description` to the first ones of `buffer`. Every event has two times,
    /// and every page many, so it is written by hand.
    ///
    /// - Parameter buffer: At least `longestText` bytes.
    /// - Returns: How many were written.
    package func writeText(to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        precondition(buffer.count >= Self.longestText, "no room for a time")
        let (days, inDay) = microseconds.flooredQuotientAndRemainder(by: 86_400_000_000)
        let (year, month, day) = Self.civil(fromDays: days)
        let (seconds, fraction) = inDay.quotientAndRemainder(dividingBy: 1_000_000)
        var place = 0
        func write(_ value: Int64, _ width: Int, then mark: Unicode.Scalar) {
            var rest = value
            for digit in (place..<(place + width)).reversed() {
                buffer[digit] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            buffer[place + width] = UInt8(ascii: mark)
            place += width + 1
        }
        if year < 0 {
            buffer[0] = UInt8(ascii: "-")
            place = 1
        }
        // 2^63 microseconds end in the year 294,247.
        write(abs(year), year.magnitude < 10_000 ? 4 : 6, then: "-")
        write(month, 2, then: "-")
        write(day, 2, then: "T")
        write(seconds / 3600, 2, then: ":")
        write(seconds / 60 % 60, 2, then: ":")
        write(seconds % 60, 2, then: ".")
        write(fraction, 6, then: "Z")
        return place
    }

    /// Reads RFC 3339 in UTC, with zero to six digits of a second: nil for anything else.
    package init?(_ text: String) {
        var text = text
        guard let moment = text.withUTF8({ Self.moment($0) }) else { return nil }
        self = moment
    }

    private static func moment(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[4] == UInt8(ascii: "-"),
            bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]),
            let day = digits(bytes[8..<10]), let hour = digits(bytes[11..<13]),
            let minute = digits(bytes[14..<16]), let second = digits(bytes[17..<19]),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction: Int64 = 0
        if bytes.count > 20 {
            let part = bytes[20..<(bytes.count - 1)]
            guard bytes[19] == UInt8(ascii: "."), (1...6).contains(part.count),
                let value = digits(part)
            else { return nil }
            fraction = value
            for _ in part.count..<6 { fraction *= 10 }
        }
        let days = days(fromCivil: year, month, day)
        guard civil(fromDays: days) == (year, month, day) else { return nil }
        return Timestamp(
            microseconds: ((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000
                + fraction)
    }

    /// Days since 1970-01-01 of a date in the proleptic Gregorian calendar.
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    private static func days(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.flooredQuotientAndRemainder(by: 400).quotient
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredQuotientAndRemainder(by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not an RFC 3339 time in UTC")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Duration {
    /// Rounded towards zero.
    package var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }

    /// Rounded towards zero.
    package var wholeSeconds: Int64 { components.seconds }
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(
        by divisor: Int64
    ) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private func digits(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
    var value: Int64 = 0
    for byte in bytes {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return value
}
