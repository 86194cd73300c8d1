/// What a witness says to a request that it understood and whose checkpoint is by a log it knows.
///
/// Source: C2SP tlog-witness, add-checkpoint.
package enum AddCheckpointAnswer: Hashable, Sendable {
    /// 200: cosignatures of the checkpoint, one or more, for the log to add to its note.
    case cosigned([NoteSignature])
    /// 409 of type `text/x.tlog.size`: the size that the witness cosigned last is another one than
    /// the request says; ask again from there.
    case stale(size: Int64)

    /// The media type of the body of a `stale` answer.
    package static let sizeMediaType = "text/x.tlog.size"

    /// Reads the body of an answer with status 200: nil when it isn't signature lines alone.
    /// Signatures by unknown keys may be among them; `SignedNote.verified` ignores those.
    package init?(cosignedBody body: [UInt8]) {
        guard let signatures = NoteSignature.lines(body, atMost: SignedNote.mostSignatures),
            !signatures.isEmpty
        else { return nil }
        self = .cosigned(signatures)
    }

    /// Reads the body of an answer with status 409 and that media type: nil when it isn't a size
    /// and a newline.
    package init?(staleBody body: [UInt8]) {
        guard body.last == UInt8(ascii: "\n"), let size = SizeText.parse(body.dropLast()) else {
            return nil
        }
        self = .stale(size: size)
    }

    package var body: [UInt8] {
        switch self {
        case .cosigned(let signatures): Array(signatures.map(\.line).joined().utf8)
        case .stale(let size): Array("\(size)\n".utf8)
        }
    }
}
