/// One signature of a note, verified or not.
package struct NoteSignature: Hashable, Sendable {
    /// The name of the key that it says it is by.
    package let name: String
    package let keyHash: UInt32
    /// What stands behind the key hash; for a cosignature, eight bytes of time come first.
    package let bytes: [UInt8]

    init(by key: VerifierKey, bytes: [UInt8]) {
        name = key.name
        keyHash = key.keyHash
        self.bytes = bytes
    }

    /// Reads a signature line without its newline: nil when it isn't an em dash, a space, a key's
    /// name, a space, and the base64 of four bytes of key hash and at least one more.
    init?(line: some Collection<UInt8>) {
        guard line.starts(with: Self.lead) else { return nil }
        let parts = line.dropFirst(Self.lead.count).split(
            separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, let name = String(validating: parts[0], as: UTF8.self),
            KeyName.isValid(name), let content = Base64.decode(parts[1]), content.count > 4
        else { return nil }
        self.name = name
        keyHash = content.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        bytes = Array(content.dropFirst(4))
    }

    /// The line in a note, newline included.
    package var line: String {
        let hash = (0..<4).map { UInt8(truncatingIfNeeded: keyHash >> (24 - 8 * $0)) }
        return "\u{2014} \(name) \(Base64.encode(hash + bytes))\n"
    }

    /// Whether it says that it is by `key`.
    package func isBy(_ key: VerifierKey) -> Bool {
        // Byte by byte: for Swift, two spellings of one character are the same text.
        keyHash == key.keyHash && name.utf8.elementsEqual(key.name.utf8)
    }

    /// When a cosigner says that it saw the checkpoint, in seconds since 1970, if this is a
    /// cosignature; nothing is verified.
    package var claimedTime: Int64? {
        guard bytes.count == SignatureAlgorithm.cosignature.signatureLength else { return nil }
        let time = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        return Int64(exactly: time)
    }

    /// Reads lines that each end in a newline: nil when one of them is no signature.
    static func lines(_ bytes: some Collection<UInt8>, atMost limit: Int) -> [NoteSignature]? {
        var signatures: [NoteSignature] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")), signatures.count < limit,
                let signature = NoteSignature(line: rest[..<end])
            else { return nil }
            signatures.append(signature)
            rest = rest[rest.index(after: end)...]
        }
        return signatures
    }

    private static let lead = Array("\u{2014} ".utf8)
}
