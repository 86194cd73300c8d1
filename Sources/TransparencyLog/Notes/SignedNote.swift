/// A text with signatures below it. The text means nothing until a signature by a known key has
/// been verified.
///
/// Source: C2SP signed-note.
package struct SignedNote: Hashable, Sendable {
    /// Bytes that are read at most: room for a hundred signatures, some of them post-quantum.
    package static let largest = 1_000_000
    package static let mostSignatures = 100

    /// Ends in a newline.
    package let text: String
    /// One or more, as they stand.
    package let signatures: [NoteSignature]

    /// - Throws: `NoteError.invalidText` when `text` doesn't end in a newline, or has another
    ///   control character; `.noSignature`; `.tooManySignatures`.
    package init(text: String, signatures: [NoteSignature]) throws(NoteError) {
        guard Self.isValid(text) else { throw .invalidText }
        guard !signatures.isEmpty else { throw .noSignature }
        guard signatures.count <= Self.mostSignatures else { throw .tooManySignatures }
        self.text = text
        self.signatures = signatures
    }

    /// Reads a note; of its signatures only the form is looked at.
    ///
    /// - Throws: `NoteError.tooLarge`, `.invalidText`, or `.malformed` when no blank line is
    ///   followed by signature lines up to the end.
    package init(_ bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= Self.largest else { throw .tooLarge(bytes: bytes.count) }
        let newline = UInt8(ascii: "\n")
        // The last empty line divides: a text may have empty lines of its own.
        guard
            let blank = bytes.indices.dropFirst().last(where: {
                bytes[$0] == newline && bytes[$0 - 1] == newline
            })
        else { throw .malformed }
        guard let text = String(validating: bytes[..<blank], as: UTF8.self), Self.isValid(text)
        else { throw .invalidText }
        guard
            let signatures = NoteSignature.lines(
                bytes[(blank + 1)...], atMost: Self.mostSignatures),
            !signatures.isEmpty
        else { throw .malformed }
        self.text = text
        self.signatures = signatures
    }

    /// What is served and exported.
    package var bytes: [UInt8] {
        Array((text + "\n" + signatures.map(\.line).joined()).utf8)
    }

    /// The same note with `more` signatures below the ones that it has.
    ///
    /// - Throws: `NoteError.tooManySignatures`.
    package func adding(_ more: [NoteSignature]) throws(NoteError) -> SignedNote {
        try SignedNote(text: text, signatures: signatures + more)
    }

    /// What says that it is a witness's cosignature, by its form; nothing is verified.
    package var cosignatures: [NoteSignature] { signatures.filter { $0.claimedTime != nil } }

    /// Verifies every signature that says it is by one of `keys`, and ignores all others.
    ///
    /// - Returns: The keys that have signed, in the order of `keys`, each once. Whether they are
    ///   enough is the caller's to say.
    /// - Throws: `NoteError.wrongSignature` when a known key's signature is not right;
    ///   `.unknownSigners` when none of `keys` has signed.
    package func verified(by keys: [VerifierKey]) throws(NoteError) -> [VerifiedSignature] {
        var verified: [VerifiedSignature] = []
        for (place, key) in keys.enumerated() where !keys[..<place].contains(key) {
            var latest: VerifiedSignature?
            for signature in signatures where signature.isBy(key) {
                guard key.verifies(signature, of: text) else {
                    throw .wrongSignature(name: key.name)
                }
                let seen = VerifiedSignature(key: key, cosignedAt: key.cosignedAt(signature))
                if latest == nil || (seen.cosignedAt ?? 0) > (latest?.cosignedAt ?? 0) {
                    latest = seen
                }
            }
            if let latest { verified.append(latest) }
        }
        guard !verified.isEmpty else { throw .unknownSigners }
        return verified
    }

    private static func isValid(_ text: String) -> Bool {
        let newline = UInt8(ascii: "\n")
        return text.utf8.last == newline && text.utf8.allSatisfy { $0 >= 0x20 || $0 == newline }
    }
}

/// A key whose signature was found right.
package struct VerifiedSignature: Hashable, Sendable {
    package let key: VerifierKey
    /// When the cosigner says it saw the checkpoint, in seconds since 1970, the latest if it
    /// cosigned more than once: nil for a key that signs without a time.
    package let cosignedAt: Int64?
}

/// Why bytes are no note, or a note isn't to be believed.
package enum NoteError: Error, Hashable {
    case tooLarge(bytes: Int)
    case malformed
    /// Not UTF-8, a control character other than newline, or no newline at the end.
    case invalidText
    case noSignature
    case tooManySignatures
    case wrongSignature(name: String)
    case unknownSigners
}

extension NoteError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let bytes): "a note of \(bytes) bytes; at most \(SignedNote.largest)"
        case .malformed: "a note is a text, a blank line and signature lines"
        case .invalidText:
            "a note's text is UTF-8 without control characters, and ends in a newline"
        case .noSignature: "a note has a signature"
        case .tooManySignatures: "a note has at most \(SignedNote.mostSignatures) signatures"
        case .wrongSignature(let name): "the signature by \(name) is wrong"
        case .unknownSigners: "signed by no key that is known here"
        }
    }
}
