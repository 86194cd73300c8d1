/// When something comes again: the part of RFC 5545's RRULE that days are chosen by. The hour is that
/// of the start, so that the parts for hours, minutes and seconds are refused, as are those for the
/// week and the day of a year.
struct RecurrenceRule: Hashable, Sendable {
    enum Frequency: String, Sendable, CaseIterable {
        case daily = "DAILY"
        case weekly = "WEEKLY"
        case monthly = "MONTHLY"
        case yearly = "YEARLY"
    }

    /// Such as `MO`, `2TU` for the second Tuesday, `-1SU` for the last Sunday.
    struct Day: Hashable, Sendable {
        /// nil for all of them.
        let ordinal: Int?
        let weekday: Weekday
    }

    enum End: Hashable, Sendable {
        /// So many from the start on.
        case count(Int)
        /// The last one is on that day at the latest, where the window is.
        case day(CivilDate)
        /// The last one begins then at the latest.
        case moment(seconds: Int)
    }

    let frequency: Frequency
    private(set) var interval = 1
    private(set) var end: End?
    private(set) var days: [Day] = []
    private(set) var monthDays: [Int] = []
    private(set) var months: [Int] = []
    private(set) var positions: [Int] = []
    private(set) var weekStart = Weekday.monday

    /// Reads `FREQ=WEEKLY;BYDAY=TU,TH`, with or without `RRULE:` before it.
    ///
    /// - Throws: What is wrong with it, in words.
    init(_ text: String) throws(RecurrenceFault) {
        guard text.utf8.count <= 500 else { throw RecurrenceFault("it is longer than 500 bytes") }
        let body = text.hasPrefix("RRULE:") ? text.dropFirst(6) : text[...]
        var parts: [String: String] = [:]
        for part in body.split(separator: ";", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, !pair[1].isEmpty else {
                throw RecurrenceFault("'\(printable(String(part)))' is no NAME=VALUE")
            }
            let name = String(pair[0])
            guard parts.updateValue(String(pair[1]), forKey: name) == nil else {
                throw RecurrenceFault("\(printable(name)) is given twice")
            }
        }
        guard let word = parts.removeValue(forKey: "FREQ"),
            let frequency = Frequency(rawValue: word)
        else {
            throw RecurrenceFault(
                "give FREQ, one of \(Frequency.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.frequency = frequency
        for (name, value) in parts.sorted(by: { $0.key < $1.key }) {
            try read(name, value, parts)
        }
        try check()
    }

    private mutating func read(
        _ name: String, _ value: String, _ parts: [String: String]
    ) throws(RecurrenceFault) {
        switch name {
        case "INTERVAL": interval = try Self.number(name, value, 1...1000)
        case "COUNT": end = .count(try Self.number(name, value, 1...10_000))
        case "UNTIL":
            guard parts["COUNT"] == nil else {
                throw RecurrenceFault("give COUNT or UNTIL, not both")
            }
            end = try Self.until(value)
        case "BYDAY":
            for word in value.split(separator: ",", omittingEmptySubsequences: false) {
                days.append(try Self.day(String(word)))
            }
        case "BYMONTHDAY": monthDays = try Self.numbers(name, value, 31, isSigned: true)
        case "BYMONTH": months = try Self.numbers(name, value, 12, isSigned: false)
        case "BYSETPOS": positions = try Self.numbers(name, value, 366, isSigned: true)
        case "WKST":
            guard let weekday = Weekday(rawValue: value) else {
                throw RecurrenceFault("WKST '\(printable(value))' is no day such as MO")
            }
            weekStart = weekday
        case "BYHOUR", "BYMINUTE", "BYSECOND":
            throw RecurrenceFault("\(name) is not read: the start says the time of the day")
        default:
            throw RecurrenceFault("\(printable(name)) is not read")
        }
    }

    private func check() throws(RecurrenceFault) {
        let hasOrdinals = days.contains { $0.ordinal != nil }
        if hasOrdinals, frequency == .daily || frequency == .weekly {
            throw RecurrenceFault("BYDAY has numbers, which need FREQ=MONTHLY or YEARLY")
        }
        if frequency == .weekly, !monthDays.isEmpty {
            throw RecurrenceFault("BYMONTHDAY does not go with FREQ=WEEKLY")
        }
        if frequency == .yearly, !days.isEmpty, months.isEmpty {
            throw RecurrenceFault("with FREQ=YEARLY, BYDAY needs BYMONTH")
        }
        if !positions.isEmpty, days.isEmpty, monthDays.isEmpty {
            throw RecurrenceFault("BYSETPOS needs BYDAY or BYMONTHDAY, among which it chooses")
        }
    }

    // MARK: Words

    private static func number(
        _ name: String, _ text: String, _ range: ClosedRange<Int>
    ) throws(RecurrenceFault) -> Int {
        guard text.utf8.allSatisfy(isDigit), let number = Int(text), range.contains(number) else {
            throw RecurrenceFault(
                "\(name) '\(printable(text))' is not from \(range.lowerBound) to "
                    + "\(range.upperBound)")
        }
        return number
    }

    private static func numbers(
        _ name: String, _ text: String, _ largest: Int, isSigned: Bool
    ) throws(RecurrenceFault) -> [Int] {
        var numbers: Set<Int> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let isNegative = isSigned && word.hasPrefix("-")
            let digits = isNegative || (isSigned && word.hasPrefix("+")) ? word.dropFirst() : word
            let number = try number(name, String(digits), 1...largest)
            numbers.insert(isNegative ? -number : number)
        }
        return numbers.sorted()
    }

    private static func day(_ word: String) throws(RecurrenceFault) -> Day {
        guard let weekday = Weekday(rawValue: String(word.suffix(2))) else {
            throw RecurrenceFault("BYDAY '\(printable(word))' is no day such as TU or 2TU")
        }
        let ordinal = word.dropLast(2)
        if ordinal.isEmpty { return Day(ordinal: nil, weekday: weekday) }
        let numbers = try numbers("BYDAY", String(ordinal), 5, isSigned: true)
        return Day(ordinal: numbers.first, weekday: weekday)
    }

    /// `20261231`, or `20261231T220000Z`.
    private static func until(_ text: String) throws(RecurrenceFault) -> End {
        let wrong = RecurrenceFault(
            "UNTIL '\(printable(text))' is neither a day such as 20261231 nor a moment in UTC such "
                + "as 20261231T220000Z")
        guard text.utf8.count == 8 || text.utf8.count == 16,
            text.prefix(8).utf8.allSatisfy(isDigit), let year = Int(text.prefix(4)),
            let month = Int(text.dropFirst(4).prefix(2)),
            let number = Int(text.dropFirst(6).prefix(2)),
            let date = CivilDate(year: year, month: month, day: number)
        else { throw wrong }
        if text.utf8.count == 8 { return .day(date) }
        let time = text.dropFirst(9).dropLast()
        guard text.dropFirst(8).first == "T", text.last == "Z", time.utf8.allSatisfy(isDigit),
            let hour = Int(time.prefix(2)), let minute = Int(time.dropFirst(2).prefix(2)),
            let second = Int(time.suffix(2)), hour < 24, minute < 60, second < 60
        else { throw wrong }
        return .moment(seconds: date.days * 86_400 + (hour * 60 + minute) * 60 + second)
    }
}

/// Why a rule can't be.
struct RecurrenceFault: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
