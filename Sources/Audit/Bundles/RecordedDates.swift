package import EventSourcing
internal import TransparencyLog

/// From one moment to another, half-open, by when the database took an event. A bound that is nil is
/// the log's own beginning or end.
package struct RecordedDates: Equatable, Sendable {
    package static let rule = "the dates end before they begin: the first must be the earlier one"

    package let from: Timestamp?
    package let to: Timestamp?

    /// nil when the end doesn't come after the beginning.
    package init?(from: Timestamp?, to: Timestamp?) {
        if let from, let to, to <= from { return nil }
        self.from = from
        self.to = to
    }

    /// On which side of the dates a moment lies.
    package enum Side: Sendable {
        case before, within, after
    }

    package func side(of moment: Timestamp) -> Side {
        if let from, moment < from { return .before }
        if let to, moment >= to { return .after }
        return .within
    }
}

extension RecordedDates: CustomStringConvertible {
    package var description: String {
        switch (from, to) {
        case (let from?, let to?): "from \(from) to before \(to)"
        case (let from?, nil): "from \(from) on"
        case (nil, let to?): "before \(to)"
        case (nil, nil): "at any time"
        }
    }
}

extension Timestamp {
    /// Reads a time, or a date such as `2026-03-01`, which is its first moment in UTC.
    package init?(timeOrDate text: String) {
        self.init(text.utf8.count == 10 ? text + "T00:00:00Z" : text)
    }
}

extension BundleSource {
    /// The positions of the events that were recorded at those dates, of the first `size` ones.
    ///
    /// The time of recording never goes back along the log, so both ends are looked for by halving.
    /// Cost: an entry bundle for each halving of the log, so twelve and one for a million events.
    package func positions(
        of dates: RecordedDates, inLogOf size: Int64
    ) async throws -> Range<Int64> {
        let first = try await firstPosition(at: dates.from, inLogOf: size) ?? 1
        let end = try await firstPosition(at: dates.to, inLogOf: size) ?? (size + 1)
        return first..<max(first, end)
    }

    /// The position of the first event at `moment` or later; the one behind the log when all came
    /// earlier.
    private func firstPosition(
        at moment: Timestamp?, inLogOf size: Int64
    ) async throws -> Int64? {
        guard let moment else { return nil }
        let span = Int64(BundleID.fullWidth)
        var (low, high) = (Int64(0), (size + span - 1) / span)
        while low < high {
            let middle = (low + high) / 2
            let id = BundleID(index: middle, inLogOf: size)
            let times = try await recordedTimes(id)
            switch times.firstIndex(where: { $0 >= moment }) {
            case 0: high = middle
            case let first?: return id.leaves.lowerBound + Int64(first) + 1
            case nil: low = middle + 1
            }
        }
        return min(low * span, size) + 1
    }

    private func recordedTimes(_ id: BundleID) async throws -> [Timestamp] {
        let bundle = try EntryBundle(id, bytes: try await entries(id))
        var scanner = EntryScanner()
        var times: [Timestamp] = []
        for (place, entry) in bundle.entries.enumerated() {
            do {
                let microseconds = try entry.bytes.withUnsafeBufferPointer {
                    try scanner.read($0).recordedAt
                }
                times.append(Timestamp(microseconds: microseconds))
            } catch {
                throw BundleExportError.badEntry(
                    position: id.leaves.lowerBound + Int64(place) + 1)
            }
        }
        return times
    }
}
