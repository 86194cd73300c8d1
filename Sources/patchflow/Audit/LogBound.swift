internal import ArgumentParser
internal import Audit
internal import CommandLineClient
internal import EventSourcing

/// Where a part of the log begins or ends, as people write it.
enum LogBound: ExpressibleByArgument, Equatable, CustomStringConvertible {
    case position(Int64)
    case moment(Timestamp)

    init?(argument: String) {
        if let position = Int64(argument) {
            self = .position(position)
        } else if let moment = Timestamp(timeOrDate: argument) {
            self = .moment(moment)
        } else {
            return nil
        }
    }

    var description: String {
        switch self {
        case .position(let position): "\(position)"
        case .moment(let moment): "\(moment)"
        }
    }
}

/// A part of the log from one bound to another.
enum LogRange: Equatable {
    case positions(ClosedRange<Int64>)
    case dates(RecordedDates)

    /// - Parameter size: Of the log.
    /// - Throws: A usage failure when the bounds are of two kinds, or in the wrong order.
    init(from: LogBound?, to: LogBound?, size: Int64) throws {
        if Self.isOfDates(from, to) {
            self = .dates(try Self.dates(from, to))
            return
        }
        var (first, last) = (Int64(1), size)
        if case .position(let position) = from { first = position }
        if case .position(let position) = to { last = position }
        guard 1 <= first, first <= last else {
            throw ClientFailure.usage(
                "--from \(first) --to \(last) is no range: the first position is 1")
        }
        self = .positions(first...last)
    }

    static func isOfDates(_ from: LogBound?, _ to: LogBound?) -> Bool {
        [from, to].contains { if case .moment = $0 { true } else { false } }
    }

    private static func dates(_ from: LogBound?, _ to: LogBound?) throws -> RecordedDates {
        var moments: [Timestamp?] = []
        for bound in [from, to] {
            switch bound {
            case .moment(let moment): moments.append(moment)
            case nil: moments.append(nil)
            case .position(let position):
                throw ClientFailure.usage(
                    "a position, \(position), and a time don't make a range: give --from and --to "
                        + "of one kind")
            }
        }
        guard let dates = RecordedDates(from: moments[0], to: moments[1]) else {
            throw ClientFailure.usage(
                "--from \(moments[0]?.description ?? "") --to \(moments[1]?.description ?? "") is "
                    + "no range: --to is not of it, and must be later")
        }
        return dates
    }
}
