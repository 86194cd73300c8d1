internal import EventSourcing
internal import FoundationEssentials

/// Writes an entry by hand into memory that is large enough for it: sealing does nothing else so
/// often.
struct EntryWriter {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private var place = 0

    static func bytes(of event: RecordedEvent) throws(LogEntryError) -> [UInt8] {
        try checkRanges(of: event)
        let actor = event.actor
        let texts = [actor.id, actor.role, actor.onBehalfOf ?? "", event.stream.text, event.type]
        // An escaped byte becomes six. Keys, ids, times and numbers are less than a kilobyte.
        let most = texts.reduce(1024 + event.data.count) { $0 + 6 * $1.utf8.count }
        let bytes = [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            var writer = EntryWriter(buffer: buffer)
            writer.write(event)
            count = writer.place
        }
        guard bytes.count <= LogEntry.largest else { throw .tooLarge(bytes: bytes.count) }
        return bytes
    }

    private static func checkRanges(of event: RecordedEvent) throws(LogEntryError) {
        guard numbers.contains(event.position) else { throw .outOfRange(member: "position") }
        guard numbers.contains(Int64(event.version)) else { throw .outOfRange(member: "version") }
        guard numbers.contains(Int64(event.schemaVersion)) else {
            throw .outOfRange(member: "schema_version")
        }
        guard Timestamp.fourDigitYears.contains(event.occurredAt) else {
            throw .outOfRange(member: "occurred_at")
        }
        guard Timestamp.fourDigitYears.contains(event.recordedAt) else {
            throw .outOfRange(member: "recorded_at")
        }
    }

    /// Integers that JSON holds exactly; counts are never negative.
    private static let numbers: ClosedRange<Int64> = 0...(1 << 53)

    private init(buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    private mutating func write(_ event: RecordedEvent) {
        write(#"{"actor":{"id":"#)
        write(quoted: event.actor.id)
        if let onBehalfOf = event.actor.onBehalfOf {
            write(#","on_behalf_of":"#)
            write(quoted: onBehalfOf)
        }
        write(#","role":"#)
        write(quoted: event.actor.role)
        if let causationID = event.causationID {
            write(#"},"causation_id":""#)
            write(causationID)
            write(#"","command_id":""#)
        } else {
            write(#"},"command_id":""#)
        }
        write(event.commandID)
        write(#"","correlation_id":""#)
        write(event.correlationID)
        write(#"","data":"#)
        event.data.withUnsafeBufferPointer { write($0) }
        write(#","id":""#)
        write(event.id)
        write(#"","occurred_at":""#)
        write(event.occurredAt)
        write(#"","position":"#)
        write(event.position)
        write(#","recorded_at":""#)
        write(event.recordedAt)
        write(#"","schema_version":"#)
        write(Int64(event.schemaVersion))
        write(#","stream":"#)
        write(quoted: event.stream.text)
        write(#","type":"#)
        write(quoted: event.type)
        write(#","version":"#)
        write(Int64(event.version))
        write("}")
    }

    /// The next `count` bytes, which the caller writes. Every write comes through here, so that a
    /// wrong estimate of the size ends the process instead of writing beyond.
    private mutating func take(_ count: Int) -> UnsafeMutableBufferPointer<UInt8> {
        precondition(place + count <= buffer.count, "an entry is longer than was estimated")
        defer { place += count }
        return UnsafeMutableBufferPointer(rebasing: buffer[place..<(place + count)])
    }

    private mutating func write(_ bytes: UnsafeBufferPointer<UInt8>) {
        _ = take(bytes.count).initialize(fromContentsOf: bytes)
    }

    private mutating func write(_ literal: StaticString) {
        literal.withUTF8Buffer { write($0) }
    }

    private mutating func write(_ id: UUID) { id.writeText(to: take(UUID.textLength)) }

    private mutating func write(_ moment: Timestamp) {
        let room = take(Timestamp.longestText)
        place -= room.count - moment.writeText(to: room)
    }

    private mutating func write(_ number: Int64) {
        var length = 1
        var limit: Int64 = 10
        while number >= limit {
            length += 1
            limit *= 10
        }
        let digits = take(length)
        var rest = number
        for place in (0..<length).reversed() {
            digits[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    /// A JSON string with the escapes of RFC 8785 §3.2.2.2.
    private mutating func write(quoted text: String) {
        write("\"")
        var text = text
        text.withUTF8 { units in
            if units.contains(where: Self.isEscaped) {
                for unit in units { write(escaping: unit) }
            } else {
                write(units)
            }
        }
        write("\"")
    }

    private mutating func write(escaping unit: UInt8) {
        switch unit {
        case UInt8(ascii: "\""): write(#"\""#)
        case UInt8(ascii: "\\"): write(#"\\"#)
        case 0x08: write(#"\b"#)
        case 0x09: write(#"\t"#)
        case 0x0A: write(#"\n"#)
        case 0x0C: write(#"\f"#)
        case 0x0D: write(#"\r"#)
        case 0x00..<0x20:
            write(#"\u00"#)
            let digits = take(2)
            let low = unit & 15
            digits[0] = UInt8(ascii: "0") + unit >> 4
            digits[1] = low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10
        default: take(1)[0] = unit
        }
    }

    private static func isEscaped(_ unit: UInt8) -> Bool {
        unit < 0x20 || unit == UInt8(ascii: "\"") || unit == UInt8(ascii: "\\")
    }
}
