/// How large an event may be, envelope included: as its entry in the transparency log, where a
/// length is a 16-bit number. Checked before anything is appended, so that everything that is in
/// the log can be sealed.
package enum EntryLimit {
    /// Bytes of the entry, counted with the longest position that there can be. Below what C2SP
    /// bundles hold (65,535), so that an envelope may get another member one day.
    package static let bytes = 60_000

    /// - Throws: `AppendRefusal.eventTooLarge` for an event whose entry is larger;
    ///   `EventStoreError.failed` for a time outside the years 0 to 9999.
    package static func check(_ request: AppendRequest) throws {
        guard Timestamp.fourDigitYears.contains(request.context.at) else {
            throw EventStoreError(
                .failed,
                "occurred_at '\(request.context.at)' is outside the years 0 to 9999; set the clock "
                    + "of the machine that reports it")
        }
        for stream in request.streams {
            for (index, event) in stream.events.enumerated() {
                let bytes = entryBytes(
                    of: event, request.context, stream: stream.stream,
                    version: stream.expectedVersion + index + 1)
                guard bytes <= Self.bytes else {
                    throw AppendRefusal.eventTooLarge(type: event.type, bytes: bytes)
                }
            }
        }
    }

    /// Bytes of the entry that `event` will have at the longest position: at most 15 more than at
    /// its own. Counted, not written: every append comes through here.
    package static func entryBytes(
        of event: NewEvent, _ context: CommandContext, stream: StreamID, version: Int
    ) -> Int {
        let actor = context.actor
        var bytes = frame + event.data.count
        bytes += quoted(actor.id) + quoted(actor.role)
        if let onBehalfOf = actor.onBehalfOf { bytes += behalf + quoted(onBehalfOf) }
        if context.causationID != nil { bytes += causation }
        bytes += quoted(stream.text) + quoted(event.type)
        return bytes + String(event.schemaVersion).utf8.count + String(version).utf8.count
    }

    /// What every entry has: the names, three ids, two times and a position of sixteen digits (2^53).
    private static let frame =
        #"{"actor":{"id":,"role":},"command_id":"","correlation_id":"","data":,"id":"","#.utf8.count
        + #""occurred_at":"","position":,"recorded_at":"","schema_version":,"stream":,"#.utf8.count
        + #""type":,"version":}"#.utf8.count + 3 * 36 + 2 * 27 + 16
    private static let behalf = #","on_behalf_of":"#.utf8.count
    private static let causation = #","causation_id":"""#.utf8.count + 36

    /// Bytes of `text` as a string of canonical JSON (RFC 8785).
    private static func quoted(_ text: String) -> Int {
        text.utf8.reduce(2) { count, unit in
            switch unit {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x08, 0x09, 0x0A, 0x0C, 0x0D: count + 2
            case 0x00..<0x20: count + 6
            default: count + 1
            }
        }
    }
}

extension Timestamp {
    /// The years 0 to 9999, whose text has four digits: what an entry can hold.
    package static let fourDigitYears =
        Timestamp(seconds: -62_167_219_200)..<Timestamp(seconds: 253_402_300_800)
}
