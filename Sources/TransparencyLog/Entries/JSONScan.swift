internal import JSON

/// Steps over JSON in memory without making anything of it (RFC 8259). It doesn't recurse, so no
/// depth of nesting can end the process.
package struct JSONScan {
    private let bytes: UnsafeBufferPointer<UInt8>
    package private(set) var offset: Int
    /// Nothing that was stepped over has a byte of 0x80 or more.
    package private(set) var isASCII = true

    package init(_ bytes: UnsafeBufferPointer<UInt8>, from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    private var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    package mutating func skip(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    package mutating func skipSpace() {
        while offset < bytes.count, bytes[offset] <= 0x20, Self.isSpace(bytes[offset]) {
            offset += 1
        }
    }

    /// One value, with the white space around it.
    ///
    /// - Returns: false when there is none.
    package mutating func skipValue() -> Bool {
        // Of each container that is open, one bit: an object, or else an array. The first 64 are
        // in a register.
        var open = OpenContainers()
        while true {
            skipSpace()
            switch next {
            case UInt8(ascii: "{"):
                offset += 1
                skipSpace()
                if !skip(UInt8(ascii: "}")) {
                    guard skipKey() else { return false }
                    open.push(isObject: true)
                    continue
                }
            case UInt8(ascii: "["):
                offset += 1
                skipSpace()
                if !skip(UInt8(ascii: "]")) {
                    open.push(isObject: false)
                    continue
                }
            case UInt8(ascii: "\""):
                offset += 1
                guard skipString() else { return false }
            default: guard skipScalar() else { return false }
            }
            guard skipEnds(&open) else { return false }
            if open.isEmpty { return true }
        }
    }

    /// A key from its opening quote, and the colon behind it.
    private mutating func skipKey() -> Bool {
        guard skip(UInt8(ascii: "\"")), skipString() else { return false }
        skipSpace()
        return skip(UInt8(ascii: ":"))
    }

    private mutating func skipEnds(_ open: inout OpenContainers) -> Bool {
        while true {
            skipSpace()
            if open.isEmpty { return true }
            switch next {
            case UInt8(ascii: ","):
                offset += 1
                if !open.isObject { return true }
                skipSpace()
                return skipKey()
            case UInt8(ascii: "}"): guard open.isObject else { return false }
            case UInt8(ascii: "]"): guard !open.isObject else { return false }
            default: return false
            }
            offset += 1
            open.pop()
        }
    }

    /// To the end of a string whose opening quote is behind.
    private mutating func skipString() -> Bool {
        while true {
            offset = PlainText.end(in: bytes, from: offset)
            guard offset < bytes.count else { return false }
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): guard skipEscape() else { return false }
            case 0..<0x20: return false
            default: isASCII = false
            }
        }
    }

    private mutating func skipEscape() -> Bool {
        guard offset < bytes.count else { return false }
        let byte = bytes[offset]
        offset += 1
        if byte != UInt8(ascii: "u") { return #""\/bfnrt"#.utf8.contains(byte) }
        for _ in 0..<4 {
            guard Self.isHexadecimal(next) else { return false }
            offset += 1
        }
        return true
    }

    private mutating func skipScalar() -> Bool {
        switch next {
        case UInt8(ascii: "t"): return skip(word: "true")
        case UInt8(ascii: "f"): return skip(word: "false")
        case UInt8(ascii: "n"): return skip(word: "null")
        default: return skipNumber()
        }
    }

    private mutating func skip(word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard offset + count <= bytes.count else { return false }
        let start = word.utf8Start
        for place in 0..<count where bytes[offset + place] != start[place] { return false }
        offset += count
        return true
    }

    private mutating func skipNumber() -> Bool {
        _ = skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")), !skipDigits() { return false }
        if skip(UInt8(ascii: ".")), !skipDigits() { return false }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
            return skipDigits()
        }
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = offset
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { offset += 1 }
        return offset > start
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}

/// Over what was found to be JSON before, so that only its end is looked for.
extension JSONScan {
    /// To the end of a string whose opening quote is behind.
    package mutating func skipKnownString() {
        while true {
            offset = PlainText.end(in: bytes, from: offset)
            guard offset < bytes.count else { return }
            let byte = bytes[offset]
            offset += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return }
        }
    }

    /// One value; of a number or word, with the white space behind it.
    package mutating func skipKnownValue() {
        var depth = 0
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                skipKnownString()
                if depth == 0 { return }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                if depth == 0 {
                    offset += 1
                    return
                }
            case UInt8(ascii: ","): if depth == 0 { return }
            default: break
            }
            offset += 1
        }
    }
}

/// Which containers are open, from the outermost in.
private struct OpenContainers {
    private var depth = 0
    private var top: UInt64 = 0
    private var below: [UInt64] = []

    var isEmpty: Bool { depth == 0 }
    /// The innermost one is an object.
    var isObject: Bool { top & 1 == 1 }

    mutating func push(isObject: Bool) {
        if depth > 0, depth % 64 == 0 {
            below.append(top)
            top = 0
        }
        top = top << 1 | (isObject ? 1 : 0)
        depth += 1
    }

    mutating func pop() {
        top >>= 1
        depth -= 1
        if depth > 0, depth % 64 == 0, let last = below.popLast() { top = last }
    }
}
