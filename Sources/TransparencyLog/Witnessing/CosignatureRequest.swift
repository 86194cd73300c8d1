/// The log's side of asking one witness for one checkpoint: says what to send next, and what an
/// answer means. The caller sends, and makes the proofs.
///
/// Source: C2SP tlog-witness, add-checkpoint.
package struct CosignatureRequest: Sendable {
    package enum Step: Hashable, Sendable {
        /// Send the checkpoint with the consistency proof from `oldSize` on.
        case send(oldSize: Int64)
        /// The witness has cosigned: add this below the note.
        case cosigned(NoteSignature)
        /// It doesn't, and won't before something has changed: somebody must look.
        case refused(String)
        /// It can't now: ask again later.
        case unavailable(String)
    }

    /// A witness that says another size each time is asked no more than this.
    private static let mostTries = 4

    private let note: SignedNote
    private let size: Int64
    private let witness: VerifierKey
    /// What the witness has cosigned last, as far as it is known.
    private var oldSize: Int64
    private var tries = 0

    /// - Parameter knownSize: What the witness cosigned last, as the log remembers; nil when it
    ///   doesn't: then the witness says it.
    package init(of note: SignedNote, size: Int64, witness: VerifierKey, knownSize: Int64?) {
        self.note = note
        self.size = size
        self.witness = witness
        oldSize = knownSize.map { $0 <= size ? $0 : 0 } ?? 0
    }

    package var first: Step { .send(oldSize: oldSize) }

    package mutating func next(after reply: WitnessReply) -> Step {
        tries += 1
        switch reply.answer {
        case .cosigned(let signatures): return cosigned(signatures)
        case .stale(let remembered): return stale(remembered)
        case nil: break
        }
        let said =
            String(decoding: reply.body.prefix(300), as: UTF8.self)
            .split(separator: "\n").first.map(String.init) ?? ""
        let words = "it answered with status \(reply.status): \(said)"
        // Too many requests, and what is the server's own fault, pass.
        return reply.status == 429 || reply.status >= 500 ? .unavailable(words) : .refused(words)
    }

    private func cosigned(_ signatures: [NoteSignature]) -> Step {
        let right = signatures.last { witness.verifies($0, of: note.text) }
        guard let right else {
            return .refused(
                "it answered without a right cosignature by the key \(witness) of this checkpoint")
        }
        return .cosigned(right)
    }

    private mutating func stale(_ remembered: Int64) -> Step {
        if remembered > size {
            return .refused(
                "it has cosigned a checkpoint of \(remembered) entries, and this log has \(size): "
                    + "the log was set back, or another one goes by its name")
        }
        if remembered == oldSize {
            return .refused(
                "it has cosigned another history of \(remembered) entries than this one")
        }
        guard tries < Self.mostTries else {
            return .unavailable("it says another size each time, last \(remembered)")
        }
        oldSize = remembered
        return .send(oldSize: remembered)
    }
}
