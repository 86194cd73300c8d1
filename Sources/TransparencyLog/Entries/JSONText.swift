/// Finds where a JSON text ends, without making anything of it (RFC 8259). It doesn't recurse, so
/// no depth of nesting can end the process.
struct JSONText {
    private enum Container {
        case array
        case object
    }

    private let bytes: [UInt8]
    private var offset: Int
    private var open: [Container] = []
    private var isASCII = true

    /// The offset behind the JSON text that begins at `start`, white space before and after it
    /// included: nil when none does, or when it isn't UTF-8.
    static func end(in bytes: [UInt8], from start: Int) -> Int? {
        var text = JSONText(bytes: bytes, offset: start)
        guard text.skipText() else { return nil }
        if !text.isASCII,
            String(validating: bytes[start..<text.offset], as: UTF8.self) == nil
        {
            return nil
        }
        return text.offset
    }

    private init(bytes: [UInt8], offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: byte) else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            offset += 1
        }
    }

    private mutating func skipText() -> Bool {
        repeat {
            // Before a value.
            skipSpace()
            if skip("{") {
                skipSpace()
                if !skip("}") {
                    guard skipKey() else { return false }
                    open.append(.object)
                    continue
                }
            } else if skip("[") {
                skipSpace()
                if !skip("]") {
                    open.append(.array)
                    continue
                }
            } else if !skipScalar() {
                return false
            }
            guard skipEnds() else { return false }
        } while !open.isEmpty
        return true
    }

    /// After a value: closes what ends here, and goes on to the next value of what doesn't.
    private mutating func skipEnds() -> Bool {
        while true {
            skipSpace()
            guard let container = open.last else { return true }
            if skip(",") {
                skipSpace()
                return container == .array || skipKey()
            }
            guard skip(container == .array ? "]" : "}") else { return false }
            open.removeLast()
        }
    }

    private mutating func skipKey() -> Bool {
        guard skip("\""), skipString() else { return false }
        skipSpace()
        return skip(":")
    }

    private mutating func skipScalar() -> Bool {
        switch next {
        case UInt8(ascii: "\""):
            offset += 1
            return skipString()
        case UInt8(ascii: "t"): return skip(word: "true")
        case UInt8(ascii: "f"): return skip(word: "false")
        case UInt8(ascii: "n"): return skip(word: "null")
        default: return skipNumber()
        }
    }

    private mutating func skip(word: StaticString) -> Bool {
        let end = offset + word.utf8CodeUnitCount
        guard end <= bytes.count, word.withUTF8Buffer({ $0.elementsEqual(bytes[offset..<end]) })
        else { return false }
        offset = end
        return true
    }

    /// To the end of a string whose opening quote is behind.
    private mutating func skipString() -> Bool {
        while let byte = next {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): guard skipEscape() else { return false }
            case 0..<0x20: return false
            case 0x80...: isASCII = false
            default: continue
            }
        }
        return false
    }

    private mutating func skipEscape() -> Bool {
        guard let byte = next else { return false }
        offset += 1
        if byte != UInt8(ascii: "u") { return #""\/bfnrt"#.utf8.contains(byte) }
        let end = offset + 4
        guard end <= bytes.count, bytes[offset..<end].allSatisfy(Self.isHexadecimal) else {
            return false
        }
        offset = end
        return true
    }

    private mutating func skipNumber() -> Bool {
        _ = skip("-")
        if !skip("0"), !skipDigits() { return false }
        if skip("."), !skipDigits() { return false }
        if skip("e") || skip("E") {
            if !skip("+") { _ = skip("-") }
            return skipDigits()
        }
        return true
    }

    /// One digit or more.
    private mutating func skipDigits() -> Bool {
        let start = offset
        while let byte = next, Self.isDigit(byte) { offset += 1 }
        return offset > start
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }
}
