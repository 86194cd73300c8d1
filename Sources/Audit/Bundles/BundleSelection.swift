package import EventSourcing

/// Which events a bundle holds.
package enum BundleSelection: Equatable, Sendable {
    /// All up to the checkpoint: only such a bundle can show that nothing was left out, and that
    /// the rules held everywhere.
    case whole
    /// Those from one position to another.
    case range(ClosedRange<Int64>)
    /// Those that were recorded at some time, with the positions that they came to; there may be
    /// none.
    case dates(RecordedDates, positions: Range<Int64>)
    /// Those of some streams.
    case streams([StreamID])
    /// Those from one position to another in whole entry bundles, as the log itself serves them, and
    /// so with some neighbours at both ends: what takes the place of events that leave the database.
    case archive(ClosedRange<Int64>)
}

extension BundleSelection: Codable {
    private enum Kind: String, Codable {
        case whole, range, dates, streams, archive
    }

    private enum CodingKeys: String, CodingKey {
        case kind, first, last, streams, from, to
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .kind) {
        case .whole: self = .whole
        case .range: self = .range(try Self.range(in: container))
        case .archive: self = .archive(try Self.range(in: container))
        case .dates:
            let first = try container.decode(Int64.self, forKey: .first)
            let last = try container.decode(Int64.self, forKey: .last)
            // Without an event the last one is that before the first.
            guard 1 <= first, first - 1 <= last, last < .max else {
                throw DecodingError.dataCorruptedError(
                    forKey: .first, in: container,
                    debugDescription: "\(first) to \(last) is no range of positions")
            }
            let dates = RecordedDates(
                from: try container.decodeIfPresent(Timestamp.self, forKey: .from),
                to: try container.decodeIfPresent(Timestamp.self, forKey: .to))
            guard let dates else {
                throw DecodingError.dataCorruptedError(
                    forKey: .from, in: container, debugDescription: RecordedDates.rule)
            }
            self = .dates(dates, positions: first..<(last + 1))
        case .streams: self = .streams(try container.decode([StreamID].self, forKey: .streams))
        }
    }

    private static func range(
        in container: KeyedDecodingContainer<CodingKeys>
    ) throws -> ClosedRange<Int64> {
        let first = try container.decode(Int64.self, forKey: .first)
        let last = try container.decode(Int64.self, forKey: .last)
        guard 1 <= first, first <= last else {
            throw DecodingError.dataCorruptedError(
                forKey: .first, in: container,
                debugDescription: "\(first) to \(last) is no range of positions")
        }
        return first...last
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .whole: try container.encode(kind, forKey: .kind)
        case .range(let range), .archive(let range):
            try container.encode(kind, forKey: .kind)
            try container.encode(range.lowerBound, forKey: .first)
            try container.encode(range.upperBound, forKey: .last)
        case .dates(let dates, let positions):
            try container.encode(kind, forKey: .kind)
            try container.encodeIfPresent(dates.from, forKey: .from)
            try container.encodeIfPresent(dates.to, forKey: .to)
            try container.encode(positions.lowerBound, forKey: .first)
            try container.encode(positions.upperBound - 1, forKey: .last)
        case .streams(let streams):
            try container.encode(kind, forKey: .kind)
            try container.encode(streams, forKey: .streams)
        }
    }

    private var kind: Kind {
        switch self {
        case .whole: .whole
        case .range: .range
        case .dates: .dates
        case .streams: .streams
        case .archive: .archive
        }
    }
}
