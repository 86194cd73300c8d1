import EventSourcing
import Foundation

/// The real store, where something else commits between a decision and its append.
struct MeddlingStore: EventStore {
    let store: any EventStore
    /// Appends with an event of this type are meddled with.
    let type: String
    let meddle: @Sendable () async throws -> Void
    /// The event at this position is damaged.
    var damaged: Int64?
    /// Earlier events of this stream lie in an archive, which isn't at hand while this is true.
    var archived: (stream: StreamID, isAway: @Sendable () -> Bool)?

    func append(_ request: AppendRequest) async throws -> AppendReceipt {
        let types = request.streams.flatMap { $0.events.map(\.type) }
        if types.contains(type) { try await meddle() }
        return try await store.append(request)
    }

    func receipt(for commandID: UUID, requestDigest: Digest) async throws -> AppendReceipt? {
        try await store.receipt(for: commandID, requestDigest: requestDigest)
    }

    func read(
        _ stream: StreamID, after version: Int, limit: Int
    ) async throws -> [RecordedEvent] {
        if let archived, archived.stream == stream, archived.isAway() {
            throw EventStoreError(.archiveMissing, "the archive 'events-1-20.tar' is away")
        }
        return try await store.read(stream, after: version, limit: limit)
    }

    func read(after position: Int64, limit: Int) async throws -> [RecordedEvent] {
        let events = try await store.read(after: position, limit: limit)
        guard !events.contains(where: { $0.position == damaged }) else {
            throw EventStoreError(.corrupted, "a damaged page")
        }
        return events
    }

    func head() async throws -> Int64 { try await store.head() }

    func document(_ digest: Digest) async throws -> Document? {
        try await store.document(digest)
    }

    var eventBell: any Bell { store.eventBell }
}
