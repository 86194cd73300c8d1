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
        String(unsafeUninitializedCapacity: Self.textLength) { buffer in
            writeText(to: buffer)
            return Self.textLength
        }
    }

    /// Bytes of `text`.
    package static let textLength = 36

    /// Writes the bytes of `text` to the first 36 of `buffer`.
    package func writeText(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        precondition(buffer.count >= Self.textLength, "no room for an id")
        withUnsafeBytes(of: uuid) { bytes in
            func write(_ group: Range<Int>, at start: Int) {
                var place = start
                for byte in bytes[group] {
                    buffer[place] = Self.hexDigit(byte >> 4)
                    buffer[place + 1] = Self.hexDigit(byte & 0x0F)
                    place += 2
                }
            }
            write(0..<4, at: 0)
            write(4..<6, at: 9)
            write(6..<8, at: 14)
            write(8..<10, at: 19)
            write(10..<16, at: 24)
            for place in Self.hyphens { buffer[place] = UInt8(ascii: "-") }
        }
    }

    /// Reads what `text` writes, in UTF-8: nil for anything else, upper case included. By hand as
    /// well: `UUID(uuidString:)` goes through `sscanf`.
    package init?(text: ArraySlice<UInt8>) {
        guard let id = text.withUnsafeBufferPointer({ UUID(text: $0) }) else { return nil }
        self = id
    }

    /// The same for bytes that lie somewhere.
    package init?(text characters: UnsafeBufferPointer<UInt8>) {
        guard characters.count == Self.textLength else { return nil }
        var (high, low) = (UInt64(0), UInt64(0))
        var wrong = UInt64(0)
        func read(_ group: Range<Int>, into word: inout UInt64) {
            for place in group {
                let nibble = Self.nibble(characters[place])
                wrong |= nibble
                word = word << 4 | nibble
            }
        }
        read(0..<8, into: &high)
        read(9..<13, into: &high)
        read(14..<18, into: &high)
        read(19..<23, into: &low)
        read(24..<36, into: &low)
        for place in Self.hyphens where characters[place] != UInt8(ascii: "-") { wrong = 16 }
        guard wrong < 16 else { return nil }
        self.init(high: high, low: low)
    }

    /// Where the text has its hyphens.
    @inline(__always)
    private static var hyphens: StrideTo<Int> { stride(from: 8, to: 24, by: 5) }

    @inline(__always)
    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble &+ UInt8(ascii: "0") &+ (nibble < 10 ? 0 : 39)
    }

    /// 16 or more for a character that is no lower-case hexadecimal digit.
    @inline(__always)
    private static func nibble(_ character: UInt8) -> UInt64 {
        let digit = character &- UInt8(ascii: "0")
        if digit < 10 { return UInt64(digit) }
        let letter = character &- UInt8(ascii: "a")
        return letter < 6 ? UInt64(letter) + 10 : 16
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
