private import Crypto
package import FoundationEssentials

/// The SHA-256 of some bytes; its text form is 64 lower-case hexadecimal digits.
package struct Digest: Hashable, Comparable, Sendable {
    package let bytes: [UInt8]

    /// The digest of `content`.
    package init(of content: some DataProtocol) {
        bytes = Array(SHA256.hash(data: content))
    }

    package init(of text: String) {
        self.init(of: Array(text.utf8))
    }

    /// Takes 32 bytes that are a digest already: nil for any other number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension Digest: CustomStringConvertible, LosslessStringConvertible, Codable {
    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    package init?(_ text: String) {
        var text = text
        guard let bytes = text.withUTF8({ Self.bytes(of: $0) }) else { return nil }
        self.bytes = bytes
    }

    private static func bytes(of characters: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard characters.count == 64 else { return nil }
        var wrong = false
        let bytes = [UInt8](unsafeUninitializedCapacity: 32) { bytes, count in
            for place in 0..<32 {
                let high = hexadecimal(characters[2 * place])
                let low = hexadecimal(characters[2 * place + 1])
                if high == nil || low == nil { wrong = true }
                bytes.initializeElement(at: place, to: (high ?? 0) << 4 | (low ?? 0))
            }
            count = 32
        }
        return wrong ? nil : bytes
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Digest(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a SHA-256 in hexadecimal")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

private func hexadecimal(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    default: nil
    }
}
