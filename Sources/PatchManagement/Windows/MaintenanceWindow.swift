package import EventSourcing
private import FoundationEssentials
private import FoundationInternationalization
internal import JSON

/// When assets may be touched: a time of the day where they are, on the days that a rule chooses.
package struct MaintenanceWindow: Sendable, Equatable {
    package let name: String
    /// The first time that it may begin, by the clock on the wall.
    let start: CivilTime
    /// Of the zone database, such as `Europe/Berlin`.
    package let timeZone: String
    let rule: RecurrenceRule
    package let durationSeconds: Int
    /// Before its end, in which nothing starts any more; what runs may finish.
    package let cutoffSeconds: Int
    private let zone: ZoneClock

    package static let mostSeconds = 7 * 86_400

    /// Reads `{"name", "start", "time_zone", "rule", "duration_seconds", "cutoff_seconds"}`.
    ///
    /// - Throws: What is wrong with it, in words.
    init(_ json: JSONValue) throws(RecurrenceFault) {
        let members = try WindowMembers(
            json, ["name", "start", "time_zone", "rule", "duration_seconds", "cutoff_seconds"])
        name = try members.name()
        let start = try members.text("start")
        guard let time = CivilTime(start) else {
            throw RecurrenceFault(
                "start '\(printable(start))' is no local time such as 2026-01-06T22:00")
        }
        self.start = time
        timeZone = try members.text("time_zone")
        guard let zone = ZoneClock(timeZone) else {
            throw RecurrenceFault(
                "time_zone '\(printable(timeZone))' is no zone such as Europe/Berlin or UTC")
        }
        self.zone = zone
        rule = try RecurrenceRule(try members.text("rule"))
        durationSeconds = try members.number("duration_seconds", 60...Self.mostSeconds)
        cutoffSeconds =
            try members.has("cutoff_seconds")
            ? members.number("cutoff_seconds", 0...durationSeconds - 1) : 0
        guard next(endingAfter: nil, limit: 1).first != nil else {
            throw RecurrenceFault("its rule chooses no day at all")
        }
    }

    /// The next occurrences, in order; fewer where the rule ends.
    ///
    /// - Parameter moment: The first one ends after it; nil for the first of all.
    func next(endingAfter moment: Timestamp?, limit: Int) -> [WindowOccurrence] {
        var found: [WindowOccurrence] = []
        var count = 0
        var before: Timestamp?
        let first = period(before: moment)
        // What is counted is counted from the start on.
        let isCounted = if case .count = rule.end { true } else { false }
        let last = min(
            first + RecurrenceRule.mostPeriods,
            rule.period(of: .first(year: CivilDate.years.upperBound, month: 12), from: start.date))
        guard first <= last else { return [] }
        for period in (isCounted ? 0 : first)...last {
            for date in rule.dates(ofPeriod: period, from: start.date) {
                let occurrence = occurrence(on: date)
                // Where a whole day was left out, two starts are one.
                if occurrence.start == before { continue }
                before = occurrence.start
                count += 1
                if isOver(occurrence, date, count) { return found }
                guard moment.map({ occurrence.end > $0 }) ?? true else { continue }
                found.append(occurrence)
                if found.count == limit { return found }
            }
        }
        return found
    }

    /// One whose occurrences have all ended by then.
    private func period(before moment: Timestamp?) -> Int {
        guard let moment else { return 0 }
        let earliest = moment.microseconds / 1_000_000 - Int64(durationSeconds) - 2 * 86_400
        let date = CivilTime(seconds: Int(earliest)).date
        return max(0, rule.period(of: date, from: start.date) - 1)
    }

    private func isOver(_ occurrence: WindowOccurrence, _ date: CivilDate, _ count: Int) -> Bool {
        switch rule.end {
        case nil: false
        case .count(let most): count > most
        case .day(let last): date > last
        case .moment(let seconds): occurrence.start > Timestamp(seconds: Int64(seconds))
        }
    }

    private func occurrence(on date: CivilDate) -> WindowOccurrence {
        let local = CivilTime(date: date, second: start.second)
        let begin = zone.moment(of: local)
        let end = begin + .seconds(durationSeconds)
        return WindowOccurrence(
            window: name, start: begin, lastStart: end + .seconds(-cutoffSeconds), end: end,
            localStart: zone.local(begin).description, localEnd: zone.local(end).description,
            timeZone: timeZone)
    }
}

/// One time that a window is open: from `start` on, before `end`.
package struct WindowOccurrence: Sendable, Equatable {
    package let window: String
    package let start: Timestamp
    /// Nothing starts at it or later.
    package let lastStart: Timestamp
    package let end: Timestamp
    /// By the clock on the wall, such as `2026-01-06T22:00`.
    package let localStart: String
    package let localEnd: String
    package let timeZone: String
}

/// A time in which assets must not be touched, whatever windows say.
package struct ChangeFreeze: Sendable, Equatable {
    package let name: String
    package let from: Timestamp
    /// The first moment after it.
    package let to: Timestamp
    package let reason: String?

    /// Reads `{"name", "from", "to", "reason"}`.
    ///
    /// - Throws: What is wrong with it, in words.
    init(_ json: JSONValue) throws(RecurrenceFault) {
        let members = try WindowMembers(json, ["name", "from", "to", "reason"])
        name = try members.name()
        from = try members.moment("from")
        to = try members.moment("to")
        reason = try members.has("reason") ? members.text("reason", longest: 300) : nil
        guard from < to, to <= from + .seconds(366 * 86_400) else {
            throw RecurrenceFault("from '\(from)' to '\(to)' is not up to 366 days forward")
        }
    }

    package func holds(at moment: Timestamp) -> Bool { from <= moment && moment < to }
}

/// What a window or a freeze is written as.
struct WindowMembers {
    private let members: [String: JSONValue]

    init(_ json: JSONValue, _ known: [String]) throws(RecurrenceFault) {
        guard case .object(let members) = json else {
            throw RecurrenceFault("'\(printable(shown(json)))' is no object")
        }
        if let other = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw RecurrenceFault(
                "it has no '\(printable(other))'; it has \(known.joined(separator: ", "))")
        }
        self.members = members
    }

    func has(_ member: String) -> Bool { members[member] != nil && members[member] != .null }

    func text(_ member: String, longest: Int = 500) throws(RecurrenceFault) -> String {
        guard let text = members[member]?.string,
            FieldFault.inText(member, text, longest: longest) == nil
        else { throw RecurrenceFault("give \(member) as a text of 1 to \(longest) bytes") }
        return text
    }

    func name() throws(RecurrenceFault) -> String { try text("name", longest: 100) }

    func number(
        _ member: String, _ range: ClosedRange<Int>
    ) throws(RecurrenceFault) -> Int {
        guard let number = members[member]?.integer.flatMap({ Int(exactly: $0) }),
            range.contains(number)
        else {
            throw RecurrenceFault(
                "give \(member) as a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func moment(_ member: String) throws(RecurrenceFault) -> Timestamp {
        guard let text = members[member]?.string, let moment = Timestamp(text) else {
            throw RecurrenceFault("give \(member) as a moment such as 2026-12-20T00:00:00Z")
        }
        return moment
    }
}

/// The clock on the wall in one zone.
struct ZoneClock: Sendable, Equatable {
    private let zone: TimeZone

    /// - Returns: nil for what is no name of the zone database: abbreviations mean different things to
    ///   different people.
    init?(_ name: String) {
        guard name == "UTC" || name.contains("/"), name.utf8.count <= 64,
            let zone = TimeZone(identifier: name)
        else { return nil }
        self.zone = zone
    }

    /// A local time that occurs twice is the first of both; one that doesn't exist moves forward by as
    /// much as the clocks do. Source: RFC 5545 §3.3.5.
    func moment(of local: CivilTime) -> Timestamp {
        let seconds = local.seconds
        // Transitions of a zone lie further apart, and none moves clocks by more than a day.
        let before = offset(at: seconds - Self.reach)
        let after = offset(at: seconds + Self.reach)
        let candidates = [seconds - before, seconds - after].filter { utc in
            offset(at: utc) == seconds - utc
        }
        return Timestamp(seconds: Int64(candidates.min() ?? seconds - before))
    }

    func local(_ moment: Timestamp) -> CivilTime {
        let seconds = Int((Double(moment.microseconds) / 1_000_000).rounded(.down))
        return CivilTime(seconds: seconds + offset(at: seconds))
    }

    private static let reach = 26 * 3600

    private func offset(at seconds: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }
}
