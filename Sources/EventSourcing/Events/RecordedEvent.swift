package import FoundationEssentials

/// An event as it stands in the log: the envelope, and its data as the exact bytes that are stored.
package struct RecordedEvent: Sendable, Equatable {
    /// Global position: 1, 2, 3, ... without a hole.
    package let position: Int64
    package let stream: StreamID
    /// Version of the stream after this event: its first event makes version 1.
    package let version: Int
    package let id: UUID
    package let type: String
    package let schemaVersion: Int
    /// When it happened, by the clock of who reported it.
    package let occurredAt: Timestamp
    /// When the database took it; never less than that of the position before.
    package let recordedAt: Timestamp
    package let actor: Actor
    package let commandID: UUID
    package let correlationID: UUID
    package let causationID: UUID?
    /// Canonical JSON, never changed once stored.
    package let data: [UInt8]

    package init(
        position: Int64, stream: StreamID, version: Int, id: UUID, type: String,
        schemaVersion: Int, occurredAt: Timestamp, recordedAt: Timestamp, actor: Actor,
        commandID: UUID, correlationID: UUID, causationID: UUID?, data: [UInt8]
    ) {
        self.position = position
        self.stream = stream
        self.version = version
        self.id = id
        self.type = type
        self.schemaVersion = schemaVersion
        self.occurredAt = occurredAt
        self.recordedAt = recordedAt
        self.actor = actor
        self.commandID = commandID
        self.correlationID = correlationID
        self.causationID = causationID
        self.data = data
    }
}
