package import EventSourcing
package import FoundationEssentials
private import Logging
package import Postgres
internal import ServiceLifecycle

/// The log on PostgreSQL: see `EventStore` for what it promises.
///
/// A `Service`: appending works while `run()` does.
package final class PostgresEventStore: EventStore, Service {
    let pool: ConnectionPool
    private let appender: Appender
    private let announcer: Announcer
    private let listener: Listener
    private let archive: any EntryArchive
    private let logger = Logger(label: "patchflow.store")

    package var eventBell: any Bell { listener.events }
    package var workBell: any Bell { listener.work }

    /// - Parameters:
    ///   - patience: How long an append survives a database that is away.
    ///   - archive: The files of partitions that were archived; without it, reading what is in them
    ///     fails in clear words.
    package init(
        options: ConnectionOptions, readers: Int = 8, patience: Duration = .seconds(30),
        archive: (any EntryArchive)? = nil
    ) {
        self.archive = archive ?? NoArchive()
        var settings = ConnectionPool.Settings()
        settings.maximum = readers
        pool = ConnectionPool(options, settings: settings)
        let listener = Listener(options: options)
        let announcer = Announcer(options: options)
        self.listener = listener
        self.announcer = announcer
        appender = Appender(options: options, patience: patience) { work in
            listener.events.ring()
            if work { listener.work.ring() }
            announcer.announce(work: work)
        }
    }

    /// Serves appends, tells other processes of news and hears of theirs, until it is cancelled or
    /// told to shut down.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                // They do nothing but talk to the database: on its thread, nobody changes threads for it.
                group.addTask(executorPreference: Reactor.shared) { await self.appender.run() }
                group.addTask(executorPreference: Reactor.shared) { await self.announcer.run() }
                group.addTask(executorPreference: Reactor.shared) { await self.listener.run() }
                group.addTask { await self.keepUp() }
            }
        }
        pool.close()
    }

    /// Makes partitions long before the log reaches them (migrating made the first ones), and
    /// forgets what is not asked for any more.
    private func keepUp() async {
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .seconds(60))
                try await pool.query("select patchflow.ensure_event_partitions()")
                try await pool.query("select patchflow.forget_old_rows()")
            } catch is CancellationError {
                return
            } catch {
                logger.error(
                    "cannot make partitions or forget old rows", metadata: ["error": "\(error)"])
            }
        }
    }

    package func append(_ request: AppendRequest) async throws -> AppendReceipt {
        try await appender.append(request)
    }

    package func receipt(
        for commandID: UUID, requestDigest: Digest
    ) async throws -> AppendReceipt? {
        let rows = try await read(
            """
            select request_digest, first_position, last_position, recorded_at
            from patchflow.commands where command_id = \(commandID)
            """)
        guard let row = rows.first else { return nil }
        guard try row.decode([UInt8].self, at: 0) == requestDigest.bytes else {
            throw AppendRefusal.commandReused
        }
        return AppendReceipt(
            firstPosition: try row.decode(at: 1), lastPosition: try row.decode(at: 2),
            recordedAt: Timestamp(try row.decode(PostgresTimestamp.self, at: 3)), repeated: true)
    }

    package func read(
        _ stream: StreamID, after version: Int, limit: Int
    ) async throws -> [RecordedEvent] {
        let rows = try await read(
            """
            select \(unsafe: EventRow.columns), s.key, s.version
            from patchflow.streams s
            left join patchflow.events e on e.stream_id = s.id
                and e.position between s.first_position and s.last_position
                and e.version > \(Int32(clamping: version))
            where s.key = \(stream.text)
            order by e.version limit \(Int32(clamping: limit))
            """)
        guard let first = rows.first, try first.decode(Int32.self, at: 15) > version else {
            return []
        }
        let isThere = try first.decode(Int64?.self, at: 0) != nil
        let events = isThere ? try rows.map(EventRow.event) : []
        // Versions are dense: what is left out in front has left the database.
        if events.first?.version == version + 1 {
            return try Self.dense(events, after: version, of: stream)
        }
        let earlier = try await archived.events(of: stream, after: version, limit: limit)
        // A partition may have left between the two.
        let end = earlier.last?.version ?? version
        return try Self.dense(
            Array((earlier + events.drop { $0.version <= end }).prefix(limit)), after: version,
            of: stream)
    }

    /// Nothing is decided, and nobody is told, by a history with a hole.
    private static func dense(
        _ events: [RecordedEvent], after version: Int, of stream: StreamID
    ) throws -> [RecordedEvent] {
        var expected = version + 1
        for event in events {
            guard event.version == expected else { break }
            expected += 1
        }
        guard !events.isEmpty, expected == version + 1 + events.count else {
            throw EventStoreError.damaged(
                "event \(expected) of \(stream) is gone, though there are later ones")
        }
        return events
    }

    var archived: ArchivedEvents {
        ArchivedEvents(archive: archive) { try await self.read($0) }
    }

    package func read(after position: Int64, limit: Int) async throws -> [RecordedEvent] {
        let events = try await read(
            """
            select \(unsafe: EventRow.columns), s.key
            from patchflow.events e join patchflow.streams s on s.id = e.stream_id
            where e.position > \(position)
            order by e.position limit \(Int32(clamping: limit))
            """
        ).map(EventRow.event)
        // Positions are dense, and the end of the log is never archived.
        guard let first = events.first, first.position > position + 1 else { return events }
        let earlier = try await archived.events(after: position, limit: limit)
        // Events that were read beyond a hole that no archive fills are nobody's to leave out here.
        guard let last = earlier.last else { return events }
        return Array((earlier + events.drop { $0.position <= last.position }).prefix(limit))
    }

    package func head() async throws -> Int64 {
        let rows = try await read(
            "select position from patchflow.events order by position desc limit 1")
        return try rows.first?.decode(Int64.self, at: 0) ?? 0
    }

    package func document(_ digest: Digest) async throws -> Document? {
        let rows = try await read(
            "select media_type, bytes from patchflow.documents where sha256 = \(digest.bytes)")
        guard let row = rows.first else { return nil }
        return try Self.document(row, named: digest)
    }

    package func documents(_ digests: [Digest]) async throws -> [Digest: Document] {
        let rows = try await read(
            """
            select media_type, bytes, sha256 from patchflow.documents
            where sha256 = any(\(digests.map(\.bytes)))
            """)
        var found: [Digest: Document] = [:]
        for row in rows {
            let digest = try Digest(stored: row.decode([UInt8].self, at: 2))
            found[digest] = try Self.document(row, named: digest)
        }
        return found
    }

    private static func document(_ row: Row, named digest: Digest) throws -> Document {
        let document = Document(
            mediaType: try row.decode(at: 0), bytes: try row.decode([UInt8].self, at: 1))
        guard document.digest == digest else {
            throw EventStoreError.damaged(
                "the document \(digest) holds other bytes than its name says")
        }
        return document
    }

    func read(_ query: Query) async throws -> QueryResult {
        do {
            return try await pool.query(query)
        } catch let error as PostgresError {
            throw error.asStoreError
        }
    }
}

/// How an event is read from a row.
enum EventRow {
    static let columns = """
        e.position, e.version, e.id, e.type, e.schema_version, e.occurred_at, e.recorded_at, \
        e.actor, e.actor_role, e.on_behalf_of, e.command_id, e.correlation_id, e.causation_id, \
        e.data
        """

    @Sendable
    static func event(_ row: Row) throws -> RecordedEvent {
        do {
            return RecordedEvent(
                position: try row.decode(at: 0),
                stream: try StreamID(stored: row.decode(at: 14)),
                version: Int(try row.decode(Int32.self, at: 1)),
                id: try row.decode(at: 2),
                type: try row.decode(at: 3),
                schemaVersion: Int(try row.decode(Int16.self, at: 4)),
                occurredAt: Timestamp(try row.decode(PostgresTimestamp.self, at: 5)),
                recordedAt: Timestamp(try row.decode(PostgresTimestamp.self, at: 6)),
                actor: Actor(
                    id: try row.decode(at: 7), role: try row.decode(at: 8),
                    onBehalfOf: try row.decode(at: 9)),
                commandID: try row.decode(at: 10),
                correlationID: try row.decode(at: 11),
                causationID: try row.decode(at: 12),
                data: row.withBytes(at: 13) {
                    Array($0 ?? UnsafeRawBufferPointer(start: nil, count: 0))
                })
        } catch let error as PostgresError {
            throw error.asStoreError
        }
    }
}
