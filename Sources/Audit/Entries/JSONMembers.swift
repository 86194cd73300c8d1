internal import JSON
internal import TransparencyLog

/// Reads single members of an object that is known to be JSON, without decoding the rest of it. A
/// key with an escape in it is none that patchflow writes, and isn't found.
///
/// Keys are sorted in what patchflow writes: who asks for them in their order reads the object once.
struct JSONMembers {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Where the members begin; nil for anything but an object.
    private let start: Int?
    /// Where the member behind the last value that was read begins.
    private var place: Int

    /// - Parameter bytes: A JSON text; of anything but an object every member is nil.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        var scan = JSONScan(bytes)
        scan.skipSpace()
        let isObject = scan.skip(UInt8(ascii: "{"))
        scan.skipSpace()
        start = isObject ? scan.offset : nil
        place = scan.offset
    }

    /// The value of `key`, without the white space around it; of a string with its quotes.
    mutating func value(_ key: StaticString) -> UnsafeBufferPointer<UInt8>? {
        guard let start = start(of: key) else { return nil }
        var scan = JSONScan(bytes, from: start)
        scan.skipKnownValue()
        let value = bytes[start..<end(from: start, scan.offset)]
        goOn(from: scan.offset)
        return UnsafeBufferPointer(rebasing: value)
    }

    /// The members of the object at `key`, whose end isn't looked for.
    func members(_ key: StaticString) -> JSONMembers? {
        start(of: key).map { JSONMembers(UnsafeBufferPointer(rebasing: bytes[$0...])) }
    }

    private func start(of key: StaticString) -> Int? {
        guard let start else { return nil }
        return find(key, from: place, to: bytes.count) ?? find(key, from: start, to: place)
    }

    /// Where the value of `key` begins, if that is one of the members from `start` up to `end`.
    private func find(_ key: StaticString, from start: Int, to end: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var scan = JSONScan(bytes, from: start)
        let (name, length) = (key.utf8Start, key.utf8CodeUnitCount)
        while scan.offset < end, scan.skip(UInt8(ascii: "\"")) {
            let keyStart = scan.offset
            // Names that are asked for have no escapes, so a quote behind one is its end.
            let isMeant =
                keyStart + length < bytes.count
                && bytes[keyStart + length] == UInt8(ascii: "\"")
                && Words.areEqual(base + keyStart, name, length)
            if isMeant {
                scan = JSONScan(bytes, from: keyStart + length + 1)
            } else {
                scan.skipKnownString()
            }
            scan.skipSpace()
            _ = scan.skip(UInt8(ascii: ":"))
            scan.skipSpace()
            if isMeant { return scan.offset }
            scan.skipKnownValue()
            scan.skipSpace()
            guard scan.skip(UInt8(ascii: ",")) else { return nil }
            scan.skipSpace()
        }
        return nil
    }

    /// What stands between the quotes of a string without escapes.
    mutating func text(_ key: StaticString) -> UnsafeBufferPointer<UInt8>? {
        guard let start = start(of: key), start < bytes.count,
            bytes[start] == UInt8(ascii: "\"")
        else { return nil }
        var end = PlainText.end(in: bytes, from: start + 1)
        // Beyond ASCII every byte stands for itself as well.
        while end < bytes.count, bytes[end] >= 0x80 {
            end = PlainText.end(in: bytes, from: end + 1)
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
        goOn(from: end + 1)
        return UnsafeBufferPointer(rebasing: bytes[(start + 1)..<end])
    }

    /// Remembers the place of the member behind a value that ends at `end`.
    private mutating func goOn(from end: Int) {
        var scan = JSONScan(bytes, from: end)
        scan.skipSpace()
        _ = scan.skip(UInt8(ascii: ","))
        scan.skipSpace()
        place = scan.offset
    }

    /// A whole number of at most 16 digits.
    mutating func number(_ key: StaticString) -> Int64? {
        guard let value = value(key), (1...17).contains(value.count) else { return nil }
        let isNegative = value.first == UInt8(ascii: "-")
        var number: Int64 = 0
        for byte in value.dropFirst(isNegative ? 1 : 0) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return isNegative ? -number : number
    }

    mutating func stream(_ key: StaticString) -> StreamKey? { text(key).flatMap { StreamKey($0) } }

    mutating func id(_ key: StaticString) -> IDKey? { text(key).flatMap { IDKey($0) } }

    /// A SHA-256 as events have it, 64 hexadecimal digits; 32 bytes in memory.
    mutating func digest(_ key: StaticString) -> TreeHash? {
        guard let text = text(key), text.count == 64 else { return nil }
        guard let base = text.baseAddress else { return nil }
        var wrong: UInt64 = 0
        func word(_ offset: Int) -> UInt64 {
            Words.hexadecimal(Words.load8(base, offset), &wrong) << 32
                | Words.hexadecimal(Words.load8(base, offset + 8), &wrong)
        }
        let words = (word(0), word(16), word(32), word(48))
        return wrong == 0 ? TreeHash(words: words) : nil
    }

    private func end(from start: Int, _ end: Int) -> Int {
        var end = end
        while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
        return end
    }
}
