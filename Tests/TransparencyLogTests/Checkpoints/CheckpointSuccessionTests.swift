import Testing
import TransparencyLog

@Suite("Which checkpoint may follow which (I11)")
struct CheckpointSuccessionTests {
    private let reference = ReferenceTree()

    private func head(_ size: Int) -> TreeHead {
        TreeHead(size: Int64(size), root: reference.root(0..<size))
    }

    private func proof(_ old: Int, _ new: Int) -> ConsistencyProof {
        ConsistencyProof(
            oldSize: Int64(old), newSize: Int64(new), hashes: reference.proof(old, new))
    }

    @Test("A larger log that is proved to begin with the remembered one is accepted")
    func accepted() {
        for (old, new) in [(1, 2), (6, 8), (256, 257), (300, 700)] {
            #expect(
                CheckpointSuccession.judge(head(new), after: head(old), proof: proof(old, new))
                    == .accepted)
        }
    }

    @Test("Of a log that nothing is known of, any head is accepted, without a proof")
    func first() {
        for remembered in [nil, TreeHead.empty] {
            #expect(
                CheckpointSuccession.judge(head(5), after: remembered, proof: proof(0, 5))
                    == .accepted)
            #expect(
                CheckpointSuccession.judge(.empty, after: remembered, proof: proof(0, 0))
                    == .unchanged)
        }
    }

    @Test("The same head again is unchanged")
    func unchanged() {
        #expect(
            CheckpointSuccession.judge(head(9), after: head(9), proof: proof(9, 9)) == .unchanged)
    }

    @Test("A smaller log is refused, as after a restored backup")
    func smaller() {
        #expect(
            CheckpointSuccession.judge(head(8), after: head(9), proof: proof(8, 9))
                == .refused(.smaller))
        #expect(
            CheckpointSuccession.judge(.empty, after: head(9), proof: proof(0, 9))
                == .refused(.smaller))
    }

    @Test("Another root of the same size is a fork")
    func fork() {
        let other = TreeHead(size: 9, root: head(8).root)
        #expect(
            CheckpointSuccession.judge(other, after: head(9), proof: proof(9, 9))
                == .refused(.fork))
        let fromNothing = TreeHead(size: 0, root: head(1).root)
        #expect(
            CheckpointSuccession.judge(fromNothing, after: nil, proof: proof(0, 0))
                == .refused(.fork))
    }

    @Test("A larger log without the right proof is refused")
    func inconsistent() {
        for wrong in [
            ConsistencyProof(oldSize: 6, newSize: 8, hashes: []), proof(5, 8), proof(6, 9),
            proof(0, 8),
            ConsistencyProof(oldSize: 6, newSize: 8, hashes: proof(6, 8).hashes.reversed()),
        ] {
            #expect(
                CheckpointSuccession.judge(head(8), after: head(6), proof: wrong)
                    == .refused(.inconsistent))
        }
        let changed = TreeHead(size: 8, root: .leaf([1]))
        #expect(
            CheckpointSuccession.judge(changed, after: head(6), proof: proof(6, 8))
                == .refused(.inconsistent))
    }

    @Test("A proof with hashes that none needs is refused, even of an unchanged head")
    func needless() {
        let needless = ConsistencyProof(oldSize: 9, newSize: 9, hashes: [head(9).root])
        #expect(
            CheckpointSuccession.judge(head(9), after: head(9), proof: needless)
                == .refused(.inconsistent))
        let fromNothing = ConsistencyProof(oldSize: 0, newSize: 9, hashes: [head(9).root])
        #expect(
            CheckpointSuccession.judge(head(9), after: nil, proof: fromNothing)
                == .refused(.inconsistent))
    }
}
