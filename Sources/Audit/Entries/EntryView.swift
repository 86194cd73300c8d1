internal import EventSourcing
internal import FoundationEssentials
internal import TransparencyLog

/// An entry that was found to be in its one form, with what the verification looks at. Valid as long
/// as the memory that it was read from.
struct EntryView {
    let bytes: UnsafeBufferPointer<UInt8>
    let position: Int64
    let version: Int64
    /// Microseconds since 1970.
    let occurredAt: Int64
    /// Microseconds since 1970.
    let recordedAt: Int64
    let stream: StreamKey
    let commandID: IDKey
    let id: IDKey
    let schemaVersion: Int64
    /// Without its quotes; a type with an escape in it is none that patchflow knows.
    let type: UnsafeBufferPointer<UInt8>
    /// The stored payload.
    let data: UnsafeBufferPointer<UInt8>

    func isOf(_ type: StaticString) -> Bool {
        self.type.count == type.utf8CodeUnitCount
            && type.withUTF8Buffer { $0.elementsEqual(self.type) }
    }

    var typeText: String { String(decoding: type, as: UTF8.self) }

    /// Who wrote it.
    func actor() throws(EntryFault) -> Actor {
        var cursor = EntryCursor(bytes)
        try cursor.expect(#"{"actor":{"id":""#)
        let id = try cursor.readText()
        let onBehalfOf = try cursor.skip(#","on_behalf_of":""#) ? cursor.readText() : nil
        try cursor.expect(#","role":""#)
        let role = try cursor.readText()
        let texts = [id, role, onBehalfOf].compactMap(\.self)
        // Names with escapes in them are rare, and costly to read.
        if texts.contains(where: { $0.contains(UInt8(ascii: "\\")) }) {
            do {
                return try event().actor
            } catch {
                throw cursor.fault("an actor")
            }
        }
        return Actor(
            id: String(decoding: id, as: UTF8.self), role: String(decoding: role, as: UTF8.self),
            onBehalfOf: onBehalfOf.map { String(decoding: $0, as: UTF8.self) })
    }

    /// Id and role of who wrote it; nil where somebody else stands behind them, or a name has an
    /// escape in it.
    func plainActor() -> (id: UnsafeBufferPointer<UInt8>, role: UnsafeBufferPointer<UInt8>)? {
        var cursor = EntryCursor(bytes)
        guard cursor.skip(#"{"actor":{"id":""#), let id = cursor.readPlainText(),
            cursor.skip(#","role":""#), let role = cursor.readPlainText()
        else { return nil }
        return (id, role)
    }

    /// The same with its payload in another form.
    func with(data: UnsafeBufferPointer<UInt8>) -> EntryView {
        EntryView(
            bytes: bytes, position: position, version: version, occurredAt: occurredAt,
            recordedAt: recordedAt, stream: stream, commandID: commandID, id: id,
            schemaVersion: schemaVersion, type: type, data: data)
    }

    /// The whole event; costs more than everything else that is done with an entry.
    func event() throws(LogEntryError) -> RecordedEvent {
        try LogEntry(bytes: Array(bytes)).event()
    }
}

/// Why bytes are no entry: at `offset`, counted from 0, `expected` should stand.
struct EntryFault: Error, Equatable, CustomStringConvertible {
    let offset: Int
    let expected: String

    var description: String {
        "the entry is not one that patchflow writes: \(expected) expected at byte \(offset)"
    }
}
