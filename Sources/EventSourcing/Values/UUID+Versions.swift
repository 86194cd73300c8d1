private import Crypto
package import FoundationEssentials

extension UUID {
    /// A time-ordered UUID of version 7: 48 bits of Unix milliseconds, then `random`'s bits.
    ///
    /// Pure: the caller brings time and randomness. Source: RFC 9562 §5.7.
    package static func version7(at moment: Timestamp, random: (UInt64, UInt64)) -> UUID {
        let milliseconds = UInt64(max(0, moment.microseconds / 1000))
        let high = (milliseconds << 16) | 0x7000 | (random.0 & 0x0FFF)
        let low = 0x8000_0000_0000_0000 | (random.1 & 0x3FFF_FFFF_FFFF_FFFF)
        return UUID(high: high, low: low)
    }

    /// The name-based UUID of version 5 of `name` within `namespace`. Source: RFC 9562 §5.5.
    package static func version5(namespace: UUID, name: String) -> UUID {
        var hash = Insecure.SHA1()
        withUnsafeBytes(of: namespace.uuid) { hash.update(bufferPointer: $0) }
        hash.update(data: Array(name.utf8))
        let digest = Array(hash.finalize())
        var high: UInt64 = 0
        var low: UInt64 = 0
        for byte in digest[0..<8] { high = high << 8 | UInt64(byte) }
        for byte in digest[8..<16] { low = low << 8 | UInt64(byte) }
        high = (high & 0xFFFF_FFFF_FFFF_0FFF) | 0x5000
        low = (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        return UUID(high: high, low: low)
    }

    private init(high: UInt64, low: UInt64) {
        func byte(_ word: UInt64, _ index: UInt64) -> UInt8 {
            UInt8(truncatingIfNeeded: word >> (56 - 8 * index))
        }
        self.init(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3),
                byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
                byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }

    /// Lower case, as everywhere in patchflow. Every stream and command has one in its hands, so it
    /// is written by hand: `uuidString` formats each byte by itself.
    package var text: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var place = 0
            withUnsafeBytes(of: uuid) { bytes in
                for (index, byte) in bytes.enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        buffer[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    buffer[place] = Self.hexDigit(byte >> 4)
                    buffer[place + 1] = Self.hexDigit(byte & 0x0F)
                    place += 2
                }
            }
            return place
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}

// Synthesised coding prefers these to the ones of `Encodable`, so that an id has the same text in
// events, keys and pages. Reading takes either case.
extension KeyedEncodingContainer {
    package mutating func encode(_ value: UUID, forKey key: Key) throws {
        try encode(value.text, forKey: key)
    }

    package mutating func encodeIfPresent(_ value: UUID?, forKey key: Key) throws {
        try encodeIfPresent(value?.text, forKey: key)
    }
}
