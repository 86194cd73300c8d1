/// Which nodes of a tree a proof consists of, each named by the leaves below it, in the order in
/// which they stand in the proof.
struct ProofPath: Hashable, Sendable {
    let nodes: [Range<Int64>]

    /// The nodes beside the way from leaf `index` to the root of `size` leaves, from the leaf up.
    ///
    /// Source: RFC 6962 §2.1.1, PATH.
    static func inclusion(of index: Int64, inTreeOf size: Int64) -> ProofPath {
        precondition(0 <= index && index < size, "the leaf lies outside the tree")
        var nodes: [Range<Int64>] = []
        var tree = 0..<size
        while tree.upperBound - tree.lowerBound > 1 {
            let middle = split(tree)
            if index < middle {
                nodes.append(middle..<tree.upperBound)
                tree = tree.lowerBound..<middle
            } else {
                nodes.append(tree.lowerBound..<middle)
                tree = middle..<tree.upperBound
            }
        }
        return ProofPath(nodes: nodes.reversed())
    }

    /// The nodes from which the roots of both `old` and `size` leaves can be made; none when `old`
    /// is 0 or the same as `size`.
    ///
    /// Source: RFC 6962 §2.1.2, PROOF.
    static func consistency(from old: Int64, to size: Int64) -> ProofPath {
        precondition(0 <= old && old <= size, "a tree only grows")
        if old == 0 || old == size { return ProofPath(nodes: []) }
        var nodes: [Range<Int64>] = []
        var tree = 0..<size
        while tree.upperBound != old {
            let middle = split(tree)
            if old <= middle {
                nodes.append(middle..<tree.upperBound)
                tree = tree.lowerBound..<middle
            } else {
                nodes.append(tree.lowerBound..<middle)
                tree = middle..<tree.upperBound
            }
        }
        // The old root itself is known to whoever verifies; another old subtree is not.
        if tree.lowerBound > 0 { nodes.append(tree) }
        return ProofPath(nodes: nodes.reversed())
    }

    /// The tiles from which the nodes' hashes are made, each once, in no order that matters.
    func tiles(inTreeOf size: Int64) -> [TileID] {
        var tiles: [TileID] = []
        for node in nodes {
            for subtree in Subtree.covering(node) {
                let (tile, _) = TileID.holding(subtree, inTreeOf: size)
                if !tiles.contains(tile) { tiles.append(tile) }
            }
        }
        return tiles
    }

    func hashes(from tiles: some TileSource, inTreeOf size: Int64) throws(TileError) -> [TreeHash] {
        var hashes: [TreeHash] = []
        for node in nodes { hashes.append(try tiles.hash(of: node, inTreeOf: size)) }
        return hashes
    }

    /// Where RFC 6962 divides the leaves of a node: after the largest power of two below their
    /// count.
    private static func split(_ leaves: Range<Int64>) -> Int64 {
        let last = leaves.upperBound - leaves.lowerBound - 1
        return leaves.lowerBound + 1 << Int64(Int64.bitWidth - 1 - last.leadingZeroBitCount)
    }
}
