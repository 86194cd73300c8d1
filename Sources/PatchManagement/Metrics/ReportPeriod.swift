package import EventSourcing

/// What a report is about: everything up to a moment, or what was between two; both ends belong
/// to it.
package struct ReportPeriod: Sendable, Equatable {
    /// nil for the beginning of the log.
    package let from: Timestamp?
    /// The moment that the report speaks of: what was decided after it is not known yet.
    package let to: Timestamp

    package init(from: Timestamp? = nil, to: Timestamp) {
        self.from = from
        self.to = to
    }

    package func contains(_ moment: Timestamp) -> Bool {
        moment <= to && from.map { $0 <= moment } ?? true
    }

    /// Seconds from `start` to `end` that lie in the period; 0 when none do.
    ///
    /// - Parameter end: nil for what goes on.
    package func seconds(from start: Timestamp, to end: Timestamp?) -> Int64 {
        let first = from.map { max($0, start) } ?? start
        return first.seconds(to: min(end ?? to, to))
    }
}

extension Timestamp {
    /// Whole seconds; 0 for a moment that lies before.
    func seconds(to end: Timestamp) -> Int64 {
        max(0, (end.microseconds - microseconds) / 1_000_000)
    }
}
