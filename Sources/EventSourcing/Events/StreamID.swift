package import FoundationEssentials

/// Names a stream: a category's prefix and a UUID, `ro_0190b8a2-…`. It is the key of the stream in
/// the store and the id of the thing in the API, so one text leads from a page to its history.
package struct StreamID: Hashable, Comparable, Sendable {
    package let text: String

    /// - Parameter prefix: Two to four lower-case letters that name the category, such as `ro`.
    package init(prefix: String, _ id: UUID) {
        text = "\(prefix)_\(id.text)"
    }

    /// The letters before the underscore.
    package var prefix: Substring { text.prefix { $0 != "_" } }

    /// What follows the underscore.
    package var uuid: UUID {
        guard let id = UUID(uuidString: String(text.drop { $0 != "_" }.dropFirst())) else {
            preconditionFailure("the id \(text) was made without a UUID")
        }
        return id
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension StreamID: CustomStringConvertible, LosslessStringConvertible, Codable {
    package var description: String { text }

    /// Reads `prefix_uuid` in lower case: nil for anything else, so that no other text can become
    /// a key.
    package init?(_ text: String) {
        var text = text
        guard text.withUTF8({ Self.isID($0) }) else { return nil }
        self.text = text
    }

    private static func isID(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let end = bytes.prefix(5).firstIndex(of: UInt8(ascii: "_")), (2...4).contains(end),
            bytes[..<end].allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        else { return false }
        return UUID(text: UnsafeBufferPointer(rebasing: bytes[(end + 1)...])) != nil
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = StreamID(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not an id")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
