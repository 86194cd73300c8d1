/// A text about a person as it stands in an event: under a key of that person's own, so that the text
/// is gone with the key, while the stored bytes and every hash of them stay as they are.
///
/// The length of the text shows; nothing else does.
package struct EncryptedText: Codable, Hashable, Sendable {
    /// The key's id: `SubjectKey.id`.
    package let key: Digest
    /// AES-256-GCM in Base64: nonce (12 bytes), ciphertext, tag (16 bytes).
    package let box: String

    package init(key: Digest, box: String) {
        self.key = key
        self.box = box
    }
}

/// Whom a text is about, and which field of an event it fills. Both are bound into the ciphertext: a
/// text that was moved to another person or field is not decrypted there.
package struct PersonalField: Hashable, Sendable {
    /// The stream of the person.
    package let subject: StreamID
    /// Type of the event and name of the field, such as `TokenIssued.label`. Part of the stored form:
    /// never changed.
    package let name: String

    package init(_ subject: StreamID, _ name: String) {
        self.subject = subject
        self.name = name
    }

    var associatedData: [UInt8] { Array("patchflow subject 1\n\(subject.text)\n\(name)".utf8) }
}

/// A text about a person in an event's payload.
///
/// In JSON an encrypted one is an object, one in the clear a string. Nothing in the clear is written
/// any more: encoding it throws. It is read where older events have it, and there it stays for good.
package enum PersonalText: Hashable, Sendable {
    case clear(String)
    case encrypted(EncryptedText)

    /// By which key; nil for one in the clear.
    package var key: Digest? {
        switch self {
        case .clear: nil
        case .encrypted(let text): text.key
        }
    }
}

extension PersonalText: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = .encrypted(try container.decode(EncryptedText.self))
        } catch DecodingError.typeMismatch {
            self = .clear(try container.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .encrypted(let text): try container.encode(text)
        case .clear(let text):
            throw EncodingError.invalidValue(
                text,
                EncodingError.Context(
                    codingPath: encoder.codingPath,
                    debugDescription: "a text about a person is not written in the clear"))
        }
    }
}

/// A payload with texts about a person. From schema version 2 on they are encrypted; version 1 had
/// them in the clear.
package protocol PersonalPayload: EventPayload {
    var personalTexts: [PersonalText] { get }
}

extension PersonalPayload {
    package static var schemaVersion: Int { 2 }

    /// A text in the clear stays one: nothing encrypts what is stored.
    package static var upcasts: [Int: Upcast] { [1: { _ in }] }

    /// Reads both versions, each in its own form only.
    ///
    /// - Throws: `EventCodingError`.
    package static func decode(schemaVersion: Int, data: [UInt8]) throws -> Self {
        let payload = try CanonicalJSON.decode(Self.self, from: upcast(data, from: schemaVersion))
        for text in payload.personalTexts where (text.key == nil) != (schemaVersion == 1) {
            throw EventCodingError.otherForm(type: type, schemaVersion: schemaVersion)
        }
        return payload
    }
}
