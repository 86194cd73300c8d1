internal import JSON
internal import TransparencyLog

/// A place in an entry, and what may stand there. Every text is taken only in the form of RFC 8785.
struct EntryCursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var offset = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    func fault(_ expected: String) -> EntryFault {
        EntryFault(offset: offset, expected: expected)
    }

    /// Steps over `literal` if it stands here.
    mutating func skip(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard offset + count <= bytes.count, let base = bytes.baseAddress else { return false }
        guard Words.areEqual(base + offset, literal.utf8Start, count) else { return false }
        offset += count
        return true
    }

    mutating func expect(_ literal: StaticString) throws(EntryFault) {
        guard skip(literal) else { throw fault("'\(literal)'") }
    }

    func expectEnd() throws(EntryFault) {
        guard offset == bytes.count else { throw fault("the end") }
    }

    mutating func take(
        _ count: Int, _ expected: String
    ) throws(EntryFault) -> UnsafeBufferPointer<UInt8> {
        guard offset + count <= bytes.count else { throw fault(expected) }
        defer { offset += count }
        return UnsafeBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }

    /// The content of a string up to and without its closing quote, which is stepped over; the
    /// opening one is behind.
    mutating func readText() throws(EntryFault) -> UnsafeBufferPointer<UInt8> {
        let start = offset
        var isASCII = true
        while true {
            offset = PlainText.end(in: bytes, from: offset)
            guard offset < bytes.count else { throw fault("a string") }
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { throw fault("a string") }
            if byte == UInt8(ascii: "\\") {
                try skipEscape()
            } else {
                isASCII = false
                offset += 1
            }
        }
        let text = UnsafeBufferPointer(rebasing: bytes[start..<offset])
        guard isASCII || String(validating: text, as: UTF8.self) != nil else {
            throw fault("UTF-8")
        }
        offset += 1
        return text
    }

    /// Likewise of a string in ASCII without escapes; nil for any other.
    mutating func readPlainText() -> UnsafeBufferPointer<UInt8>? {
        let end = PlainText.end(in: bytes, from: offset)
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
        defer { offset = end + 1 }
        return UnsafeBufferPointer(rebasing: bytes[offset..<end])
    }

    /// An escape that can't be left out, in the shorter of its forms.
    private mutating func skipEscape() throws(EntryFault) {
        for short: StaticString in [#"\""#, #"\\"#, #"\b"#, #"\t"#, #"\n"#, #"\f"#, #"\r"#]
        where skip(short) {
            return
        }
        guard skip(#"\u00"#), offset + 2 <= bytes.count else { throw fault("an escape") }
        let (high, low) = (bytes[offset], bytes[offset + 1])
        let isControl = high == UInt8(ascii: "0") || high == UInt8(ascii: "1")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let letters = UInt8(ascii: "a")...UInt8(ascii: "f")
        guard isControl, digits.contains(low) || letters.contains(low) else {
            throw fault("an escaped control character")
        }
        let hasShortForm = high == UInt8(ascii: "0") && "89acd".utf8.contains(low)
        guard !hasShortForm else { throw fault("a shorter escape") }
        offset += 2
    }

    mutating func readID() throws(EntryFault) -> IDKey {
        guard let id = IDKey(try take(36, "an id")) else {
            offset -= 36
            throw fault("an id")
        }
        try expect("\"")
        return id
    }

    mutating func readStream() throws(EntryFault) -> StreamKey {
        let start = offset
        guard let stream = StreamKey(try readText()) else {
            offset = start
            throw fault("a stream")
        }
        return stream
    }

    /// 0 to 2^53, without leading zeros.
    mutating func readNumber() throws(EntryFault) -> Int64 {
        let start = offset
        var number: Int64 = 0
        while offset < bytes.count, offset - start < 16 {
            let digit = bytes[offset] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            number = number * 10 + Int64(digit)
            offset += 1
        }
        guard offset > start, number <= 1 << 53,
            offset - start == 1 || bytes[start] != UInt8(ascii: "0")
        else { throw fault("a number") }
        return number
    }

    /// A JSON text with the white space around it.
    mutating func readJSON() throws(EntryFault) -> UnsafeBufferPointer<UInt8> {
        var scan = JSONScan(bytes, from: offset)
        guard scan.skipValue() else { throw fault("JSON") }
        let text = UnsafeBufferPointer(rebasing: bytes[offset..<scan.offset])
        guard scan.isASCII || String(validating: text, as: UTF8.self) != nil else {
            throw fault("UTF-8")
        }
        offset = scan.offset
        return text
    }
}
