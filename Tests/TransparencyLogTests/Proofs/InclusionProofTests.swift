import Support
import Testing
import TransparencyLog

@Suite("Inclusion proofs: RFC 6962 §2.1.1, verified as in RFC 9162 §2.1.3.2")
struct InclusionProofTests {
    @Test("The published proofs hold, and are made alike", arguments: PublishedTree.inclusionProofs)
    func published(proof: InclusionProof) throws {
        let leaf = PublishedTree.leaves[Int(proof.index)]
        let root = PublishedTree.roots[Int(proof.size) - 1]
        #expect(proof.proves(leaf, under: root))
        var builder = TileBuilder()
        let tiles = TileSet(builder.append(PublishedTree.leaves))
        #expect(try InclusionProof(of: proof.index, inTreeOf: proof.size, from: tiles) == proof)
        expectRefused(proof, leaf, root)
    }

    @Test("Every leaf of every tree of 1 to 300 leaves has the RFC's proof, and it holds")
    func exhaustive() throws {
        let reference = ReferenceTree()
        let tiles = tiles(ofReferenceTreeOf: 300)
        for size in 1...300 {
            let root = reference.root(0..<size)
            for index in 0..<size {
                let proof = InclusionProof(
                    index: Int64(index), size: Int64(size),
                    hashes: reference.path(index, 0..<size))
                #expect(proof.proves(ReferenceTree.leaves[index], under: root))
                guard isMade(index, size) else { continue }
                #expect(
                    try InclusionProof(of: proof.index, inTreeOf: proof.size, from: tiles) == proof)
            }
        }
    }

    /// Making all 45,000 takes a debug build two minutes: made are those of small trees, those at
    /// both edges, and one in sixteen.
    private func isMade(_ index: Int, _ size: Int) -> Bool {
        size <= 40 || index < 3 || index > size - 4 || (index + size) % 16 == 0
    }

    @Test("Larger trees, at random")
    func larger() throws {
        let reference = ReferenceTree()
        let tiles = tiles(ofReferenceTreeOf: 1200)
        var random = SeededRandom(seed: 2)
        for _ in 0..<100 {
            let size = Int.random(in: 301...1200, using: &random)
            let index = Int.random(in: 0..<size, using: &random)
            let proof = try InclusionProof(
                of: Int64(index), inTreeOf: Int64(size), from: tiles)
            #expect(proof.hashes == reference.path(index, 0..<size))
            #expect(proof.proves(ReferenceTree.leaves[index], under: reference.root(0..<size)))
        }
    }

    @Test("Proofs of small trees hold for no other leaf, index, size, root or path")
    func forgeries() {
        let reference = ReferenceTree()
        for size in 1...18 {
            for index in 0..<size {
                let proof = InclusionProof(
                    index: Int64(index), size: Int64(size),
                    hashes: reference.path(index, 0..<size))
                expectRefused(proof, ReferenceTree.leaves[index], reference.root(0..<size))
            }
        }
    }

    @Test("The tiles that it names are enough, and each of them is needed")
    func tilesNeeded() throws {
        let all = tiles(ofReferenceTreeOf: 1200)
        var random = SeededRandom(seed: 3)
        for _ in 0..<40 {
            let size = Int64.random(in: 1...1200, using: &random)
            let index = Int64.random(in: 0..<size, using: &random)
            let named = InclusionProof.tiles(for: index, inTreeOf: size)
            let fetched = try named.map {
                Tile($0, hashes: Array(try all.hashes(of: $0)[..<$0.width]))
            }
            let proof = try InclusionProof(of: index, inTreeOf: size, from: all)
            #expect(try InclusionProof(of: index, inTreeOf: size, from: TileSet(fetched)) == proof)
            for missing in named {
                #expect(throws: TileError.missing(missing)) {
                    try InclusionProof(
                        of: index, inTreeOf: size,
                        from: TileSet(fetched.filter { $0.id != missing }))
                }
            }
        }
    }

    @Test("No proof holds outside its tree, and none ends the process")
    func impossible() {
        let hash = PublishedTree.roots[0]
        for (index, size) in [
            (0, 0), (-1, 1), (1, 1), (2, 1), (0, -1), (Int64.max, Int64.max), (5, Int64.min),
        ] as [(Int64, Int64)] {
            for hashes in [[], [hash], Array(repeating: hash, count: 64)] {
                let proof = InclusionProof(index: index, size: size, hashes: hashes)
                #expect(!proof.proves(hash, under: hash))
            }
        }
        let deep = InclusionProof(
            index: Int64.max - 1, size: Int64.max, hashes: Array(repeating: hash, count: 200))
        #expect(!deep.proves(hash, under: hash))
    }

    /// Whatever is changed in it, the proof no longer holds.
    private func expectRefused(_ proof: InclusionProof, _ leaf: TreeHash, _ root: TreeHash) {
        let hashes = proof.hashes
        var forged: [(String, InclusionProof)] = []
        for index in [proof.index - 1, proof.index + 1, proof.index ^ 2, proof.size]
        where index != proof.index {
            forged.append(
                ("index", InclusionProof(index: index, size: proof.size, hashes: hashes)))
        }
        for size in [proof.size * 2, proof.size / 2, 0] where size != proof.size {
            forged.append(
                ("size", InclusionProof(index: proof.index, size: size, hashes: hashes)))
        }
        var paths = [hashes + [root], hashes + [leaf], [root] + hashes, [leaf] + hashes]
        for place in hashes.indices {
            var without = hashes
            without.remove(at: place)
            var changed = hashes
            changed[place] = .node(changed[place], root)
            paths += [without, changed]
        }
        for path in paths {
            forged.append(
                ("path", InclusionProof(index: proof.index, size: proof.size, hashes: path)))
        }
        for (what, forgery) in forged {
            #expect(!forgery.proves(leaf, under: root), "\(what) \(proof.index)/\(proof.size)")
        }
        #expect(!proof.proves(.node(leaf, leaf), under: root))
        #expect(!proof.proves(leaf, under: .empty))
    }
}
