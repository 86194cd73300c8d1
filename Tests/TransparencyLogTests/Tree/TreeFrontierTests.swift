import Testing
import TransparencyLog

@Suite("The tree and its right edge: RFC 6962 §2.1")
struct TreeFrontierTests {
    @Test("Certificate Transparency's eight leaves have the published roots")
    func publishedRoots() {
        var frontier = TreeFrontier()
        #expect(frontier.root == PublishedTree.emptyRoot)
        #expect(frontier.head == .empty)
        for (leaf, root) in zip(PublishedTree.leaves, PublishedTree.roots) {
            frontier.append(leaf)
            #expect(frontier.root == root)
        }
        #expect(frontier.size == 8)
        #expect(frontier.peaks.count == 1)
    }

    @Test("Every size from 0 to 1,200 has the root that the RFC's recursion gives")
    func rootsBySize() {
        let reference = ReferenceTree()
        var frontier = TreeFrontier()
        for size in 0...ReferenceTree.leaves.count {
            #expect(frontier.root == reference.root(0..<size))
            #expect(frontier.peaks.count == size.nonzeroBitCount)
            if size < ReferenceTree.leaves.count { frontier.append(ReferenceTree.leaves[size]) }
        }
    }

    @Test("A frontier that was kept goes on as if it had never been put away")
    func kept() throws {
        let reference = ReferenceTree()
        for size in [0, 1, 7, 255, 256, 300] {
            var whole = TreeFrontier()
            for leaf in ReferenceTree.leaves[..<size] { whole.append(leaf) }
            var kept = try #require(TreeFrontier(size: whole.size, peaks: whole.peaks))
            kept.append(ReferenceTree.leaves[size])
            #expect(kept.root == reference.root(0..<(size + 1)))
        }
    }

    @Test("Peaks that can't be those of the size are refused", arguments: [-1, 1, 4, 7, 8])
    func impossiblePeaks(size: Int64) {
        #expect(
            TreeFrontier(size: size, peaks: Array(PublishedTree.leaves[..<2])) == nil,
            "two peaks belong to sizes with two bits")
    }

    @Test("A frontier is read back from tiles, at every size")
    func fromTiles() throws {
        let tiles = tiles(ofReferenceTreeOf: 600)
        var frontier = TreeFrontier()
        for size in 0...600 {
            #expect(try TreeFrontier(size: Int64(size), from: tiles) == frontier)
            if size < 600 { frontier.append(ReferenceTree.leaves[size]) }
        }
    }

    @Test("A tile that isn't there is named")
    func missingTile() {
        let missing = TileID(level: 0, index: 1, width: 44)
        #expect(throws: TileError.missing(missing)) {
            try TreeFrontier(size: 300, from: tiles(ofReferenceTreeOf: 256))
        }
    }

    @Test("A hash has a text for people and one for protocols")
    func texts() throws {
        let root = PublishedTree.roots[0]
        #expect(
            root.description == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
        #expect(root.base64 == "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=")
        #expect(TreeHash(base64: Array(root.base64.utf8)) == root)
        #expect(TreeHash(bytes: root.bytes) == root)
        #expect(TreeHash(bytes: root.bytes.dropLast()) == nil)
    }

    @Test(
        "Base64 that another encoder would write otherwise is no hash",
        arguments: [
            "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1=",
            "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0",
            "bjQLnP-zepicpUTmu3gKLHiQHT-zNzh2hRGjBhevoB0=",
            "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0= ",
            "bjQL\nnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
            "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoA==", "",
        ])
    func otherBase64(text: String) {
        #expect(TreeHash(base64: Array(text.utf8)) == nil)
    }
}
