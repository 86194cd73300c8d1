private import FoundationEssentials

/// Standard base64 with padding (RFC 4648 §4), in its one form: a text that another encoder would
/// have written otherwise (spaces, missing padding, bits left over in the last character) is
/// refused, so that no two texts mean the same signature.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// Nil when `text` isn't what `encode` writes.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let text = Data(text)
        guard let bytes = Data(base64Encoded: text), bytes.base64EncodedData() == text else {
            return nil
        }
        return Array(bytes)
    }
}
