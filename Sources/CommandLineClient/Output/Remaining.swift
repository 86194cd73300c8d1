import FoundationEssentials

/// How long until a moment, as lists show it.
enum Remaining {
    /// `12d`, `5h`, `3m`, or `over`; `-` where one of the two is no time of the API.
    ///
    /// - Parameter now: nil where nobody can tell, as at a position of the log.
    static func text(until moment: String, now: Date?) -> String {
        guard let now, let end = Moment.date(moment) else { return "-" }
        let seconds = Int(end.timeIntervalSince(now).rounded(.down))
        if seconds <= 0 { return "over" }
        for (size, unit) in [(86_400, "d"), (3600, "h"), (60, "m")] where seconds >= size {
            return "\(seconds / size)\(unit)"
        }
        return "\(seconds)s"
    }

    /// The moment that a list shows: now, or the time of `--as-of`, of a day its end; nil for a position.
    static func now(asOf: String?) -> Date? {
        guard let asOf else { return Date() }
        return Moment.date(asOf) ?? Moment.date(asOf.replacing("Z", with: ".000000Z"))
            ?? Moment.date(asOf + "T23:59:59.999999Z")
    }
}
