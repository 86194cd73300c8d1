internal import EventSourcing
internal import Postgres
internal import TransparencyLog

/// What is stored of the transparency log: its tiles and heads, signed or not.
struct SealedTables: Sendable {
    let store: PostgresEventStore

    struct Head {
        let head: TreeHead
        let isSigned: Bool
    }

    /// The latest head, signed or not; that of the empty tree, signed, when nothing was sealed yet.
    func latest() async throws -> Head {
        let rows = try await store.read(
            """
            select size, root, note is not null from patchflow.checkpoints
            order by size desc limit 1
            """)
        guard let row = rows.first else { return Head(head: .empty, isSigned: true) }
        return Head(
            head: TreeHead(
                size: try row.decode(at: 0), root: try TreeHash(stored: row.decode(at: 1))),
            isSigned: try row.decode(at: 2))
    }

    /// The signed checkpoint of `size`, the latest for nil.
    func signed(_ size: Int64?) async throws -> SealedCheckpoint? {
        var query: Query = "\(unsafe: Self.signed)"
        if let size { query.append(" and size = \(size)") }
        return try await first(query)
    }

    /// The earliest signed checkpoint of at least `size`.
    func signed(covering size: Int64) async throws -> SealedCheckpoint? {
        try await store.read(
            "\(unsafe: Self.signed) and size >= \(size) order by checkpoints.size limit 1"
        ).first.map(Self.checkpoint)
    }

    /// The latest signed checkpoint that `count` witnesses have cosigned.
    func cosigned(by count: Int) async throws -> SealedCheckpoint? {
        guard count > 0 else { return try await signed(nil) }
        return try await first(
            """
            \(unsafe: Self.signed) and cosignatures > 0 and cosignatures >= \(Int32(clamping: count))
            """)
    }

    private static let signed =
        "select size, root, note, sealed_at from patchflow.checkpoints where note is not null"

    private func first(_ query: Query) async throws -> SealedCheckpoint? {
        var query = query
        query.append(" order by size desc limit 1")
        return try await store.read(query).first.map(Self.checkpoint)
    }

    @Sendable
    private static func checkpoint(_ row: Row) throws -> SealedCheckpoint {
        SealedCheckpoint(
            size: try row.decode(at: 0), root: try Digest(stored: row.decode(at: 1)),
            note: try row.decode(at: 2),
            sealedAt: Timestamp(try row.decode(PostgresTimestamp.self, at: 3)))
    }

    /// Those of `ids` that are there in their width, cut from the wider ones that are stored.
    func tiles(_ ids: [TileID]) async throws -> [Tile] {
        if ids.isEmpty { return [] }
        let rows = try await store.read(
            """
            select t.level, t.index, w.width, substr(t.hashes, 1, 32 * w.width)
            from unnest(
                \(ids.map { Int16($0.level) }), \(ids.map(\.index)), \(ids.map { Int32($0.width) })
            ) w(level, index, width)
            join patchflow.tiles t on t.level = w.level and t.index = w.index
            where octet_length(t.hashes) >= 32 * w.width
            """)
        return try rows.map { row in
            let id = TileID(
                level: Int(try row.decode(Int16.self, at: 0)), index: try row.decode(at: 1),
                width: Int(try row.decode(Int32.self, at: 2)))
            return try Tile(id, bytes: row.decode(at: 3))
        }
    }

    func proof(from old: Int64, to new: Int64) async throws -> ConsistencyProof {
        let tiles = try await tiles(ConsistencyProof.tiles(from: old, to: new))
        return try ConsistencyProof(from: old, to: new, from: TileSet(tiles))
    }

    /// Stores the tiles and the head that the log has grown into, durably.
    ///
    /// - Returns: false when the log isn't as large as `old` any more, or not yet.
    /// - Throws: `PostgresError` with `.committedInDoubt` when it may not be durable everywhere.
    func store(
        _ tiles: [Tile], _ head: TreeHead, after old: Int64, on connection: Connection
    ) async throws -> Bool {
        let answer = try await connection.pipeline([
            [
                """
                select patchflow.seal_log(
                    \(old), \(head.size), \(head.root.bytes), \(tiles.map { Int16($0.id.level) }),
                    \(tiles.map(\.id.index)), \(tiles.map(\.bytes)))
                """
            ]
        ])[0].get()
        try answer.expectFlushed()
        return try answer.first?.first?.decode(Bool.self, at: 0) == true
    }

    /// Waits until all that was committed before is durable.
    func flush(on connection: Connection) async throws {
        try await connection.pipeline([["set synchronous_commit = on"], [.flush]])[1].get()
            .expectFlushed()
    }

    func store(_ note: SignedNote, of head: TreeHead, on connection: Connection) async throws {
        let text = String(decoding: note.bytes, as: UTF8.self)
        let rows = try await connection.query(
            "select patchflow.store_note(\(head.size), \(head.root.bytes), \(text))")
        guard try rows.first?.decode(Bool.self, at: 0) == true else {
            throw EventStoreError(
                .failed, "the head of size \(head.size) is gone, for which a note was signed")
        }
    }
}

extension SealedTables {
    /// Adds a witness's cosignature to the note of a checkpoint.
    ///
    /// - Returns: false when there is no such checkpoint any more.
    func add(_ signature: NoteSignature, to size: Int64, _ root: Digest) async throws -> Bool {
        let rows = try await store.pool.query(
            "select patchflow.add_cosignature(\(size), \(root.bytes), \(signature.line))")
        return try rows.first?.decode(Bool.self, at: 0) == true
    }
}

extension TreeHash {
    init(stored bytes: [UInt8]) throws {
        guard let hash = TreeHash(bytes: bytes) else {
            throw EventStoreError(.corrupted, "a root in the database has \(bytes.count) bytes")
        }
        self = hash
    }
}
