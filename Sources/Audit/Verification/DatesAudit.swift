internal import EventSourcing

/// Holds the dates that a bundle is said to have against the times in its entries, and says of what
/// it can't show. Nobody has signed the manifest, so dates and positions in it are a claim.
struct DatesAudit {
    private let dates: RecordedDates
    private let positions: Range<Int64>
    /// The event before the first is there, and isn't of the dates.
    private var isBeginShown = false
    /// The same of the event behind the last.
    private var isEndShown = false

    init(_ dates: RecordedDates, _ positions: Range<Int64>) {
        self.dates = dates
        self.positions = positions
    }

    mutating func read(
        _ event: EntryView, at position: Int64, _ findings: inout AuditFindings
    ) {
        let expected: RecordedDates.Side =
            if position < positions.lowerBound {
                .before
            } else {
                position < positions.upperBound ? .within : .after
            }
        let moment = Timestamp(microseconds: event.recordedAt)
        guard dates.side(of: moment) == expected else {
            let claim =
                switch expected {
                case .before: "before the dates"
                case .within: "within the dates"
                case .after: "after the dates"
                }
            return findings.tampered(
                "the manifest puts the event \(claim) (\(dates)), and it was recorded at \(moment)",
                at: position)
        }
        if position == positions.lowerBound - 1 { isBeginShown = true }
        if position == positions.upperBound { isEndShown = true }
    }

    /// - Parameter size: Of the log at the checkpoint.
    func check(inLogOf size: Int64, _ findings: inout AuditFindings) {
        let (first, last) = (positions.lowerBound, positions.upperBound - 1)
        if dates.from == nil, first != 1 {
            findings.tampered(
                "the manifest has everything from the beginning on, and begins with position "
                    + "\(first)")
        }
        if last > size || (dates.to == nil && last != size) {
            findings.tampered(
                "the manifest has everything up to position \(last), and the checkpoint "
                    + "\(size) entries")
        }
    }

    /// What the bundle shows of its dates, and what it doesn't.
    func notes(inLogOf size: Int64) -> [String] {
        let (first, last) = (positions.lowerBound, positions.upperBound - 1)
        let span = positions.isEmpty ? "no event" : "positions \(first) to \(last)"
        var notes = ["recorded \(dates): \(span)"]
        if first > 1, !isBeginShown {
            notes.append(
                "not shown: that nothing before position \(first) is of those dates; the event "
                    + "before it is not in the bundle")
        }
        if last < size, !isEndShown {
            notes.append(
                "not shown: that nothing behind position \(last) is of those dates; the event "
                    + "behind it is not in the bundle")
        }
        if last >= size, dates.to != nil {
            notes.append(
                "not shown: that nothing behind the checkpoint is of those dates; a later "
                    + "checkpoint can show it")
        }
        return notes
    }
}
