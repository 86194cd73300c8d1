/// Bytes that are looked at eight at a time.
enum Words {
    @inline(__always)
    static func load8(_ base: UnsafePointer<UInt8>, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
    }

    @inline(__always)
    static func load4(_ base: UnsafePointer<UInt8>, _ offset: Int) -> UInt64 {
        UInt64(
            UInt32(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt32.self)))
    }

    /// Whether `count` bytes are the same at both places.
    @inline(__always)
    static func areEqual(
        _ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, _ count: Int
    ) -> Bool {
        guard count >= 8 else {
            for place in 0..<count where one[place] != other[place] { return false }
            return true
        }
        var place = 0
        while place + 8 < count {
            if load8(one, place) != load8(other, place) { return false }
            place += 8
        }
        // The last eight, some of which were perhaps looked at before.
        return load8(one, count - 8) == load8(other, count - 8)
    }

    /// The 32 bits that eight lower-case hexadecimal digits are; `wrong` is not zero after any other
    /// character.
    ///
    /// - Parameter digits: As loaded, the first digit lowest.
    @inline(__always)
    static func hexadecimal(_ digits: UInt64, _ wrong: inout UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let isLetter = digits >> 6 & ones
        let nibbles = digits & (ones &* 0x0F) &+ isLetter &* 9
        // Written back, they must be the same characters.
        let isAboveNine = (nibbles &+ ones &* 6) >> 4 & ones
        let written = nibbles &+ ones &* 0x30 &+ isAboveNine &* 0x27
        wrong |= written ^ digits | nibbles & (ones &* 0x10)
        var number = nibbles.byteSwapped
        number = (number >> 4 | number) & 0x00FF_00FF_00FF_00FF
        number = (number >> 8 | number) & 0x0000_FFFF_0000_FFFF
        return (number >> 16 | number) & 0xFFFF_FFFF
    }
}
