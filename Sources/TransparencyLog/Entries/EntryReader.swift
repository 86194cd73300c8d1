internal import EventSourcing
internal import FoundationEssentials

/// Reads an entry member by member. It takes some texts that are not canonical (a leading zero, an
/// escape too many, bytes that are no UTF-8): `LogEntry.event` writes what was read and compares.
struct EntryReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func event() throws(LogEntryError) -> RecordedEvent {
        let actor = try readActor()
        let causationID = try skip(#","causation_id":""#) ? readID() : nil
        try expect(#","command_id":""#)
        let commandID = try readID()
        try expect(#","correlation_id":""#)
        let correlationID = try readID()
        try expect(#","data":"#)
        let data = try readJSON()
        try expect(#","id":""#)
        let id = try readID()
        try expect(#","occurred_at":""#)
        let occurredAt = try readTime()
        try expect(#","position":"#)
        let position = try readNumber()
        try expect(#","recorded_at":""#)
        let recordedAt = try readTime()
        try expect(#","schema_version":"#)
        let schemaVersion = try readNumber()
        try expect(#","stream":""#)
        let stream = try readStream()
        try expect(#","type":""#)
        let type = try readText()
        try expect(#","version":"#)
        let version = try readNumber()
        try expect("}")
        guard offset == bytes.count else { throw malformed("the end") }
        return RecordedEvent(
            position: position, stream: stream, version: Int(version), id: id, type: type,
            schemaVersion: Int(schemaVersion), occurredAt: occurredAt, recordedAt: recordedAt,
            actor: actor, commandID: commandID, correlationID: correlationID,
            causationID: causationID, data: data)
    }

    private mutating func readActor() throws(LogEntryError) -> Actor {
        try expect(#"{"actor":{"id":""#)
        let id = try readText()
        let onBehalfOf = try skip(#","on_behalf_of":""#) ? readText() : nil
        try expect(#","role":""#)
        let role = try readText()
        try expect("}")
        return Actor(id: id, role: role, onBehalfOf: onBehalfOf)
    }

    private func malformed(_ expected: String) -> LogEntryError {
        .malformed(offset: offset, expected: expected)
    }

    /// Steps over `literal` if it stands here.
    private mutating func skip(_ literal: StaticString) -> Bool {
        let end = offset + literal.utf8CodeUnitCount
        guard end <= bytes.count else { return false }
        let isHere = literal.withUTF8Buffer { expected in
            for (place, byte) in expected.enumerated() where bytes[offset + place] != byte {
                return false
            }
            return true
        }
        if isHere { offset = end }
        return isHere
    }

    private mutating func expect(_ literal: StaticString) throws(LogEntryError) {
        guard skip(literal) else { throw malformed("'\(literal)'") }
    }

    /// A string up to and with its closing quote; the opening one is behind.
    private mutating func readText() throws(LogEntryError) -> String {
        let start = offset
        var end = offset
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\\"),
            bytes[end] != UInt8(ascii: "\"")
        {
            end += 1
        }
        if end < bytes.count, bytes[end] == UInt8(ascii: "\\") { return try readEscapedText() }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else {
            throw malformed("a string")
        }
        offset = end + 1
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// The same for a string that has the escapes of RFC 8785.
    private mutating func readEscapedText() throws(LogEntryError) -> String {
        let wrong = malformed("a string")
        var units: [UInt8] = []
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            let unit = bytes[offset]
            guard unit >= 0x20 else { throw wrong }
            offset += 1
            units.append(unit == UInt8(ascii: "\\") ? try readEscape() : unit)
        }
        try expect("\"")
        return String(decoding: units, as: UTF8.self)
    }

    /// What follows a backslash: always one byte of ASCII, since nothing else is ever escaped.
    private mutating func readEscape() throws(LogEntryError) -> UInt8 {
        if skip("\"") { return UInt8(ascii: "\"") }
        if skip("\\") { return UInt8(ascii: "\\") }
        if skip("b") { return 0x08 }
        if skip("t") { return 0x09 }
        if skip("n") { return 0x0A }
        if skip("f") { return 0x0C }
        if skip("r") { return 0x0D }
        try expect("u00")
        guard offset + 2 <= bytes.count,
            let text = String(validating: bytes[offset..<(offset + 2)], as: UTF8.self),
            let unit = UInt8(text, radix: 16), unit < 0x20
        else { throw malformed("an escaped control character") }
        offset += 2
        return unit
    }

    private mutating func readID() throws(LogEntryError) -> UUID {
        let end = offset + UUID.textLength
        guard end < bytes.count, let id = UUID(text: bytes[offset..<end]) else {
            throw malformed("an id")
        }
        offset = end
        try expect("\"")
        return id
    }

    private mutating func readTime() throws(LogEntryError) -> Timestamp {
        let wrong = malformed("a time")
        guard let moment = Timestamp(try readText()) else { throw wrong }
        return moment
    }

    private mutating func readStream() throws(LogEntryError) -> StreamID {
        let wrong = malformed("a stream")
        guard let stream = StreamID(try readText()) else { throw wrong }
        return stream
    }

    private mutating func readNumber() throws(LogEntryError) -> Int64 {
        var number: Int64 = 0
        let start = offset
        // Sixteen digits hold 2^53, and can't overflow.
        while offset < bytes.count, offset - start < 16,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset])
        {
            number = number * 10 + Int64(bytes[offset] - UInt8(ascii: "0"))
            offset += 1
        }
        guard offset > start else { throw malformed("a number") }
        return number
    }

    private mutating func readJSON() throws(LogEntryError) -> [UInt8] {
        let (end, isASCII) = bytes.withUnsafeBufferPointer { bytes -> (Int?, Bool) in
            var scan = JSONScan(bytes, from: offset)
            return scan.skipValue() ? (scan.offset, scan.isASCII) : (nil, false)
        }
        guard let end else { throw malformed("JSON") }
        let text = bytes[offset..<end]
        guard isASCII || String(validating: text, as: UTF8.self) != nil else {
            throw malformed("JSON")
        }
        offset = end
        return Array(text)
    }
}
