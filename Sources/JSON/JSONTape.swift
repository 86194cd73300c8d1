/// A parsed text: its bytes, and one entry for each value and each name in the order of the text.
final class JSONTape: Sendable {
    let bytes: [UInt8]
    let entries: [JSONEntry]

    init(bytes: [UInt8], entries: [JSONEntry]) {
        self.bytes = bytes
        self.entries = entries
    }
}

/// One value of a tape, or the name of a member, which stands before its value.
struct JSONEntry: Sendable {
    enum Form: UInt8, Sendable {
        case null, no, yes, integer, fraction
        /// Text without and with escapes.
        case plainText, escapedText
        case array, object
    }

    let form: Form
    /// First byte of the value; of a text, the one behind its quote.
    let start: UInt32
    /// Bytes of a scalar, without quotes; elements or members of the others.
    var length: UInt32 = 0
    /// Index of the entry behind this value and all that it holds.
    var next: UInt32 = 0
}
