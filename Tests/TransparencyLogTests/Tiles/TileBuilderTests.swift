import Support
import Testing
import TransparencyLog

@Suite("Growing a tree in tiles: C2SP tlog-tiles")
struct TileBuilderTests {
    @Test("A tree of 70,000 leaves writes the tiles that the specification counts")
    func specification() {
        var builder = TileBuilder()
        let leaf = ReferenceTree.leaf(0)
        let tiles = builder.append(repeatElement(leaf, count: 70_000))
        #expect(tiles.map(\.id) == TileID.all(ofTreeOf: 70_000))
        #expect(tiles.allSatisfy { $0.bytes.count == 32 * $0.id.width })
        #expect(builder.size == 70_000)
    }

    @Test("A tree of 256 leaves has its root in a tile of width 1")
    func fullTile() {
        var builder = TileBuilder()
        let tiles = builder.append(ReferenceTree.leaves[..<256])
        #expect(tiles.map(\.id) == TileID.all(ofTreeOf: 256))
        #expect(tiles[0].hashes == Array(ReferenceTree.leaves[..<256]))
        #expect(tiles[1].hashes == [ReferenceTree().root(0..<256)])
        #expect(builder.head == TreeHead(size: 256, root: ReferenceTree().root(0..<256)))
    }

    @Test("Nothing new writes nothing")
    func nothing() {
        var builder = TileBuilder()
        #expect(builder.append([]).isEmpty)
        #expect(builder.head == .empty)
        _ = builder.append(ReferenceTree.leaves[..<3])
        #expect(builder.append([]).isEmpty)
    }

    @Test("Only what has changed is written: one more leaf, one tile")
    func oneMore() {
        var builder = TileBuilder()
        _ = builder.append(ReferenceTree.leaves[..<300])
        let tiles = builder.append([ReferenceTree.leaves[300]])
        #expect(tiles.map(\.id) == [TileID(level: 0, index: 1, width: 45)])
        let filling = builder.append(ReferenceTree.leaves[301..<513])
        #expect(
            filling.map(\.id) == [
                TileID(level: 0, index: 1), TileID(level: 0, index: 2, width: 1),
                TileID(level: 1, index: 0, width: 2),
            ])
    }

    @Test("However the leaves are divided into batches, tiles and root are the same")
    func batches() throws {
        let reference = ReferenceTree()
        for seed in UInt64(1)...30 {
            var random = SeededRandom(seed: seed)
            var builder = TileBuilder()
            var kept = TileSet()
            var size = 0
            while size < ReferenceTree.leaves.count {
                let end = min(
                    size + Int.random(in: 0...400, using: &random), ReferenceTree.leaves.count)
                let tiles = builder.append(ReferenceTree.leaves[size..<end])
                size = end
                for tile in tiles { kept.insert(tile) }
                #expect(builder.head == TreeHead(size: Int64(size), root: reference.root(0..<size)))
                // As after a restart: the tiles are all that is left.
                if Bool.random(using: &random) {
                    builder = try TileBuilder(size: Int64(size), from: kept)
                }
            }
            let whole = tiles(ofReferenceTreeOf: size)
            for id in TileID.all(ofTreeOf: Int64(size)) {
                #expect(try kept.hashes(of: id) == whole.hashes(of: id), "seed \(seed), \(id)")
            }
        }
    }

    @Test("A restart needs the partial tiles, and says which one it misses")
    func restart() {
        let full = TileSet(TileBuilder().tiles(after: ReferenceTree.leaves[..<256]))
        let missing = TileID(level: 0, index: 1, width: 44)
        #expect(throws: TileError.missing(missing)) { try TileBuilder(size: 300, from: full) }
        #expect(throws: TileError.wrongLength(TileID(level: 1, index: 0, width: 2), hashes: 1)) {
            try TileBuilder(size: 512, from: full)
        }
    }

    @Test("A tile's bytes are its hashes, and of no other length")
    func tileBytes() throws {
        let id = TileID(level: 0, index: 5, width: 3)
        let tile = Tile(id, hashes: Array(ReferenceTree.leaves[..<3]))
        #expect(tile.bytes == ReferenceTree.leaves[..<3].flatMap(\.bytes))
        #expect(try Tile(id, bytes: tile.bytes) == tile)
        for bytes in [[], Array(tile.bytes.dropLast()), tile.bytes + [0], tile.bytes + tile.bytes] {
            #expect(throws: TileError.wrongLength(id, hashes: bytes.count / 32)) {
                try Tile(id, bytes: bytes)
            }
        }
    }
}

extension TileBuilder {
    fileprivate func tiles(after leaves: ArraySlice<TreeHash>) -> [Tile] {
        var builder = self
        return builder.append(leaves)
    }
}
