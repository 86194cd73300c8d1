/// Tiles in memory; of each place the widest that was added.
package struct TileSet: TileSource, Sendable {
    private struct Place: Hashable {
        let level: Int
        let index: Int64
    }

    private var tiles: [Place: [TreeHash]] = [:]

    package init(_ tiles: some Sequence<Tile> = []) {
        for tile in tiles { insert(tile) }
    }

    package mutating func insert(_ tile: Tile) {
        let place = Place(level: tile.id.level, index: tile.id.index)
        if let known = tiles[place], known.count >= tile.id.width { return }
        tiles[place] = tile.hashes
    }

    package func hashes(of tile: TileID) throws(TileError) -> [TreeHash] {
        guard let hashes = tiles[Place(level: tile.level, index: tile.index)] else {
            throw .missing(tile)
        }
        return hashes
    }
}
