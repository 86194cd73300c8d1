internal import EventSourcing
internal import TransparencyLog

/// Reads entries without making an event of them: a log of millions is verified in seconds.
///
/// It takes exactly the texts that `LogEntry.event` takes, canonical ones, which a test compares.
struct EntryScanner {
    /// The ten bytes of the day that was read last, and its beginning: neighbours mostly share it.
    private var day: (UInt64, UInt64)?
    private var dayStart: Int64 = 0

    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(EntryFault) -> EntryView {
        var cursor = EntryCursor(bytes)
        try cursor.expect(#"{"actor":{"id":""#)
        _ = try cursor.readText()
        if cursor.skip(#","on_behalf_of":""#) { _ = try cursor.readText() }
        try cursor.expect(#","role":""#)
        _ = try cursor.readText()
        try cursor.expect("}")
        if cursor.skip(#","causation_id":""#) { _ = try cursor.readID() }
        try cursor.expect(#","command_id":""#)
        let commandID = try cursor.readID()
        try cursor.expect(#","correlation_id":""#)
        _ = try cursor.readID()
        try cursor.expect(#","data":"#)
        let data = try cursor.readJSON()
        try cursor.expect(#","id":""#)
        let id = try cursor.readID()
        try cursor.expect(#","occurred_at":""#)
        let occurredAt = try readTime(&cursor)
        try cursor.expect(#","position":"#)
        let position = try cursor.readNumber()
        try cursor.expect(#","recorded_at":""#)
        let recordedAt = try readTime(&cursor)
        try cursor.expect(#","schema_version":"#)
        let schemaVersion = try cursor.readNumber()
        try cursor.expect(#","stream":""#)
        let stream = try cursor.readStream()
        try cursor.expect(#","type":""#)
        let type = try cursor.readText()
        try cursor.expect(#","version":"#)
        let version = try cursor.readNumber()
        try cursor.expect("}")
        try cursor.expectEnd()
        return EntryView(
            bytes: bytes, position: position, version: version, occurredAt: occurredAt,
            recordedAt: recordedAt, stream: stream, commandID: commandID, id: id,
            schemaVersion: schemaVersion, type: type, data: data)
    }

    /// Microseconds since 1970 of `2026-03-01T09:30:00.000000Z"`, the only form of a time.
    private mutating func readTime(_ cursor: inout EntryCursor) throws(EntryFault) -> Int64 {
        let text = try cursor.take(28, "a time")
        guard let base = text.baseAddress, text[27] == UInt8(ascii: "\""),
            text[26] == UInt8(ascii: "Z"), text[10] == UInt8(ascii: "T"),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            text[19] == UInt8(ascii: ".")
        else { throw cursor.fault("a time") }
        let day = (Words.load8(base, 0), Words.load4(base, 6))
        if self.day.map({ $0 == day }) != true {
            let first = text[..<10]
            let midnight = String(decoding: first, as: UTF8.self) + "T00:00:00Z"
            guard first.allSatisfy({ $0 < 0x80 }), let moment = Timestamp(midnight) else {
                throw cursor.fault("a time")
            }
            self.day = day
            dayStart = moment.microseconds
        }
        var wrong = false
        let hour = Self.digits(base, 11, 2, &wrong)
        let minute = Self.digits(base, 14, 2, &wrong)
        let second = Self.digits(base, 17, 2, &wrong)
        let fraction = Self.digits(base, 20, 6, &wrong)
        guard !wrong, hour < 24, minute < 60, second < 60 else { throw cursor.fault("a time") }
        return dayStart + ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
    }

    @inline(__always)
    private static func digits(
        _ base: UnsafePointer<UInt8>, _ offset: Int, _ count: Int, _ wrong: inout Bool
    ) -> Int64 {
        var number: Int64 = 0
        for place in offset..<(offset + count) {
            let digit = base[place] &- UInt8(ascii: "0")
            if digit > 9 { wrong = true }
            number = number &* 10 &+ Int64(digit)
        }
        return number
    }
}
