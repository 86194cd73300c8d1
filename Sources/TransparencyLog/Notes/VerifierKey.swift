private import Crypto
private import FoundationEssentials

/// A public key by whose signatures notes are believed; its text form is a "vkey".
///
/// Source: C2SP signed-note, Verifier keys.
package struct VerifierKey: Hashable, Sendable {
    package let name: String
    package let algorithm: SignatureAlgorithm
    /// 32 bytes of Ed25519.
    package let publicKey: [UInt8]
    /// Tells keys of one name apart; no proof of anything.
    package let keyHash: UInt32

    /// - Throws: `KeyError.invalidName`, `KeyError.invalidKey`.
    package init(
        name: String, algorithm: SignatureAlgorithm, publicKey: [UInt8]
    ) throws(KeyError) {
        guard KeyName.isValid(name) else { throw .invalidName }
        guard publicKey.count == 32 else { throw .invalidKey }
        self.name = name
        self.algorithm = algorithm
        self.publicKey = publicKey
        keyHash = KeyName.hash(name, algorithm, publicKey: publicKey)
    }

    /// Whether `signature` is this key's and right for a note with `text`.
    package func verifies(_ signature: NoteSignature, of text: String) -> Bool {
        guard signature.isBy(self), signature.bytes.count == algorithm.signatureLength else {
            return false
        }
        let unixSeconds = cosignedAt(signature) ?? 0
        guard unixSeconds >= 0 else { return false }
        do {
            return try Curve25519.Signing.PublicKey(rawRepresentation: publicKey).isValidSignature(
                signature.bytes.suffix(64), for: algorithm.message(text, at: unixSeconds))
        } catch {
            // 32 bytes that are no key have signed nothing.
            return false
        }
    }

    /// When a cosigner says it saw the checkpoint, in seconds since 1970: nil when this is no
    /// cosigner's key.
    func cosignedAt(_ signature: NoteSignature) -> Int64? {
        guard algorithm == .cosignature, signature.bytes.count >= 8 else { return nil }
        return Int64(
            bitPattern: signature.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}

extension VerifierKey: CustomStringConvertible {
    /// Reads `NAME+HASH+BASE64`.
    ///
    /// - Throws: `KeyError` for anything that isn't the text of a key that patchflow knows.
    package init(_ text: String) throws(KeyError) {
        let parts = try KeyText(text)
        try self.init(name: parts.name, algorithm: parts.algorithm, publicKey: parts.key)
        guard keyHash == parts.hash else { throw .wrongHash }
    }

    package var description: String {
        KeyText(name: name, hash: keyHash, algorithm: algorithm, key: publicKey).text
    }
}
