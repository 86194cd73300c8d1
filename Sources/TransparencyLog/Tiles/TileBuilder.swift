/// Grows a tree leaf by leaf and says which tiles have to be written.
///
/// Its state is the partial tile at the right edge of each level, so it starts again from tiles
/// alone; of the full tiles it needs none.
package struct TileBuilder: Sendable {
    /// Leaves so far.
    package private(set) var size: Int64
    /// By level: the hashes of the partial tile at the edge, 0 to 255.
    private var edges: [[TreeHash]]

    /// Begins with the empty tree.
    package init() {
        size = 0
        edges = []
    }

    /// Goes on from a tree of `size` leaves whose partial tiles `tiles` can give.
    ///
    /// - Throws: `TileError` when one of them can't be had. At most one tile per level is read.
    package init(size: Int64, from tiles: some TileSource) throws(TileError) {
        precondition(size >= 0, "a tree has no negative size")
        self.size = size
        edges = []
        var hashes = size
        while hashes > 0 {
            let (full, rest) = hashes.quotientAndRemainder(dividingBy: Int64(TileID.fullWidth))
            if rest > 0 {
                let id = TileID(level: edges.count, index: full, width: Int(rest))
                let found = try tiles.hashes(of: id)
                guard found.count >= id.width else {
                    throw .wrongLength(id, hashes: found.count)
                }
                edges.append(Array(found.prefix(id.width)))
            } else {
                edges.append([])
            }
            hashes = full
        }
    }

    /// Adds `leaves` in order.
    ///
    /// - Returns: The tiles that are new or wider than before, by level and index: the full ones
    ///   that were completed, and the partial ones of the new size that have changed. A partial
    ///   tile that a full one replaces stays as it was written.
    /// Cost: one hash per leaf, and copying the partial tiles.
    package mutating func append(_ leaves: some Sequence<TreeHash>) -> [Tile] {
        var written: [[Tile]] = []
        var grown: [Bool] = []
        for leaf in leaves {
            size += 1
            var hash = leaf
            var level = 0
            while true {
                if level == edges.count { edges.append([]) }
                if level == grown.count {
                    grown.append(true)
                    written.append([])
                }
                edges[level].append(hash)
                guard edges[level].count == TileID.fullWidth else { break }
                let index = (size >> Int64((level + 1) * TileID.height)) - 1
                let tile = Tile(TileID(level: level, index: index), hashes: edges[level])
                written[level].append(tile)
                edges[level].removeAll(keepingCapacity: true)
                hash = .root(ofPerfect: tile.hashes)
                level += 1
            }
        }
        for level in grown.indices where !edges[level].isEmpty {
            written[level].append(partialTile(at: level))
        }
        return written.flatMap { $0 }
    }

    /// The frontier of the tree so far. Cost: a hash for each hash of the partial tiles.
    package var frontier: TreeFrontier {
        var peaks: [TreeHash] = []
        for edge in edges.reversed() {
            for subtree in Subtree.covering(0..<Int64(edge.count)) {
                let start = Int(subtree.index) << subtree.height
                peaks.append(.root(ofPerfect: edge[start..<(start + 1 << subtree.height)]))
            }
        }
        guard let frontier = TreeFrontier(size: size, peaks: peaks) else {
            preconditionFailure("the partial tiles have one peak for each bit of the size")
        }
        return frontier
    }

    package var head: TreeHead { frontier.head }

    /// The partial tiles at the right edge, at most one for each level, from the leaves up.
    package var edgeTiles: [Tile] {
        edges.indices.filter { !edges[$0].isEmpty }.map { partialTile(at: $0) }
    }

    private func partialTile(at level: Int) -> Tile {
        let index = size >> Int64((level + 1) * TileID.height)
        return Tile(
            TileID(level: level, index: index, width: edges[level].count), hashes: edges[level])
    }
}
