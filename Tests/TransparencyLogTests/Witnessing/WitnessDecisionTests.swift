import Testing
import TransparencyLog

@Suite("What a witness cosigns: C2SP tlog-witness, add-checkpoint (I11)")
struct WitnessDecisionTests {
    private let reference = ReferenceTree()
    private let log: SignerKey
    private let successor: SignerKey
    private let witness: SignerKey
    private let known: WitnessedLogs

    init() throws {
        func key(_ name: String, _ algorithm: SignatureAlgorithm, _ seed: UInt8) throws
            -> SignerKey
        {
            try SignerKey(
                name: name, algorithm: algorithm, seed: [UInt8](repeating: seed, count: 32))
        }
        log = try key("log.example", .ed25519, 1)
        successor = try key("log.example", .ed25519, 2)
        witness = try key("witness.example", .cosignature, 3)
        known = try WitnessedLogs([
            log.verifier, key("other.example", .ed25519, 4).verifier, successor.verifier,
        ])
    }

    private func head(_ size: Int) -> TreeHead {
        TreeHead(size: Int64(size), root: reference.root(0..<size))
    }

    private func note(
        _ head: TreeHead, by keys: [SignerKey]? = nil, origin: String = "log.example"
    ) throws -> SignedNote {
        try Checkpoint(origin: origin, head: head).signed(by: keys ?? [log])
    }

    private func request(
        _ note: SignedNote, from old: Int, to new: Int, proof: [TreeHash]? = nil
    ) -> AddCheckpointRequest {
        AddCheckpointRequest(
            oldSize: Int64(old), proof: proof ?? (old > 0 ? reference.proof(old, new) : []),
            note: note)
    }

    private func judge(
        _ request: AddCheckpointRequest, after remembered: CosignedCheckpoint? = nil,
        at time: Int64 = 1000
    ) -> WitnessDecision {
        .judge(request, known: known, after: remembered, by: witness, at: time)
    }

    /// What the witness remembers after it has cosigned a log of `size`.
    private func remembered(_ size: Int, at time: Int64 = 900) throws -> CosignedCheckpoint {
        let decision = judge(
            request(try note(head(size)), from: 0, to: size), at: time)
        guard case .cosign(let cosigned, isNew: true) = decision else {
            throw NoteError.malformed
        }
        return cosigned
    }

    private func expectRefusal(
        _ decision: WitnessDecision, status: Int, body: String? = nil, isAlarm: Bool = false,
        _ place: SourceLocation = #_sourceLocation
    ) {
        guard case .refuse(let refusal) = decision else {
            Issue.record("it was cosigned", sourceLocation: place)
            return
        }
        let reply = WitnessReply(decision)
        #expect(reply.status == status, "\(refusal)", sourceLocation: place)
        #expect(refusal.isAlarm == isAlarm, "\(refusal)", sourceLocation: place)
        if let body {
            #expect(String(decoding: reply.body, as: UTF8.self) == body, sourceLocation: place)
            #expect(reply.mediaType == "text/x.tlog.size", sourceLocation: place)
        } else {
            #expect(reply.answer == nil, sourceLocation: place)
        }
    }

    @Test(
        "given nothing, when any checkpoint comes from size 0, then it is cosigned and remembered")
    func first() throws {
        for size in [0, 1, 9, 300] {
            let note = try note(head(size))
            guard
                case .cosign(let cosigned, isNew: true) = judge(
                    request(note, from: 0, to: size), at: 1234)
            else {
                Issue.record("size \(size)")
                continue
            }
            #expect(cosigned.head == head(size) && cosigned.cosignedAt == 1234)
            let reply = WitnessReply(.cosign(cosigned, isNew: true))
            #expect(reply.status == 200)
            guard case .cosigned(let signatures) = reply.answer else {
                Issue.record("\(reply)")
                continue
            }
            let published = try note.adding(signatures)
            #expect(
                try published.verified(by: [witness.verifier]).map(\.cosignedAt) == [1234])
        }
    }

    @Test("given a checkpoint, when it has grown with a proof, then the larger one is cosigned")
    func grown() throws {
        for (old, new) in [(1, 2), (6, 8), (256, 257), (300, 700)] {
            let decision = judge(
                request(try note(head(new)), from: old, to: new), after: try remembered(old))
            guard case .cosign(let cosigned, isNew: true) = decision else {
                Issue.record("\(old) to \(new): \(decision)")
                continue
            }
            #expect(cosigned.head == head(new))
        }
    }

    @Test("given a checkpoint, when the same comes again, then it is cosigned, nothing to remember")
    func again() throws {
        let last = try remembered(9)
        let decision = judge(request(try note(head(9)), from: 9, to: 9, proof: []), after: last)
        guard case .cosign(let cosigned, isNew: false) = decision else {
            Issue.record("\(decision)")
            return
        }
        #expect(cosigned.head == last.head && cosigned.cosignedAt == 1000)
    }

    @Test("given a clock that was set back, then no later head is said to be an earlier one")
    func clock() throws {
        let last = try remembered(9, at: 5000)
        let decision = judge(request(try note(head(12)), from: 9, to: 12), after: last, at: 7)
        guard case .cosign(let cosigned, isNew: true) = decision else {
            Issue.record("\(decision)")
            return
        }
        #expect(cosigned.cosignedAt == 5000)
    }

    @Test("400 for a text that is no checkpoint, or an old size above the new one")
    func malformed() throws {
        let odd = try SignedNote(text: "odd\n", signatures: [log.sign("odd\n")])
        expectRefusal(judge(request(odd, from: 0, to: 0)), status: 400)
        let last = try remembered(9)
        for remembered in [nil, last] {
            expectRefusal(
                judge(
                    request(try note(head(9)), from: 10, to: 9, proof: []), after: remembered),
                status: 400)
        }
    }

    @Test("403 unless a key that is known for this log has signed, and all known ones rightly")
    func unknownKey() throws {
        let stranger = try SignerKey(
            name: "log.example", algorithm: .ed25519, seed: [UInt8](repeating: 9, count: 32))
        expectRefusal(
            judge(request(try note(head(5), by: [stranger]), from: 0, to: 5)), status: 403)
        // A known log's key signs for another known log.
        let other = try note(head(5), by: [log], origin: "other.example")
        expectRefusal(judge(request(other, from: 0, to: 5)), status: 403)
        let right = try note(head(5))
        let wrong = try SignedNote(text: right.text, signatures: [log.sign("another\n")])
        expectRefusal(judge(request(wrong, from: 0, to: 5)), status: 403)
    }

    @Test("404 for a log that isn't known")
    func unknownLog() throws {
        let stranger = try SignerKey(
            name: "stranger.example", algorithm: .ed25519, seed: [UInt8](repeating: 9, count: 32))
        let note = try note(head(5), by: [stranger], origin: "stranger.example")
        expectRefusal(judge(request(note, from: 0, to: 5)), status: 404)
    }

    @Test("409 with the size that it cosigned last, when the log has another one in mind")
    func stale() throws {
        let larger = try note(head(12))
        expectRefusal(judge(request(larger, from: 3, to: 12)), status: 409, body: "0\n")
        let last = try remembered(9)
        for old in [0, 3, 10, 12] {
            expectRefusal(
                judge(request(larger, from: old, to: 12), after: last), status: 409, body: "9\n")
        }
    }

    @Test("409 and an alarm for a log that has become smaller, or has another root")
    func takenBack() throws {
        let last = try remembered(9)
        for old in [0, 5, 8] {
            expectRefusal(
                judge(request(try note(head(8)), from: old, to: 8), after: last), status: 409,
                body: "9\n", isAlarm: true)
        }
        let fork = try note(TreeHead(size: 9, root: head(8).root))
        expectRefusal(
            judge(request(fork, from: 9, to: 9, proof: []), after: last), status: 409,
            body: "9\n", isAlarm: true)
        let empty = try note(TreeHead(size: 0, root: head(1).root))
        expectRefusal(
            judge(request(empty, from: 0, to: 0)), status: 409, body: "0\n", isAlarm: true)
    }

    @Test("422 and an alarm for a log that isn't proved to begin with what was cosigned")
    func inconsistent() throws {
        let last = try remembered(9)
        let grown = try note(head(12))
        let rewritten = try note(TreeHead(size: 12, root: head(11).root))
        let offers: [(SignedNote, [TreeHash])] = [
            (grown, []), (grown, reference.proof(8, 12)),
            (grown, reference.proof(9, 12) + [.empty]),
            (grown, reference.proof(9, 12).reversed()), (rewritten, reference.proof(9, 12)),
        ]
        for (note, proof) in offers {
            expectRefusal(
                judge(request(note, from: 9, to: 12, proof: proof), after: last), status: 422,
                isAlarm: true)
        }
        // From nothing, and for the same head, a proof has no hashes.
        expectRefusal(
            judge(request(grown, from: 0, to: 12, proof: [.empty])), status: 422, isAlarm: true)
        expectRefusal(
            judge(request(try note(head(9)), from: 9, to: 9, proof: [.empty]), after: last),
            status: 422, isAlarm: true)
    }

    @Test("given two keys of one log, then either signs for it, and strangers' lines are ignored")
    func succession() throws {
        let stranger = try SignerKey(
            name: "cosigner", algorithm: .ed25519, seed: [UInt8](repeating: 9, count: 32))
        for keys in [[log], [successor], [log, successor], [stranger, successor]] {
            let decision = judge(request(try note(head(7), by: keys), from: 0, to: 7))
            guard case .cosign(let cosigned, isNew: true) = decision else {
                Issue.record("\(decision)")
                continue
            }
            // Only what was verified is kept.
            #expect(!cosigned.note.signatures.contains { $0.isBy(stranger.verifier) })
        }
    }

    @Test(
        "What is told of a refused note holds the log's own signatures, and nothing that others added"
    )
    func evidence() throws {
        let note = try note(head(5))
        let stranger = try SignerKey(
            name: "stranger", algorithm: .ed25519, seed: [UInt8](repeating: 9, count: 32))
        let flooded = try note.adding([stranger.sign(note.text), stranger.sign("more\n")])
        #expect(known.evidence(in: request(flooded, from: 0, to: 5)) == note)
        let foreign = try self.note(head(5), by: [stranger])
        #expect(known.evidence(in: request(foreign, from: 0, to: 5)) == nil)
    }

    @Test("What is remembered is read back from its note, if the witness itself has signed it")
    func kept() throws {
        let last = try remembered(9)
        let bytes = last.note.bytes
        let read = try CosignedCheckpoint(bytes, of: "log.example", by: witness.verifier)
        #expect(read == last)
        #expect(throws: (any Error).self) {
            try CosignedCheckpoint(bytes, of: "other.example", by: witness.verifier)
        }
        let edited = String(decoding: bytes, as: UTF8.self).replacing("\n9\n", with: "\n8\n")
        #expect(throws: (any Error).self) {
            try CosignedCheckpoint(Array(edited.utf8), of: "log.example", by: witness.verifier)
        }
        #expect(throws: (any Error).self) {
            try CosignedCheckpoint(
                try note(head(9)).bytes, of: "log.example", by: witness.verifier)
        }
    }
}
