/// The right edge of a tree (a compact range from its first leaf on): the roots of the perfect
/// subtrees that its size falls into. They are all that appending and the root need, at most 63
/// hashes for any size.
package struct TreeFrontier: Hashable, Sendable {
    /// Leaves.
    package private(set) var size: Int64
    /// One for each bit that is set in `size`, the largest subtree's first.
    package private(set) var peaks: [TreeHash]

    /// The frontier of the empty tree.
    package init() {
        size = 0
        peaks = []
    }

    /// Takes up a frontier that was kept: nil when `peaks` has another count than `size` has bits.
    package init?(size: Int64, peaks: [TreeHash]) {
        guard size >= 0, peaks.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Reads the frontier of the first `size` leaves from tiles: at most one tile per level.
    ///
    /// - Throws: `TileError` when `tiles` can't give a tile that it needs.
    package init(size: Int64, from tiles: some TileSource) throws(TileError) {
        precondition(size >= 0, "a tree has no negative size")
        self.size = size
        peaks = []
        for subtree in Subtree.covering(0..<size) {
            peaks.append(try tiles.hash(of: subtree, inTreeOf: size))
        }
    }

    /// Adds one leaf. Cost: one hash on average, one per bit of the size at most.
    package mutating func append(_ leaf: TreeHash) {
        var top = leaf
        for _ in 0..<(~size).trailingZeroBitCount { top = .node(peaks.removeLast(), top) }
        peaks.append(top)
        size += 1
    }

    /// Cost: one hash per peak.
    package var root: TreeHash { .root(above: peaks) }

    package var head: TreeHead { TreeHead(size: size, root: root) }
}
