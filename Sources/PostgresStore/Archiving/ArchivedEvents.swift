internal import EventSourcing
internal import Postgres
internal import TransparencyLog

/// Reads events that have left the database. What a file says is believed only where its entries
/// have the hashes that were sealed, which are still in the database.
struct ArchivedEvents: Sendable {
    let archive: any EntryArchive
    let query: @Sendable (Query) async throws -> QueryResult

    private struct File {
        let range: ClosedRange<Int64>
        let name: String
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

    // MARK: Bundles

    private static let width = Int64(BundleID.fullWidth)

    private func file(with position: Int64) async throws -> File? {
        let rows = try await query(
            """
            select first_position, last_position, file from patchflow.archives
            where last_position >= \(position) and first_position <= \(position)
            """)
        guard let row = rows.first else { return nil }
        let first: Int64 = try row.decode(at: 0)
        return File(range: first...(try row.decode(at: 1)), name: try row.decode(at: 2))
    }

    /// A bundle of which every entry is the one that was sealed.
    private func bundle(_ index: Int64, of file: File) async throws -> EntryBundle {
        let bundle = try await archive.bundle(index, of: file.name)
        if try await isSealed(bundle) { return bundle }
        // A good copy may have taken its place since it was opened.
        archive.forget(file.name)
        let again = try await archive.bundle(index, of: file.name)
        if try await isSealed(again) { return again }
        throw EventStoreError(
            .corrupted,
            "the archive '\(file.name)' holds other events than were sealed, among the positions "
                + "\(bundle.id.leaves.lowerBound + 1) to \(bundle.id.leaves.upperBound)")
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
