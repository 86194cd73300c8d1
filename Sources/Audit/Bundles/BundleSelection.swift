package import EventSourcing

/// Which events a bundle holds.
package enum BundleSelection: Equatable, Sendable {
    /// All up to the checkpoint: only such a bundle can show that nothing was left out, and that
    /// the rules held everywhere.
    case whole
    /// Those from one position to another.
    case range(ClosedRange<Int64>)
    /// Those of some streams.
    case streams([StreamID])
}

extension BundleSelection: Codable {
    private enum Kind: String, Codable {
        case whole, range, streams
    }

    private enum CodingKeys: String, CodingKey {
        case kind, first, last, streams
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .kind) {
        case .whole: self = .whole
        case .range:
            let first = try container.decode(Int64.self, forKey: .first)
            let last = try container.decode(Int64.self, forKey: .last)
            guard 1 <= first, first <= last else {
                throw DecodingError.dataCorruptedError(
                    forKey: .first, in: container,
                    debugDescription: "\(first) to \(last) is no range of positions")
            }
            self = .range(first...last)
        case .streams: self = .streams(try container.decode([StreamID].self, forKey: .streams))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .whole: try container.encode(Kind.whole, forKey: .kind)
        case .range(let range):
            try container.encode(Kind.range, forKey: .kind)
            try container.encode(range.lowerBound, forKey: .first)
            try container.encode(range.upperBound, forKey: .last)
        case .streams(let streams):
            try container.encode(Kind.streams, forKey: .kind)
            try container.encode(streams, forKey: .streams)
        }
    }
}
