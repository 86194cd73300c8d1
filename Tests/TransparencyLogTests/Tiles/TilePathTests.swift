import Support
import Testing
import TransparencyLog

@Suite("Names of tiles and bundles: C2SP tlog-tiles")
struct TilePathTests {
    @Test("An index stands in groups of three digits, all but the last led by an x")
    func paths() {
        #expect(TileID(level: 0, index: 1_234_067).description == "tile/0/x001/x234/067")
        #expect(TileID(level: 0, index: 0).description == "tile/0/000")
        #expect(TileID(level: 63, index: 999, width: 1).description == "tile/63/999.p/1")
        #expect(TileID(level: 1, index: 1000, width: 255).description == "tile/1/x001/000.p/255")
        #expect(BundleID(index: 1_234_067).description == "tile/entries/x001/x234/067")
        #expect(BundleID(index: 273, width: 112).description == "tile/entries/273.p/112")
    }

    @Test("What is written is read back, and as nothing else")
    func readBack() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<500 {
            let bits = Int.random(in: 0...62, using: &random)
            let index = Int64.random(in: 0...Int64.max, using: &random) >> Int64(bits)
            let width = Int.random(in: 1...256, using: &random)
            let tile = TileID(
                level: .random(in: 0...63, using: &random), index: index, width: width)
            #expect(TileID(tile.description) == tile)
            #expect(BundleID(tile.description) == nil)
            let bundle = BundleID(index: index, width: width)
            #expect(BundleID(bundle.description) == bundle)
            #expect(TileID(bundle.description) == nil)
        }
    }

    @Test(
        "Every other path is refused",
        arguments: [
            "", "tile", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile//000",
            "tile/64/000", "tile/-1/000", "tile/00/000", "tile/+1/000", "tile/0/0", "tile/0/00",
            "tile/0/0000", "tile/0/x000/000", "tile/0/001/000", "tile/0/x001/x000",
            "tile/0/x001", "tile/0/-01", "tile/0/+01", "tile/0/000.p", "tile/0/000.p/",
            "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/+1",
            "tile/0/000.p/1/2", "tile/0/000.q/1", "tile/0/.p/1", "tile/0/../000", "checkpoint",
            "tile/0/x009/x223/x372/x036/x854/x775/808", "tile/0/\u{0661}00", "TILE/0/000",
        ])
    func refused(path: String) {
        #expect(TileID(path) == nil)
        #expect(BundleID(path.replacing("tile/0/", with: "tile/entries/")) == nil)
    }

    @Test("A tree of 70,000 leaves has the tiles that the specification counts")
    func tilesOfATree() {
        let tiles = TileID.all(ofTreeOf: 70_000)
        #expect(tiles.count == 273 + 1 + 1 + 1 + 1)
        #expect(tiles.prefix(273).allSatisfy { $0.level == 0 && $0.isFull })
        #expect(
            tiles.suffix(4) == [
                TileID(level: 0, index: 273, width: 112), TileID(level: 1, index: 0),
                TileID(level: 1, index: 1, width: 17), TileID(level: 2, index: 0, width: 1),
            ])
        #expect(
            TileID.all(ofTreeOf: 256) == [
                TileID(level: 0, index: 0), TileID(level: 1, index: 0, width: 1),
            ])
        #expect(TileID.all(ofTreeOf: 0).isEmpty)
    }

    @Test("Bundles cover the entries, and growth touches those it reaches")
    func bundles() {
        #expect(BundleID.all(ofTreeOf: 0).isEmpty)
        #expect(
            BundleID.all(ofTreeOf: 300) == [BundleID(index: 0), BundleID(index: 1, width: 44)])
        #expect(BundleID.all(ofTreeOf: 512) == [BundleID(index: 0), BundleID(index: 1)])
        #expect(BundleID(index: 1, width: 44).leaves == 256..<300)
        #expect(BundleID.changed(from: 300, to: 300).isEmpty)
        #expect(BundleID.changed(from: 300, to: 301) == [BundleID(index: 1, width: 45)])
        #expect(
            BundleID.changed(from: 256, to: 513) == [
                BundleID(index: 1), BundleID(index: 2, width: 1),
            ])
    }
}
