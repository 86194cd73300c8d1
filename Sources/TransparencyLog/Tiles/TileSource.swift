/// Where tiles are read from, synchronously: a folder, an archive, or a `TileSet`.
///
/// Who stores tiles behind an asynchronous client asks the proof first which tiles it needs
/// (`InclusionProof.tiles`, `ConsistencyProof.tiles`), fetches those, and hands them over as a
/// `TileSet`. So nothing here waits.
package protocol TileSource {
    /// The hashes of `tile`, from left to right: `tile.width` or more, since a wider one begins
    /// with the same hashes.
    ///
    /// - Throws: `TileError` when there is no such tile or it can't be read.
    func hashes(of tile: TileID) throws(TileError) -> [TreeHash]
}

extension TileSource {
    /// The root of `subtree`, from the one tile that holds its foot. Cost: 127 hashes at most.
    func hash(of subtree: Subtree, inTreeOf size: Int64) throws(TileError) -> TreeHash {
        let (id, places) = TileID.holding(subtree, inTreeOf: size)
        let hashes = try hashes(of: id)
        guard hashes.count >= id.width else { throw .wrongLength(id, hashes: hashes.count) }
        return .root(ofPerfect: hashes[places])
    }

    /// The hash above `leaves` as RFC 6962 defines it, `MTH(D[leaves])`.
    func hash(of leaves: Range<Int64>, inTreeOf size: Int64) throws(TileError) -> TreeHash {
        var peaks: [TreeHash] = []
        for subtree in Subtree.covering(leaves) {
            peaks.append(try hash(of: subtree, inTreeOf: size))
        }
        return .root(above: peaks)
    }

    /// The root of the first `size` leaves. Cost: at most one tile per level.
    ///
    /// - Throws: `TileError` when a tile that it needs can't be had.
    package func root(ofTreeOf size: Int64) throws(TileError) -> TreeHash {
        try hash(of: 0..<size, inTreeOf: size)
    }
}
