/// Proves that a leaf is the one at an index of a tree, to whoever knows the tree's head.
///
/// Source: RFC 6962 §2.1.1.
package struct InclusionProof: Hashable, Sendable {
    /// The leaf's index, counted from 0: the position of its event less one.
    package let index: Int64
    /// Leaves of the tree that the proof is for.
    package let size: Int64
    /// From the leaf's neighbour up to a child of the root.
    package let hashes: [TreeHash]

    package init(index: Int64, size: Int64, hashes: [TreeHash]) {
        self.index = index
        self.size = size
        self.hashes = hashes
    }

    /// Makes the proof for leaf `index` of the first `size` leaves.
    ///
    /// - Parameters:
    ///   - index: From 0 up to below `size`; anything else is a bug of the caller's.
    ///   - tiles: Gives at least the tiles that `tiles(for:inTreeOf:)` names.
    /// - Throws: `TileError` when it doesn't.
    package init(
        of index: Int64, inTreeOf size: Int64, from tiles: some TileSource
    ) throws(TileError) {
        self.index = index
        self.size = size
        hashes = try ProofPath.inclusion(of: index, inTreeOf: size)
            .hashes(from: tiles, inTreeOf: size)
    }

    /// The tiles that the proof is made from: fetch these first.
    package static func tiles(for index: Int64, inTreeOf size: Int64) -> [TileID] {
        ProofPath.inclusion(of: index, inTreeOf: size).tiles(inTreeOf: size)
    }

    /// Whether `leaf` is at this index of the tree whose root is `root`. False as well for a proof
    /// that no tree has: index outside the tree, a hash too many or too few.
    ///
    /// Source: RFC 9162 §2.1.3.2.
    package func proves(_ leaf: TreeHash, under root: TreeHash) -> Bool {
        guard 0 <= index, index < size else { return false }
        var node = index
        var last = size - 1
        var hash = leaf
        for sibling in hashes {
            if last == 0 { return false }
            if node & 1 == 1 || node == last {
                hash = .node(sibling, hash)
                // A node without a right neighbour goes up unchanged until it is a right child.
                while node & 1 == 0 && node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = .node(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }
}
