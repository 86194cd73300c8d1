package import EventSourcing

/// The leaf of one event: the canonical JSON (RFC 8785) of its whole envelope, with the stored data
/// as it stands, byte for byte.
///
/// An object with the members of `RecordedEvent` in the order of their keys: `actor` (`id`,
/// `on_behalf_of`, `role`), `causation_id`, `command_id`, `correlation_id`, `data`, `id`,
/// `occurred_at`, `position`, `recorded_at`, `schema_version`, `stream`, `type`, `version`. What is
/// nil is left out, as everywhere in patchflow; times have microseconds, ids are lower case.
package struct LogEntry: Hashable, Sendable {
    /// Bytes; the length of an entry in a bundle is a 16-bit number.
    package static let largest = 65_535

    package let bytes: [UInt8]

    /// Writes the entry of `event`. Its data isn't looked at: it is JSON because the column it
    /// comes from is of that type.
    ///
    /// - Throws: `LogEntryError.tooLarge`; `.outOfRange` for an event that no log can hold.
    package init(_ event: RecordedEvent) throws(LogEntryError) {
        bytes = try EntryWriter.bytes(of: event)
    }

    /// Takes bytes that are an entry already; `event` tells whether they are one of ours.
    ///
    /// - Throws: `LogEntryError.tooLarge`.
    package init(bytes: [UInt8]) throws(LogEntryError) {
        guard bytes.count <= Self.largest else { throw .tooLarge(bytes: bytes.count) }
        self.bytes = bytes
    }

    /// Takes the bytes of an entry from a bundle, where none can be too large.
    init(bundled bytes: [UInt8]) {
        precondition(bytes.count <= Self.largest, "an entry is longer than a bundle can say")
        self.bytes = bytes
    }

    /// Its hash as a leaf of the tree.
    package var leafHash: TreeHash { .leaf(bytes) }

    /// Reads the event back.
    ///
    /// - Throws: `LogEntryError.malformed` with the place of the first byte that can't be one of an
    ///   entry; `.notCanonical` when another text would have been written for the same event. So no
    ///   two entries have the same event.
    package func event() throws(LogEntryError) -> RecordedEvent {
        var reader = EntryReader(bytes)
        let event = try reader.event()
        guard try EntryWriter.bytes(of: event) == bytes else { throw .notCanonical }
        return event
    }
}

/// Why an event has no entry, or an entry no event.
package enum LogEntryError: Error, Hashable {
    case tooLarge(bytes: Int)
    /// A number that JSON can't hold exactly (below 0 or above 2^53), or a time outside the years
    /// 0 to 9999; `member` is its key.
    case outOfRange(member: String)
    /// `expected` is for people; `offset` counts bytes from 0.
    case malformed(offset: Int, expected: String)
    case notCanonical
}

extension LogEntryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let bytes):
            "an entry of \(bytes) bytes; at most \(LogEntry.largest) fit into a bundle"
        case .outOfRange(let member): "'\(member)' is out of the range that an entry can hold"
        case .malformed(let offset, let expected): "\(expected) expected at byte \(offset)"
        case .notCanonical: "not the text that is written for this event"
        }
    }
}
