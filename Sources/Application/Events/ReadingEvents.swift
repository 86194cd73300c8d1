private import EventSourcing
private import FoundationEssentials
private import PatchManagement

extension UseCases {
    /// Lists events in the order of the log, as far as read models have come: what is shown is
    /// durable.
    ///
    /// - Parameter position: Only those after it.
    package func events(
        of stream: String?, type: String?, after position: Int64?, _ caller: Caller,
        _ wish: ListWish
    ) async throws -> DocumentPage {
        _ = try authorise(caller, .readEvents)
        let end = try await end(of: wish.moment)
        var start = position ?? 0
        if let cursor = wish.cursor {
            guard let seen = Int64(cursor), seen >= 0 else { throw QueryError.badCursor(cursor) }
            start = max(start, seen)
        }
        var search = EventSearch(type: type, start: start, end: end, limit: wish.limit)
        if let stream {
            guard let stream = StreamID(stream) else {
                throw InvalidInput(
                    field: "stream", message: "'\(stream)' is not an id such as pa_ and a UUID")
            }
            try await search.run(store, in: stream)
        } else {
            try await search.run(store)
        }
        return DocumentPage(
            documents: try search.found.map { try $0.document }, next: search.next.map(String.init),
            position: end)
    }

    /// The event at `position` as a document.
    ///
    /// - Parameter moment: It has to have happened by then.
    package func event(
        at position: Int64, _ caller: Caller, _ moment: Moment = Moment()
    ) async throws -> [UInt8] {
        _ = try authorise(caller, .readEvents)
        let missing = NotFound("event", String(position))
        if let end = try await self.position(moment), end < position { throw missing }
        let head = try await store.head()
        guard (1...max(1, head)).contains(position), head > 0 else { throw missing }
        try await wait(until: position)
        guard let event = try await store.read(after: position - 1, limit: 1).first else {
            throw missing
        }
        guard event.position == position else {
            throw EventStoreError.damaged(
                "the event at position \(position) is gone, though there are later ones")
        }
        return try event.document
    }

    private func end(of moment: Moment) async throws -> Int64 {
        let wanted = try await position(moment)
        let position = try await reads.position()
        guard let wanted else { return position }
        guard wanted <= position else {
            throw QueryError.aheadOfLog(position: wanted, head: position)
        }
        return wanted
    }
}

/// A walk through the log for events that match.
private struct EventSearch {
    let type: String?
    let start: Int64
    let end: Int64
    let limit: Int
    private(set) var found: [RecordedEvent] = []
    /// Where the next page begins; nil when nothing more can match.
    private(set) var next: Int64?

    /// A rare type must not keep one request busy for long: it goes on with the next page.
    private static let longestWalk = 20_000
    private static let stride = 1000

    init(type: String?, start: Int64, end: Int64, limit: Int) {
        self.type = type
        self.start = start
        self.end = end
        self.limit = limit
    }

    mutating func run(_ store: any EventStore) async throws {
        var position = start
        let stride = type == nil ? limit + 1 : Self.stride
        while position < end {
            let events = try await store.read(after: position, limit: stride)
            guard let last = events.last?.position else { return }
            if take(events) { return }
            position = last
            if position - start >= Self.longestWalk, position < end {
                next = position
                return
            }
        }
    }

    mutating func run(_ store: any EventStore, in stream: StreamID) async throws {
        var version = 0
        while true {
            let events = try await store.read(stream, after: version, limit: Self.stride)
            guard let last = events.last, !take(events), last.position < end else { return }
            version = last.version
        }
    }

    /// - Returns: True when the page is full.
    private mutating func take(_ events: [RecordedEvent]) -> Bool {
        for event in events where event.position > start && event.position <= end {
            guard type == nil || event.type == type else { continue }
            if found.count == limit {
                next = found.last?.position
                return true
            }
            found.append(event)
        }
        return false
    }
}

extension RecordedEvent {
    private struct Envelope: Encodable {
        let position: Int64
        let stream: StreamID
        let version: Int
        let id: String
        let type: String
        let schemaVersion: Int
        let occurredAt: Timestamp
        let recordedAt: Timestamp
        let actor: Actor
        let commandID: String
        let correlationID: String
        let causationID: String?

        enum CodingKeys: String, CodingKey {
            case position, stream, version, id, type, actor
            case schemaVersion = "schema_version"
            case occurredAt = "occurred_at"
            case recordedAt = "recorded_at"
            case commandID = "command_id"
            case correlationID = "correlation_id"
            case causationID = "causation_id"
        }
    }

    /// As the API shows it: the envelope, and the data byte for byte as it is stored.
    fileprivate var document: [UInt8] {
        get throws {
            let envelope = Envelope(
                position: position, stream: stream, version: version, id: id.text, type: type,
                schemaVersion: schemaVersion, occurredAt: occurredAt, recordedAt: recordedAt,
                actor: actor, commandID: commandID.text, correlationID: correlationID.text,
                causationID: causationID?.text)
            return try CanonicalJSON.encode(envelope).dropLast() + Array(",\"data\":".utf8) + data
                + Array("}".utf8)
        }
    }
}
