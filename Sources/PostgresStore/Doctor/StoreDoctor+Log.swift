internal import EventSourcing
internal import Postgres
internal import StoreCheck
internal import TransparencyLog

/// One walk through the log, from the first event to the one that was last when it began.
extension StoreDoctor {
    private static let page: Int64 = 2048

    func logChecks(on connection: Connection) async throws -> [Check] {
        let ends = try await connection.query(
            """
            select coalesce((
                    select position from patchflow.events order by position desc limit 1), 0),
                coalesce((select max(size) from patchflow.checkpoints), 0)
            """)[0]
        let head: Int64 = try ends.decode(at: 0)
        var log = LogCheck()
        var seal = SealCheck(sealed: try ends.decode(at: 1), keys: keys)
        var named = Check("named documents")
        var names: Int64 = 0
        var position: Int64 = 0
        while position < head {
            let end = min(position + Self.page, head)
            let rows = try await rows(position + 1, end, &log, on: connection)
            var entries: [(position: Int64, entry: LogEntry)] = []
            for row in rows {
                let (entry, fault) = row.entry()
                log.take(row, fault: fault)
                if let entry { entries.append((row.position, entry)) }
            }
            try await compare(entries, position, min(end, seal.sealed), &seal, on: connection)
            names += try await findDocuments(of: entries, &named, on: connection)
            position = end
        }
        // Heads beyond the end of the log, when events were removed from there.
        try await takeHeads(position, .max, &seal, on: connection)
        let edges = try await tiles(seal.edges, on: connection)
        seal.finish(edges: edges, strayTiles: try await strayTiles(on: connection))
        var commands: Int64 = 0
        do {
            try await walkCommands(&log, &commands, on: connection)
        } catch let error as PostgresError where error.sqlState?.errorClass == "XX" {
            log.unreadableCommands(error.description)
        }
        log.finish(head: head, commands: commands)
        named.hasLooked(at: "\(counted(names, "reference")) by events")
        return [log.positions, log.commands, seal.entries, seal.tiles, seal.checkpoints, named]
    }

    // MARK: Events

    /// The rows of the positions `first` to `last`. Where PostgreSQL fails to read some of them, they
    /// are found by halves.
    private func rows(
        _ first: Int64, _ last: Int64, _ log: inout LogCheck, on connection: Connection
    ) async throws -> [LoggedRow] {
        // First those in the database: a partition may leave it meanwhile, and none comes back.
        let stored = try await stored(first, last, on: connection)
        guard stored.count < last - first + 1 else { return stored }
        let there = Set(stored.map(\.position))
        let archived = try await archivedRows(first...last, on: connection)
            .filter { !there.contains($0.position) }
        if let place = try await unindexed(archived.compactMap(\.event), on: connection) {
            log.unindexed(at: place)
        }
        return (archived + stored).sorted { $0.position < $1.position }
    }

    /// Streams are read through `archived_streams`: it must lead to each archived event.
    ///
    /// - Returns: The position of the first to which it doesn't.
    private func unindexed(
        _ events: [RecordedEvent], on connection: Connection
    ) async throws -> Int64? {
        if events.isEmpty { return nil }
        let rows = try await connection.query(
            """
            select w.position
            from unnest(
                \(events.map(\.stream.text)), \(events.map { Int32($0.version) }),
                \(events.map(\.position))
            ) w(key, version, position)
            where not exists (
                select from patchflow.streams s
                join patchflow.archived_streams a on a.stream_id = s.id
                where s.key = w.key and a.first_position <= w.position
                    and a.first_position + a.places[w.version - a.first_version + 1] = w.position)
            order by w.position limit 1
            """)
        return try rows.first?.decode(Int64.self, at: 0)
    }

    private func stored(
        _ first: Int64, _ last: Int64, on connection: Connection
    ) async throws -> [LoggedRow] {
        do {
            // Not joins, which might be planned to read all streams for a few events.
            return try await connection.query(
                """
                select \(unsafe: EventRow.columns),
                    (select s.key from patchflow.streams s where s.id = e.stream_id),
                    c.first_position, c.last_position, c.recorded_at,
                    e.recorded_at > now() - interval '29 days'
                from patchflow.events e
                left join patchflow.commands c on c.command_id = e.command_id
                where e.position between \(first) and \(last)
                order by e.position
                """
            ).map(Self.row)
        } catch let error as PostgresError {
            // Class XX: damaged pages; class 22: values that are none.
            guard ["XX", "22"].contains(error.sqlState?.errorClass) else { throw error }
            if first == last { return [LoggedRow(position: first, fault: error.description)] }
            let middle = first + (last - first) / 2
            let lower = try await stored(first, middle, on: connection)
            return try await lower + stored(middle + 1, last, on: connection)
        }
    }

    @Sendable
    private static func row(_ row: Row) throws -> LoggedRow {
        let position: Int64 = try row.decode(at: 0)
        guard try row.decode(String?.self, at: 14) != nil else {
            return LoggedRow(position: position, fault: "its stream is missing")
        }
        do {
            let first = try row.decode(Int64?.self, at: 15)
            let command = try first.map { first in
                LoggedRow.Command(
                    firstPosition: first, lastPosition: try row.decode(at: 16),
                    recordedAt: Timestamp(try row.decode(PostgresTimestamp.self, at: 17)))
            }
            return LoggedRow(
                position: position, event: try EventRow.event(row), command: command,
                mustBeRemembered: try row.decode(at: 18))
        } catch let error as EventStoreError {
            return LoggedRow(position: position, fault: error.message)
        } catch let error as PostgresError {
            return LoggedRow(position: position, fault: error.description)
        }
    }

    /// Commands that are remembered with positions where their events aren't.
    private func walkCommands(
        _ log: inout LogCheck, _ total: inout Int64, on connection: Connection
    ) async throws {
        var last = "00000000-0000-0000-0000-000000000000"
        while true {
            let rows = try await connection.query(
                """
                select c.command_id::text, c.first_position, c.last_position,
                    c.first_position > (
                        select coalesce(max(a.last_position), 0) from patchflow.archives a)
                    and not (
                        exists (select from patchflow.events e
                            where e.position = c.first_position and e.command_id = c.command_id)
                        and exists (select from patchflow.events e
                            where e.position = c.last_position and e.command_id = c.command_id))
                from patchflow.commands c where c.command_id > \(last)::text::uuid
                order by c.command_id limit 2000
                """)
            guard let end = rows.last else { return }
            total += Int64(rows.count)
            last = try end.decode(at: 0)
            for row in rows where try row.decode(Bool.self, at: 3) {
                log.strayCommand(
                    try row.decode(at: 0), firstPosition: try row.decode(at: 1),
                    lastPosition: try row.decode(at: 2))
            }
        }
    }

    // MARK: What is sealed

    /// Holds the sealed ones of a page against tiles and heads.
    private func compare(
        _ entries: [(position: Int64, entry: LogEntry)], _ start: Int64, _ end: Int64,
        _ seal: inout SealCheck, on connection: Connection
    ) async throws {
        guard start < end else { return }
        var hashes: [Int64: TreeHash] = [:]
        for (position, entry) in entries { hashes[position] = entry.leafHash }
        let leaves = try await leaves(start, end, on: connection)
        let heads = try await heads(start, end, on: connection)
        var nextHead = 0
        var grown: [Tile] = []
        for position in (start + 1)...end {
            let (tile, place) = (position - 1).quotientAndRemainder(dividingBy: 256)
            let stored = leaves[tile].flatMap { $0.count > place ? $0[Int(place)] : nil }
            grown += seal.take(event: hashes[position], stored: stored)
            while nextHead < heads.count, heads[nextHead].size <= position {
                seal.take(heads[nextHead])
                nextHead += 1
            }
        }
        seal.compare(grown, with: try await tiles(grown.map(\.id), on: connection))
    }

    private func takeHeads(
        _ start: Int64, _ end: Int64, _ seal: inout SealCheck, on connection: Connection
    ) async throws {
        for head in try await heads(start, min(end, seal.sealed), on: connection) {
            seal.take(head)
        }
    }

    private func heads(
        _ start: Int64, _ end: Int64, on connection: Connection
    ) async throws -> [SealCheck.Head] {
        try await connection.query(
            """
            select size, root, note from patchflow.checkpoints
            where size > \(start) and size <= \(end) order by size
            """
        ).map { row in
            SealCheck.Head(
                size: try row.decode(at: 0), root: try row.decode(at: 1),
                note: try row.decode(at: 2))
        }
    }

    /// The stored hashes of the events after `start` up to `end`, tile by tile.
    private func leaves(
        _ start: Int64, _ end: Int64, on connection: Connection
    ) async throws -> [Int64: [TreeHash]] {
        let rows = try await connection.query(
            """
            select index, hashes from patchflow.tiles
            where level = 0 and index between \(start / 256) and \((end - 1) / 256)
            """)
        var tiles: [Int64: [TreeHash]] = [:]
        for row in rows {
            tiles[try row.decode(at: 0)] = Self.hashes(try row.decode([UInt8].self, at: 1))
        }
        return tiles
    }

    private func tiles(_ ids: [TileID], on connection: Connection) async throws -> TileSet {
        if ids.isEmpty { return TileSet() }
        let rows = try await connection.query(
            """
            select t.level, t.index, t.hashes
            from unnest(\(ids.map { Int16($0.level) }), \(ids.map(\.index))) w(level, index)
            join patchflow.tiles t on t.level = w.level and t.index = w.index
            """)
        return TileSet(
            try rows.compactMap { row in
                let hashes = Self.hashes(try row.decode([UInt8].self, at: 2))
                // Of a length that the table doesn't allow: as good as missing.
                guard (1...TileID.fullWidth).contains(hashes.count) else { return nil }
                let id = TileID(
                    level: Int(try row.decode(Int16.self, at: 0)), index: try row.decode(at: 1),
                    width: hashes.count)
                return Tile(id, hashes: hashes)
            })
    }

    private static func hashes(_ bytes: [UInt8]) -> [TreeHash] {
        stride(from: 0, through: bytes.count - 32, by: 32).compactMap {
            TreeHash(bytes: bytes[$0..<($0 + 32)])
        }
    }

    private func strayTiles(on connection: Connection) async throws -> Int64 {
        try await connection.query(
            """
            select count(*)
            from patchflow.tiles t
            cross join (select coalesce(max(size), 0) as size from patchflow.checkpoints) h
            where t.index * 256 + octet_length(t.hashes) / 32 > h.size >> (8 * t.level)
            """)[0].decode(at: 0)
    }

    // MARK: Documents

    /// - Returns: How many of the events name a document.
    private func findDocuments(
        of entries: [(position: Int64, entry: LogEntry)], _ named: inout Check,
        on connection: Connection
    ) async throws -> Int64 {
        var positions: [Digest: Int64] = [:]
        var names: Int64 = 0
        for (position, entry) in entries {
            guard let digest = documentNames(entry) else { continue }
            names += 1
            positions[digest] = min(positions[digest] ?? .max, position)
        }
        if positions.isEmpty { return 0 }
        let rows = try await connection.query(
            """
            select w.sha256 from unnest(\(positions.keys.map(\.bytes))) w(sha256)
            where not exists (select from patchflow.documents d where d.sha256 = w.sha256)
            """)
        let missing = try rows.map { try Digest(stored: $0.decode([UInt8].self, at: 0)) }
        for digest in missing.sorted(by: { positions[$0] ?? 0 < positions[$1] ?? 0 }) {
            named.damaged(
                "the document \(digest), which the event names, is missing", at: positions[digest],
                action: "bring it back from a backup: its name is the SHA-256 of its bytes")
        }
        return names
    }
}
