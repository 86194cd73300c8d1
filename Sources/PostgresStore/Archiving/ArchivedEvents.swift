internal import EventSourcing
internal import FoundationEssentials
internal import Postgres
internal import TransparencyLog

/// Reads events that have left the database. What a file says is believed only where its entries
/// have the hashes that were sealed, which are still in the database.
struct ArchivedEvents: Sendable {
    let archive: any EntryArchive
    let query: @Sendable (Query) async throws -> QueryResult

    struct File {
        let range: ClosedRange<Int64>
        let name: String

        /// From `first_position`, `last_position` and `file` of the table.
        @Sendable init(_ row: Row) throws {
            let first: Int64 = try row.decode(at: 0)
            range = first...(try row.decode(at: 1))
            name = try row.decode(at: 2)
        }

        /// The entry bundles with the events at these positions.
        func bundles(_ positions: ClosedRange<Int64>) -> ClosedRange<Int64> {
            let width = Int64(BundleID.fullWidth)
            return (positions.lowerBound - 1) / width...(positions.upperBound - 1) / width
        }
    }

    /// The last position that isn't in the database any more; 0 when all are.
    func end() async throws -> Int64 {
        try await query("select coalesce(max(last_position), 0) from patchflow.archives")[0]
            .decode(at: 0)
    }

    /// The events above `position` up to the end of the archives, at most `limit`.
    func events(after position: Int64, limit: Int) async throws -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        var next = position + 1
        while events.count < limit, let file = try await file(with: next) {
            while events.count < limit, next <= file.range.upperBound {
                let bundle = try await bundle((next - 1) / Self.width, of: file)
                let last = min(
                    bundle.id.leaves.upperBound, file.range.upperBound,
                    next + Int64(limit - events.count) - 1)
                guard last >= next else { throw Self.missing(next) }
                for position in next...last { events.append(try Self.event(position, in: bundle)) }
                next = last + 1
            }
        }
        return events
    }

    /// The events of `stream` with a version above `version` that are archived, in order, at most
    /// `limit`.
    func events(
        of stream: StreamID, after version: Int, limit: Int
    ) async throws -> [RecordedEvent] {
        let rows = try await query(
            """
            select a.first_position, a.first_version, a.places
            from patchflow.archived_streams a
            where a.stream_id = (select id from patchflow.streams where key = \(stream.text))
                and a.first_version + cardinality(a.places) > \(Int32(clamping: version)) + 1
            order by a.first_position
            """)
        var places: [(version: Int, position: Int64)] = []
        for row in rows {
            let first: Int64 = try row.decode(at: 0)
            let firstVersion = Int(try row.decode(Int32.self, at: 1))
            for (number, place) in try row.decode([Int32].self, at: 2).enumerated()
            where firstVersion + number > version {
                places.append((firstVersion + number, first + Int64(place)))
            }
        }
        var events: [RecordedEvent] = []
        var file: File?
        var last: EntryBundle?
        for (version, position) in places.prefix(limit) {
            if file?.range.contains(position) != true { file = try await self.file(with: position) }
            guard let file else { throw Self.missing(position) }
            if last?.id.leaves.contains(position - 1) != true {
                last = try await bundle((position - 1) / Self.width, of: file)
            }
            guard let bundle = last else { throw Self.missing(position) }
            let event = try Self.event(position, in: bundle)
            // Which events are whose is in the log; the table only says where to look.
            guard event.stream == stream, event.version == version else {
                throw EventStoreError(
                    .corrupted,
                    "version \(version) of \(stream) is said to be archived at position \(position), "
                        + "and another event is there")
            }
            events.append(event)
        }
        return events
    }

    /// Where the event with that id is among the archived ones, the latest archive first; nil when it
    /// isn't. Cost: reads whole archives, as ids aren't indexed.
    ///
    /// - Throws: `EventStoreError` with `.archiveMissing` when it is in none of the files that could be
    ///   read, and there are others.
    func position(ofEvent id: UUID) async throws -> Int64? {
        let files = try await query(
            """
            select first_position, last_position, file from patchflow.archives
            order by first_position desc
            """
        ).map(File.init)
        var unread: EventStoreError?
        for file in files {
            do {
                if let position = try await position(ofEvent: id, in: file) { return position }
            } catch let error as EventStoreError where error.code == .archiveMissing {
                unread = unread ?? error
            }
        }
        if let unread { throw unread }
        return nil
    }

    private func position(ofEvent id: UUID, in file: File) async throws -> Int64? {
        // Payloads may hold the same text: it only says which entries to read.
        let text = Array(#""id":"\#(id.text)""#.utf8)
        for index in file.bundles(file.range) {
            let bundle = try await archive.bundle(index, of: file.name)
            let first = bundle.id.leaves.lowerBound + 1
            for (place, entry) in bundle.entries.enumerated()
            where file.range.contains(first + Int64(place)) && entry.bytes.contains(text) {
                let sealed = try await self.bundle(index, of: file)
                if try Self.event(first + Int64(place), in: sealed).id == id {
                    return first + Int64(place)
                }
            }
        }
        return nil
    }

    // MARK: Bundles

    private static let width = Int64(BundleID.fullWidth)

    private func file(with position: Int64) async throws -> File? {
        let rows = try await query(
            """
            select first_position, last_position, file from patchflow.archives
            where last_position >= \(position) and first_position <= \(position)
            """)
        return try rows.first.map(File.init)
    }

    /// A bundle of which every entry is the one that was sealed.
    private func bundle(_ index: Int64, of file: File) async throws -> EntryBundle {
        let bundle = try await archive.bundle(index, of: file.name)
        if try await isSealed(bundle) { return bundle }
        // A good copy may have taken its place since it was opened.
        archive.forget(file.name)
        let again = try await archive.bundle(index, of: file.name)
        if try await isSealed(again) { return again }
        // Not a damage of the log: nothing that needs these events is to go on without them.
        throw EventStoreError(
            .archiveMissing,
            "the archive '\(file.name)' holds other events than were sealed, among the positions "
                + "\(bundle.id.leaves.lowerBound + 1) to \(bundle.id.leaves.upperBound); bring a "
                + "good copy back")
    }

    private func isSealed(_ bundle: EntryBundle) async throws -> Bool {
        let hashes = try await query(
            """
            select substr(hashes, 1, 32 * \(Int32(bundle.id.width))) from patchflow.tiles
            where level = 0 and index = \(bundle.id.index)
            """
        ).first?.decode([UInt8].self, at: 0)
        return hashes.map { $0.elementsEqual(bundle.leafHashes.flatMap(\.bytes)) } ?? false
    }

    private static func event(
        _ position: Int64, in bundle: EntryBundle
    ) throws -> RecordedEvent {
        let place = Int(position - 1 - bundle.id.leaves.lowerBound)
        guard bundle.entries.indices.contains(place) else { throw missing(position) }
        do {
            return try bundle.entries[place].event()
        } catch {
            throw EventStoreError(
                .corrupted, "the archived event at position \(position) can't be read: \(error)")
        }
    }

    private static func missing(_ position: Int64) -> EventStoreError {
        EventStoreError(.corrupted, "no archive holds the event at position \(position)")
    }
}
