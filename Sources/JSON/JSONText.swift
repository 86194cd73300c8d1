/// The texts of a tape, whose escapes its parser has found to be right.
enum JSONText {
    static func hexadecimal(_ character: UInt8) -> UInt16? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(character - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(character - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(character - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// The UTF-8 of the text that `entry` of the parsed `bytes` stands for.
    static func unescaped(_ entry: JSONEntry, _ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let raw = bytes[Int(entry.start)..<Int(entry.start + entry.length)]
        guard entry.form == .escapedText else { return Array(raw) }
        var text: [UInt8] = []
        text.reserveCapacity(raw.count)
        var place = raw.startIndex
        while place < raw.endIndex {
            guard raw[place] == UInt8(ascii: "\\") else {
                text.append(raw[place])
                place += 1
                continue
            }
            let letter = raw[place + 1]
            place += 2
            switch letter {
            case UInt8(ascii: "b"): text.append(8)
            case UInt8(ascii: "f"): text.append(12)
            case UInt8(ascii: "n"): text.append(10)
            case UInt8(ascii: "r"): text.append(13)
            case UInt8(ascii: "t"): text.append(9)
            case UInt8(ascii: "u"): append(scalar(raw, &place), to: &text)
            default: text.append(letter)
            }
        }
        return text
    }

    /// The scalar whose four digits begin at `place`, with the second half of its pair.
    private static func scalar(
        _ raw: Slice<UnsafeBufferPointer<UInt8>>, _ place: inout Int
    ) -> UInt32 {
        let unit = unit(raw, place)
        place += 4
        guard unit & 0xFC00 == 0xD800 else { return unit }
        let low = self.unit(raw, place + 2)
        place += 6
        return 0x10000 + ((unit & 0x3FF) << 10 | low & 0x3FF)
    }

    private static func unit(_ raw: Slice<UnsafeBufferPointer<UInt8>>, _ place: Int) -> UInt32 {
        raw[place..<(place + 4)].reduce(0) { $0 << 4 | UInt32(hexadecimal($1) ?? 0) }
    }

    private static func append(_ value: UInt32, to text: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(value) else {
            preconditionFailure("the parser lets no half of a surrogate pair through")
        }
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}
