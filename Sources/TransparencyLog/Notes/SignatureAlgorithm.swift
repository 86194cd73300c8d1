/// The signature types that patchflow makes and verifies, by their identifier byte. Both sign with
/// Ed25519; they differ in what is signed, so one can't pass for the other.
///
/// Source: C2SP signed-note, Signature types.
package enum SignatureAlgorithm: UInt8, Hashable, Sendable {
    /// Of the note's text: what a log signs its checkpoints with.
    case ed25519 = 0x01
    /// Of a checkpoint and the time at which it was seen: what a witness signs (cosignature/v1).
    case cosignature = 0x04

    /// How many bytes stand behind the key hash in a signature.
    var signatureLength: Int {
        switch self {
        case .ed25519: 64
        case .cosignature: 8 + 64
        }
    }

    /// What is signed of a note with `text`.
    ///
    /// - Parameter unixSeconds: When a cosigner saw it; without meaning for `.ed25519`.
    func message(_ text: String, at unixSeconds: Int64) -> [UInt8] {
        switch self {
        case .ed25519: Array(text.utf8)
        case .cosignature: Array("cosignature/v1\ntime \(unixSeconds)\n\(text)".utf8)
        }
    }
}
