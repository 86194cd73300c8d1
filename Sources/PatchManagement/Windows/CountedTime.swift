package import EventSourcing

/// How long a freeze has kept assets of a rollout waiting, or will.
package struct FrozenTime: Codable, Sendable, Equatable {
    /// The id of the freeze, or that of a policy with the name of one of its freezes.
    package let freeze: String
    /// When the first asset was told to wait.
    package let from: Timestamp
    /// The first moment after it.
    package let to: Timestamp

    package init(freeze: String, from: Timestamp, to: Timestamp) {
        self.freeze = freeze
        self.from = from
        self.to = to
    }

    /// Whether it ends when `other` does: who was told of it first makes no difference.
    func isSame(as other: Self) -> Bool { freeze == other.freeze && to == other.to }

    /// Where nobody knows the end.
    static let unknownEnd = Timestamp(microseconds: 1 << 53)
}

/// The time that counts toward a deadline: that of open windows, without freezes.
struct CountedTime {
    private typealias Span = (from: Timestamp, to: Timestamp)

    private static let never = Timestamp(microseconds: 1 << 60)

    /// Disjoint, by their start; the last one has no end.
    private let spans: [Span]

    /// - Parameter calendar: nil where windows hold nobody back. After its last opening it counts as
    ///   open: a deadline has to come.
    init(_ calendar: PlannedCalendar? = nil, without frozen: [FrozenTime]) {
        var spans: [Span] = [(Timestamp(microseconds: 0), Self.never)]
        if let calendar {
            spans = calendar.startTimes
            let last = spans.last?.to ?? Timestamp(microseconds: 0)
            spans.append((last, Self.never))
        }
        for time in frozen where time.from < time.to {
            spans = spans.flatMap { span -> [Span] in
                guard time.from < span.to, span.from < time.to else { return [span] }
                let pieces: [Span] = [(span.from, time.from), (time.to, span.to)]
                return pieces.filter { $0.from < $0.to }
            }
        }
        self.spans = spans
    }

    func amount(from: Timestamp, to: Timestamp) -> Duration {
        spans.reduce(.zero) { sum, span in
            let (begin, end) = (max(from, span.from), min(to, span.to))
            return begin < end ? sum + (end - begin) : sum
        }
    }

    /// When so much of it will have gone by since `moment`.
    func moment(after amount: Duration, since moment: Timestamp) -> Timestamp {
        var left = amount
        for span in spans where moment < span.to {
            let begin = max(moment, span.from)
            if span.to - begin >= left { return begin + left }
            left -= span.to - begin
        }
        return moment + left
    }
}
