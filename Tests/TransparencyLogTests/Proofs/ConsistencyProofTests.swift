import Support
import Testing
import TransparencyLog

@Suite("Consistency proofs: RFC 6962 §2.1.2, verified as in RFC 9162 §2.1.4.2 (I11)")
struct ConsistencyProofTests {
    @Test(
        "The published proofs hold, and are made alike", arguments: PublishedTree.consistencyProofs)
    func published(proof: ConsistencyProof) throws {
        let oldRoot = PublishedTree.roots[Int(proof.oldSize) - 1]
        let newRoot = PublishedTree.roots[Int(proof.newSize) - 1]
        #expect(proof.proves(oldRoot, growsInto: newRoot))
        var builder = TileBuilder()
        let tiles = TileSet(builder.append(PublishedTree.leaves))
        #expect(
            try ConsistencyProof(from: proof.oldSize, to: proof.newSize, from: tiles) == proof)
        expectRefused(proof, oldRoot, newRoot)
    }

    @Test("Every tree of up to 300 leaves is proved to begin with each of its beginnings")
    func exhaustive() throws {
        let reference = ReferenceTree()
        let tiles = tiles(ofReferenceTreeOf: 300)
        for size in 0...300 {
            let newRoot = reference.root(0..<size)
            for old in 0...size {
                let proof = ConsistencyProof(
                    oldSize: Int64(old), newSize: Int64(size), hashes: reference.proof(old, size))
                #expect(
                    proof.proves(reference.root(0..<old), growsInto: newRoot), "\(old) to \(size)")
                guard isMade(old, size) else { continue }
                #expect(
                    try ConsistencyProof(from: proof.oldSize, to: proof.newSize, from: tiles)
                        == proof)
            }
        }
    }

    /// Making all 45,000 takes a debug build two minutes: made are those of small trees, those at
    /// both edges, and one in sixteen.
    private func isMade(_ old: Int, _ size: Int) -> Bool {
        size <= 40 || old < 3 || old > size - 4 || (old + size) % 16 == 0
    }

    @Test("Larger trees, at random")
    func larger() throws {
        let reference = ReferenceTree()
        let tiles = tiles(ofReferenceTreeOf: 1200)
        var random = SeededRandom(seed: 4)
        for _ in 0..<100 {
            let size = Int.random(in: 301...1200, using: &random)
            let old = Int.random(in: 0...size, using: &random)
            let proof = try ConsistencyProof(from: Int64(old), to: Int64(size), from: tiles)
            #expect(proof.hashes == reference.proof(old, size))
            #expect(
                proof.proves(reference.root(0..<old), growsInto: reference.root(0..<size)))
        }
    }

    @Test("Proofs of small trees hold for no other sizes, roots or path")
    func forgeries() {
        let reference = ReferenceTree()
        for size in 1...18 {
            for old in 1...size {
                let proof = ConsistencyProof(
                    oldSize: Int64(old), newSize: Int64(size), hashes: reference.proof(old, size))
                expectRefused(proof, reference.root(0..<old), reference.root(0..<size))
            }
        }
    }

    @Test("A tree in which one old leaf was changed is proved to be none of the old one's")
    func changedHistory() throws {
        let reference = ReferenceTree()
        for changed in [0, 5, 100, 255, 256, 299] {
            var leaves = Array(ReferenceTree.leaves[..<500])
            leaves[changed] = .leaf([1])
            var builder = TileBuilder()
            let tiles = TileSet(builder.append(leaves))
            let proof = try ConsistencyProof(from: 300, to: 500, from: tiles)
            #expect(!proof.proves(reference.root(0..<300), growsInto: builder.head.root))
        }
    }

    @Test("The tiles that it names are enough")
    func tilesNeeded() throws {
        let all = tiles(ofReferenceTreeOf: 1200)
        var random = SeededRandom(seed: 5)
        for _ in 0..<40 {
            let size = Int64.random(in: 0...1200, using: &random)
            let old = Int64.random(in: 0...size, using: &random)
            let fetched = try ConsistencyProof.tiles(from: old, to: size).map {
                Tile($0, hashes: Array(try all.hashes(of: $0)[..<$0.width]))
            }
            #expect(
                try ConsistencyProof(from: old, to: size, from: TileSet(fetched))
                    == ConsistencyProof(from: old, to: size, from: all))
        }
    }

    @Test("The empty tree is the beginning of all others, by its own root alone")
    func fromNothing() {
        let (root, other) = (PublishedTree.roots[7], PublishedTree.roots[6])
        func holds(_ old: Int64, _ new: Int64, _ oldRoot: TreeHash, _ hashes: [TreeHash]) -> Bool {
            ConsistencyProof(oldSize: old, newSize: new, hashes: hashes)
                .proves(oldRoot, growsInto: root)
        }
        #expect(holds(0, 8, .empty, []))
        #expect(!holds(0, 8, other, []))
        #expect(!holds(0, 8, .empty, [other]))
        #expect(!holds(0, 0, root, []))
        #expect(holds(8, 8, root, []))
        #expect(!holds(8, 8, other, []))
        #expect(!holds(8, 8, root, [other]))
        #expect(!holds(8, 7, root, []))
        #expect(!holds(-1, 8, .empty, []))
        #expect(!holds(7, 8, root, []))
    }

    /// Whatever is changed in it, the proof no longer holds.
    private func expectRefused(
        _ proof: ConsistencyProof, _ oldRoot: TreeHash, _ newRoot: TreeHash
    ) {
        let hashes = proof.hashes
        var paths = [
            hashes + [oldRoot], hashes + [newRoot], [oldRoot] + hashes, [newRoot] + hashes,
        ]
        if let first = hashes.first { paths += [[first] + hashes, []] }
        for place in hashes.indices {
            var without = hashes
            without.remove(at: place)
            var changed = hashes
            changed[place] = .node(changed[place], newRoot)
            paths += [without, changed]
        }
        var forged = paths.map {
            ConsistencyProof(oldSize: proof.oldSize, newSize: proof.newSize, hashes: $0)
        }
        for old in [proof.oldSize - 1, proof.oldSize + 1, proof.oldSize ^ 2] {
            forged.append(ConsistencyProof(oldSize: old, newSize: proof.newSize, hashes: hashes))
        }
        for new in [proof.newSize * 2, proof.newSize / 2] {
            forged.append(ConsistencyProof(oldSize: proof.oldSize, newSize: new, hashes: hashes))
        }
        for forgery in forged {
            #expect(
                !forgery.proves(oldRoot, growsInto: newRoot),
                "\(proof.oldSize) to \(proof.newSize) by \(forgery)")
        }
        #expect(!proof.proves(.leaf([9]), growsInto: newRoot))
        #expect(!proof.proves(oldRoot, growsInto: .leaf([9])))
        if oldRoot != newRoot { #expect(!proof.proves(newRoot, growsInto: oldRoot)) }
    }
}
