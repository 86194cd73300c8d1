/// What a log says of itself at one moment: who it is, and its tree's head.
///
/// Source: C2SP tlog-checkpoint.
package struct Checkpoint: Hashable, Sendable {
    /// Names the log, for good; best a URL without its scheme.
    package let origin: String
    package let head: TreeHead
    /// Lines that patchflow doesn't write and doesn't read, but keeps.
    package let extensions: [String]

    /// - Throws: `CheckpointError.malformed` when the origin or an extension is empty or has a
    ///   control character.
    package init(
        origin: String, head: TreeHead, extensions: [String] = []
    ) throws(CheckpointError) {
        for line in [origin] + extensions {
            guard !line.isEmpty, line.utf8.allSatisfy({ $0 >= 0x20 }) else { throw .malformed }
        }
        self.origin = origin
        self.head = head
        self.extensions = extensions
    }

    /// Reads the text of a note.
    ///
    /// - Throws: `CheckpointError.malformed` when it isn't the origin, the size in decimal, the
    ///   root in base64, and lines that aren't empty.
    package init(text: String) throws(CheckpointError) {
        // Lines are cut between bytes, as nothing in a text can join itself to a newline there.
        var lines = text.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.removeLast().isEmpty, let size = SizeText.parse(lines[1]),
            let root = TreeHash(base64: lines[2])
        else { throw .malformed }
        try self.init(
            origin: String(decoding: lines[0], as: UTF8.self),
            head: TreeHead(size: size, root: root),
            extensions: lines[3...].map { String(decoding: $0, as: UTF8.self) })
    }

    /// The text that is signed; it ends in a newline.
    package var text: String {
        ([origin, String(head.size), head.root.base64] + extensions)
            .map { $0 + "\n" }.joined()
    }

    /// The note by which the log, `key`, publishes it.
    package func signed(by key: SignerKey) -> SignedNote { signed(by: [key]) }

    /// The same while one key succeeds another: signed by both.
    ///
    /// - Parameter keys: One or more.
    package func signed(by keys: [SignerKey]) -> SignedNote {
        do {
            return try SignedNote(text: text, signatures: keys.map { $0.sign(text) })
        } catch {
            preconditionFailure("a checkpoint's text is a note's: \(error)")
        }
    }

    /// Opens a log's published checkpoint.
    ///
    /// - Parameters:
    ///   - keys: The log's keys; one of them must have signed. Keys of witnesses don't belong here.
    ///   - origin: The log's; another log's checkpoint is refused though a known key signed it.
    /// - Throws: `CheckpointError`.
    package init(
        opening note: SignedNote, from origin: String, by keys: [VerifierKey]
    ) throws(CheckpointError) {
        do {
            _ = try note.verified(by: keys)
        } catch {
            throw .unverified(error)
        }
        try self.init(text: note.text)
        guard self.origin.utf8.elementsEqual(origin.utf8) else {
            throw .otherOrigin(self.origin)
        }
    }
}

/// Why a text isn't a log's checkpoint.
package enum CheckpointError: Error, Hashable {
    case malformed
    case unverified(NoteError)
    case otherOrigin(String)
}

extension CheckpointError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "a checkpoint is an origin, a size and a root, one on each line"
        case .unverified(let error): error.description
        case .otherOrigin(let origin): "the checkpoint is of another log, \(origin)"
        }
    }
}
