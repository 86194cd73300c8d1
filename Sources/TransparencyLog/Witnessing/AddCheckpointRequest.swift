/// What a log asks of a witness: to cosign a checkpoint that follows the one it cosigned last.
///
/// Source: C2SP tlog-witness, add-checkpoint.
package struct AddCheckpointRequest: Hashable, Sendable {
    package static let mostProofHashes = 63

    /// The size that the log thinks the witness cosigned last; 0 for none.
    package let oldSize: Int64
    /// The consistency proof's hashes from that size to the checkpoint's; at most 63.
    package let proof: [TreeHash]
    /// Not verified yet.
    package let note: SignedNote

    package init(oldSize: Int64, proof: [TreeHash], note: SignedNote) {
        precondition(oldSize >= 0, "a log has no negative size")
        precondition(proof.count <= Self.mostProofHashes, "a proof has at most 63 hashes")
        self.oldSize = oldSize
        self.proof = proof
        self.note = note
    }

    /// Reads the body of a request.
    ///
    /// - Throws: `AddCheckpointError`, which a witness answers with 400.
    package init(_ body: [UInt8]) throws(AddCheckpointError) {
        var lines: [ArraySlice<UInt8>] = []
        var rest = body[...]
        while true {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { throw .malformed }
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
            guard lines.count <= Self.mostProofHashes else { throw .proofTooLong }
            lines.append(line)
        }
        let lead = Array("old ".utf8)
        guard let first = lines.first, first.starts(with: lead),
            let oldSize = SizeText.parse(first.dropFirst(lead.count))
        else { throw .malformed }
        var proof: [TreeHash] = []
        for line in lines.dropFirst() {
            guard let hash = TreeHash(base64: line) else { throw .malformed }
            proof.append(hash)
        }
        do {
            note = try SignedNote(Array(rest))
        } catch {
            throw .note(error)
        }
        self.oldSize = oldSize
        self.proof = proof
    }

    /// The body of the request.
    package var body: [UInt8] {
        let lines = ["old \(oldSize)"] + proof.map(\.base64) + [""]
        return Array(lines.map { $0 + "\n" }.joined().utf8) + note.bytes
    }

    /// The proof as it is to be verified for the checkpoint that the note holds.
    ///
    /// - Throws: `AddCheckpointError.oldSizeAboveNew`, which a witness answers with 400.
    package func consistencyProof(
        to checkpoint: Checkpoint
    ) throws(AddCheckpointError) -> ConsistencyProof {
        guard oldSize <= checkpoint.head.size else { throw .oldSizeAboveNew }
        return ConsistencyProof(oldSize: oldSize, newSize: checkpoint.head.size, hashes: proof)
    }
}

/// Why a request can't be understood.
package enum AddCheckpointError: Error, Hashable {
    case malformed
    case proofTooLong
    case note(NoteError)
    case oldSizeAboveNew
}

extension AddCheckpointError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "a request is the old size, the proof, a blank line and a checkpoint"
        case .proofTooLong: "a proof has at most \(AddCheckpointRequest.mostProofHashes) hashes"
        case .note(let error): error.description
        case .oldSizeAboveNew: "the old size is above the checkpoint's"
        }
    }
}
