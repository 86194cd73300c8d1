/// A day of the Gregorian calendar, wherever one is. Source: the days of Howard Hinnant's
/// "chrono-Compatible Low-Level Date Algorithms", which need no calendar of the system.
struct CivilDate: Hashable, Comparable, Sendable {
    /// Since 1970-01-01.
    let days: Int

    /// No window is planned for later years.
    static let years = 1970...2200

    init(days: Int) { self.days = days }

    /// - Returns: nil for a day that there isn't.
    init?(year: Int, month: Int, day: Int) {
        guard Self.years.contains(year), (1...12).contains(month),
            (1...Self.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        self.init(unchecked: year, month, day)
    }

    private init(unchecked year: Int, _ month: Int, _ day: Int) {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        days = era * 146_097 + dayOfEra - 719_468
    }

    /// The first day of a month that is counted from the one of `year` and `month`.
    static func first(year: Int, month: Int, plusMonths months: Int = 0) -> CivilDate {
        let all = year * 12 + month - 1 + months
        return CivilDate(unchecked: all / 12, all % 12 + 1, 1)
    }

    var parts: (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// 1970 began on a Thursday.
    var weekday: Weekday { Weekday.allCases[((days + 3) % 7 + 7) % 7] }

    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    static func < (left: CivilDate, right: CivilDate) -> Bool { left.days < right.days }

    static func + (date: CivilDate, days: Int) -> CivilDate { CivilDate(days: date.days + days) }
}

/// In the words of RFC 5545, from Monday on.
enum Weekday: String, Sendable, CaseIterable {
    case monday = "MO"
    case tuesday = "TU"
    case wednesday = "WE"
    case thursday = "TH"
    case friday = "FR"
    case saturday = "SA"
    case sunday = "SU"

    /// 0 for Monday.
    var number: Int { Weekday.allCases.firstIndex(of: self) ?? 0 }
}

/// A day and a time as a clock on the wall shows them, to the second.
struct CivilTime: Hashable, Comparable, Sendable {
    let date: CivilDate
    /// Since midnight by the clock on the wall.
    let second: Int

    /// Reads `2026-01-06T22:00` or `2026-01-06T22:00:00`: nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 19 else { return nil }
        let day = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        let time = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        guard day.map(\.utf8.count) == [4, 2, 2], (2...3).contains(time.count),
            time.allSatisfy({ $0.utf8.count == 2 }),
            (day + time).allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
            let year = Int(day[0]), let month = Int(day[1]), let number = Int(day[2]),
            let date = CivilDate(year: year, month: month, day: number),
            let hour = Int(time[0]), let minute = Int(time[1]), hour < 24, minute < 60
        else { return nil }
        let second = time.count == 3 ? Int(time[2]) ?? 60 : 0
        guard second < 60 else { return nil }
        self.date = date
        self.second = (hour * 60 + minute) * 60 + second
    }

    init(date: CivilDate, second: Int) {
        self.date = date
        self.second = second
    }

    /// Since 1970-01-01T00:00, as if there were no time zones.
    var seconds: Int { date.days * 86_400 + second }

    init(seconds: Int) {
        let days = Int((Double(seconds) / 86_400).rounded(.down))
        self.init(date: CivilDate(days: days), second: seconds - days * 86_400)
    }

    static func < (left: CivilTime, right: CivilTime) -> Bool { left.seconds < right.seconds }
}

extension CivilTime: CustomStringConvertible {
    /// Such as `2026-01-06T22:00`, with seconds where there are any.
    var description: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (year, month, day) = date.parts
        let rest = second % 60 == 0 ? "" : ":\(two(second % 60))"
        let time = "\(two(second / 3600)):\(two(second / 60 % 60))\(rest)"
        return "\(year)-\(two(month))-\(two(day))T\(time)"
    }
}
