private import Crypto
private import FoundationEssentials

/// A private key that signs notes (`.ed25519`) or cosigns checkpoints (`.cosignature`).
///
/// Its description holds no secret; `secretText` does.
package struct SignerKey: Sendable {
    package let verifier: VerifierKey
    private let key: Curve25519.Signing.PrivateKey

    /// - Parameter seed: 32 bytes that nobody else knows; the caller brings the randomness.
    /// - Throws: `KeyError.invalidName`, `KeyError.invalidKey` for another number of bytes.
    package init(
        name: String, algorithm: SignatureAlgorithm, seed: [UInt8]
    ) throws(KeyError) {
        guard seed.count == 32 else { throw .invalidKey }
        do {
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        } catch {
            throw .invalidKey
        }
        verifier = try VerifierKey(
            name: name, algorithm: algorithm, publicKey: Array(key.publicKey.rawRepresentation))
    }

    /// Reads `PRIVATE+KEY+NAME+HASH+BASE64`.
    ///
    /// - Throws: `KeyError` for anything else.
    package init(secretText text: String) throws(KeyError) {
        let lead = "PRIVATE+KEY+"
        guard text.hasPrefix(lead) else { throw .malformed }
        let parts = try KeyText(text.dropFirst(lead.count))
        try self.init(name: parts.name, algorithm: parts.algorithm, seed: parts.key)
        guard verifier.keyHash == parts.hash else { throw .wrongHash }
    }

    /// The key itself: for the file that keeps it, and for nothing else.
    package var secretText: String {
        "PRIVATE+KEY+"
            + KeyText(
                name: verifier.name, hash: verifier.keyHash, algorithm: verifier.algorithm,
                key: Array(key.rawRepresentation)
            ).text
    }

    /// Signs the text of a note; a cosigner's key can't.
    package func sign(_ text: String) -> NoteSignature {
        precondition(verifier.algorithm == .ed25519, "a cosigner's key signs with a time only")
        return signature(of: text, at: 0, lead: [])
    }

    /// Cosigns a checkpoint: states that `text` is the largest head of its log that was seen by
    /// then, and consistent with all before.
    ///
    /// - Parameter unixSeconds: Since 1970, not negative.
    package func cosign(_ text: String, at unixSeconds: Int64) -> NoteSignature {
        precondition(verifier.algorithm == .cosignature, "only a cosigner's key signs with a time")
        precondition(unixSeconds >= 0, "a cosignature is not made before 1970")
        let lead = (0..<8).map { UInt8(truncatingIfNeeded: unixSeconds >> (56 - 8 * $0)) }
        return signature(of: text, at: unixSeconds, lead: lead)
    }

    private func signature(of text: String, at time: Int64, lead: [UInt8]) -> NoteSignature {
        do {
            let signature = try key.signature(for: verifier.algorithm.message(text, at: time))
            return NoteSignature(by: verifier, bytes: lead + signature)
        } catch {
            preconditionFailure("signing bytes in memory with Ed25519 can't fail: \(error)")
        }
    }
}

extension SignerKey: CustomStringConvertible {
    package var description: String { "the signer of \(verifier)" }
}
