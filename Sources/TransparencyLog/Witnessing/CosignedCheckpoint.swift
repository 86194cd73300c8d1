/// The last checkpoint of a log that a witness has cosigned: all that it remembers of the log. It is
/// kept as a note, with the log's signatures and the witness's own, so that it proves by itself what
/// was said, and that nobody else has written it.
package struct CosignedCheckpoint: Hashable, Sendable {
    package let checkpoint: Checkpoint
    package let note: SignedNote
    /// In seconds since 1970.
    package let cosignedAt: Int64

    package var head: TreeHead { checkpoint.head }

    /// - Parameter signatures: The log's own.
    init(
        _ checkpoint: Checkpoint, _ signatures: [NoteSignature], by key: SignerKey,
        at unixSeconds: Int64
    ) {
        self.checkpoint = checkpoint
        cosignedAt = unixSeconds
        do {
            note = try SignedNote(
                text: checkpoint.text,
                signatures: signatures + [key.cosign(checkpoint.text, at: unixSeconds)])
        } catch {
            preconditionFailure("a few signatures make a note: \(error)")
        }
    }

    /// Reads what was kept.
    ///
    /// - Parameter key: The witness's.
    /// - Throws: `NoteError` or `CheckpointError` unless the witness itself has cosigned it, for the
    ///   log `origin`.
    package init(_ bytes: [UInt8], of origin: String, by key: VerifierKey) throws {
        note = try SignedNote(bytes)
        checkpoint = try Checkpoint(opening: note, from: origin, by: [key])
        guard let seen = try note.verified(by: [key]).first?.cosignedAt else {
            throw NoteError.unknownSigners
        }
        cosignedAt = seen
    }

    /// The witness's own signature: what it answers.
    var cosignature: NoteSignature { note.signatures[note.signatures.count - 1] }
}
