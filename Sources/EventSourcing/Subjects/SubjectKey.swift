private import Crypto
private import FoundationEssentials

/// The key of one person: 256 random bits that are stored outside the database and its backups, and
/// are destroyed to erase what events hold of the person.
package struct SubjectKey: Sendable {
    private let bytes: [UInt8]

    /// - Returns: nil for any other number of bytes than 32.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// A key that nobody has seen, if the generator is fit for secrets.
    package static func fresh(using random: inout some RandomNumberGenerator) -> SubjectKey {
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        guard let key = SubjectKey(bytes: bytes) else {
            preconditionFailure("32 bytes are a key")
        }
        return key
    }

    /// By which events name it. It tells nothing of the key, and binds the ciphertext to it.
    package var id: Digest { Digest(of: Array("patchflow subject key 1\n".utf8) + bytes) }

    /// The key itself, for the file that keeps it.
    package var secret: [UInt8] { bytes }

    /// - Parameter random: Gives the nonce. Fit for secrets outside tests, so that none comes twice.
    package func encrypt(
        _ text: String, in field: PersonalField, using random: inout some RandomNumberGenerator
    ) -> EncryptedText {
        let nonce = (0..<12).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        do {
            let box = try AES.GCM.seal(
                Data(text.utf8), using: SymmetricKey(data: bytes),
                nonce: AES.GCM.Nonce(data: nonce), authenticating: field.associatedData)
            let parts = nonce + Array(box.ciphertext) + Array(box.tag)
            return EncryptedText(key: id, box: Data(parts).base64EncodedString())
        } catch {
            preconditionFailure("a nonce of 12 bytes and a key of 32 encrypt any text: \(error)")
        }
    }

    /// - Throws: `DecryptionFailure` when this isn't the key, the field not the text's, or the text
    ///   not what was encrypted.
    package func decrypt(
        _ text: EncryptedText, in field: PersonalField
    ) throws(DecryptionFailure) -> String {
        guard text.key == id else { throw .otherKey }
        guard let box = Data(base64Encoded: text.box) else { throw .damaged }
        do {
            let clear = try AES.GCM.open(
                AES.GCM.SealedBox(combined: box), using: SymmetricKey(data: bytes),
                authenticating: field.associatedData)
            guard let text = String(validating: clear, as: UTF8.self) else {
                throw CancellationError()
            }
            return text
        } catch {
            throw .damaged
        }
    }
}

extension SubjectKey: CustomStringConvertible, CustomReflectable {
    /// Never the key itself, in whatever way it is printed.
    package var description: String { "SubjectKey(\(id))" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a text about a person is not to be read.
package enum DecryptionFailure: Error, Equatable {
    /// It was encrypted by another key than this one.
    case otherKey
    /// It isn't what was encrypted, or not for this person and field.
    case damaged
}
