package import EventSourcing
private import FoundationEssentials

/// The name by which a house calls a person or a program, such as `alice`.
package enum PersonName {
    /// The person's stream, which follows from the name.
    ///
    /// - Throws: `InvalidInput` unless the name has 1 to 64 letters, digits, '.', '-', '_' or '@'
    ///   and begins with a letter or a digit.
    package static func stream(of name: String) throws(InvalidInput) -> StreamID {
        let letters = Array(name.utf8)
        guard (1...64).contains(letters.count), letters.allSatisfy(isAllowed),
            letters.first.map(isAlphanumeric) == true
        else {
            throw InvalidInput(
                field: "person",
                message: "'\(name.prefix(80))' has not 1 to 64 letters, digits, '.', '-', '_' or "
                    + "'@', of which the first is a letter or a digit")
        }
        return StreamID(prefix: "pe", .version5(namespace: namespace, name: name))
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || ".-_@".utf8.contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    private static let namespace = UUID(
        uuid: (
            0x2b, 0x9c, 0x41, 0x77, 0xd0, 0x5e, 0x5c, 0x0f, 0xa4, 0x18, 0x6d, 0x3e, 0x91, 0x52,
            0xcb, 0x08
        ))
}
