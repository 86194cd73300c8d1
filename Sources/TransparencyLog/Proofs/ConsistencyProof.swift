/// Proves that a tree of `oldSize` leaves is the beginning of one of `newSize`, to whoever knows
/// both heads: nothing of it was changed, removed or moved.
///
/// Source: RFC 6962 §2.1.2.
package struct ConsistencyProof: Hashable, Sendable {
    /// Leaves of the tree that came first.
    package let oldSize: Int64
    /// Leaves of the tree that it has become.
    package let newSize: Int64
    /// In the order of the RFC; none when the old tree is empty or the same size as the new.
    package let hashes: [TreeHash]

    package init(oldSize: Int64, newSize: Int64, hashes: [TreeHash]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.hashes = hashes
    }

    /// Makes the proof that the first `old` leaves are the beginning of the first `size`.
    ///
    /// - Parameters:
    ///   - old: From 0 up to `size`; anything else is a bug of the caller's.
    ///   - tiles: Gives at least the tiles that `tiles(from:to:)` names.
    /// - Throws: `TileError` when it doesn't.
    package init(
        from old: Int64, to size: Int64, from tiles: some TileSource
    ) throws(TileError) {
        oldSize = old
        newSize = size
        hashes = try ProofPath.consistency(from: old, to: size).hashes(from: tiles, inTreeOf: size)
    }

    /// The tiles that the proof is made from: fetch these first.
    package static func tiles(from old: Int64, to size: Int64) -> [TileID] {
        ProofPath.consistency(from: old, to: size).tiles(inTreeOf: size)
    }

    /// Whether the tree with `oldRoot` is the beginning of the one with `newRoot`. False as well
    /// for a proof that no two trees have: sizes in the wrong order, a hash too many or too few.
    /// Of the empty tree only its own root is believed.
    ///
    /// Source: RFC 9162 §2.1.4.2.
    package func proves(_ oldRoot: TreeHash, growsInto newRoot: TreeHash) -> Bool {
        guard 0 <= oldSize, oldSize <= newSize else { return false }
        if oldSize == newSize {
            return hashes.isEmpty && oldRoot == newRoot && (oldSize > 0 || oldRoot == .empty)
        }
        if oldSize == 0 { return hashes.isEmpty && oldRoot == .empty }
        var path = hashes[...]
        // An old tree that is perfect is a node of the new one, and left out of the proof.
        guard let first = oldSize.nonzeroBitCount == 1 ? oldRoot : path.popFirst() else {
            return false
        }
        var node = oldSize - 1
        var last = newSize - 1
        while node & 1 == 1 {
            node >>= 1
            last >>= 1
        }
        var (old, new) = (first, first)
        for hash in path {
            if last == 0 { return false }
            if node & 1 == 1 || node == last {
                old = .node(hash, old)
                new = .node(hash, new)
                while node & 1 == 0 && node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                new = .node(new, hash)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}
