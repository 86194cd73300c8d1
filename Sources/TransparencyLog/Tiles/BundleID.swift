/// Which entry bundle: the 1 to 256 entries whose hashes are the level-0 tile of the same index and
/// width.
///
/// Source: C2SP tlog-tiles, Log entries.
package struct BundleID: Hashable, Sendable {
    /// Entries of a full bundle.
    package static let fullWidth = TileID.fullWidth

    /// Counted from 0.
    package let index: Int64
    /// Entries: 256 when full, fewer at the right edge.
    package let width: Int

    package init(index: Int64, width: Int = fullWidth) {
        precondition(index >= 0, "a bundle's index is not negative")
        precondition((1...Self.fullWidth).contains(width), "a bundle has 1 to 256 entries")
        self.index = index
        self.width = width
    }

    /// The leaves that lie in it, counted from 0.
    package var leaves: Range<Int64> {
        let start = index * Int64(Self.fullWidth)
        return start..<(start + Int64(width))
    }

    /// Every bundle of a log of `size` entries in order; the last may be partial.
    package static func all(ofTreeOf size: Int64) -> [BundleID] {
        changed(from: 0, to: size)
    }

    /// The bundle of that index as it is in a log of `size` entries.
    package init(index: Int64, inLogOf size: Int64) {
        let there = size - index * Int64(Self.fullWidth)
        self.init(index: index, width: Int(min(Int64(Self.fullWidth), there)))
    }

    /// The bundles of a log of `size` entries that hold the positions of `range`, in order.
    package static func covering(_ range: ClosedRange<Int64>, ofTreeOf size: Int64) -> [BundleID] {
        precondition(1 <= range.lowerBound && range.upperBound <= size, "a range outside the log")
        let width = Int64(fullWidth)
        return ((range.lowerBound - 1) / width...(range.upperBound - 1) / width).map { index in
            BundleID(index: index, inLogOf: size)
        }
    }

    /// The bundles that differ or are new when a log grows from `old` to `size` entries, in order.
    package static func changed(from old: Int64, to size: Int64) -> [BundleID] {
        precondition(0 <= old && old <= size, "a log only grows")
        let span = Int64(fullWidth)
        if old == size { return [] }
        return ((old / span)...((size - 1) / span)).map {
            BundleID(index: $0, width: Int(min(span, size - $0 * span)))
        }
    }
}
