package import EventSourcing
package import FoundationEssentials
internal import Postgres
internal import TransparencyLog

/// The sealed log on PostgreSQL: see `SealedLog`. Proofs are made from the stored tiles, entries from
/// the events, when they are asked for.
package struct PostgresSealedLog: SealedLog {
    private let store: PostgresEventStore
    private let tables: SealedTables

    package init(store: PostgresEventStore) {
        self.store = store
        tables = SealedTables(store: store)
    }

    package func checkpoint(of size: Int64?) async throws -> SealedCheckpoint? {
        try await tables.signed(size)
    }

    package func checkpoint(covering size: Int64) async throws -> SealedCheckpoint? {
        try await tables.signed(covering: size)
    }

    package func checkpoint(cosignedBy count: Int) async throws -> SealedCheckpoint? {
        try await tables.cosigned(by: count)
    }

    package func inclusion(of position: Int64, in size: Int64) async throws -> ProvenEntry {
        precondition((1...size).contains(position), "an entry outside the tree")
        let tiles = TileSet(
            try await tables.tiles(InclusionProof.tiles(for: position - 1, inTreeOf: size)))
        let proof: InclusionProof
        do {
            proof = try InclusionProof(of: position - 1, inTreeOf: size, from: tiles)
        } catch {
            throw EventStoreError.damaged(error.description)
        }
        let entries = try await entries((position - 1)..<position)
        return ProvenEntry(
            position: position, size: size, entry: entries[0].bytes,
            hashes: proof.hashes.map(\.digest))
    }

    package func consistency(from old: Int64, to new: Int64) async throws -> [Digest] {
        do {
            return try await tables.proof(from: old, to: new).hashes.map(\.digest)
        } catch let error as TileError {
            throw EventStoreError.damaged(error.description)
        }
    }

    package func file(_ path: String) async throws -> [UInt8]? {
        let size = try await tables.signed(nil)?.size ?? 0
        if let id = TileID(path) {
            guard id.lies(inTreeOf: size) else { return nil }
            guard let tile = try await tables.tiles([id]).first else {
                throw EventStoreError.damaged(TileError.missing(id).description)
            }
            return tile.bytes
        }
        guard let id = BundleID(path), id.index <= size / Int64(BundleID.fullWidth),
            id.leaves.upperBound <= size
        else { return nil }
        return EntryBundle(id, entries: try await entries(id.leaves)).bytes
    }

    package func position(ofEvent id: UUID) async throws -> Int64? {
        // In this order: a partition may leave the database in between, and none comes back.
        let rows = try await store.read(
            "select position from patchflow.events where id = \(id) limit 1")
        if let row = rows.first { return try row.decode(Int64.self, at: 0) }
        return try await store.archived.position(ofEvent: id)
    }

    package func position(of stream: StreamID, version: Int) async throws -> Int64? {
        let events = try await store.read(stream, after: max(0, version - 1), limit: 1)
        return events.first.flatMap { $0.version == version ? $0.position : nil }
    }

    /// - Parameter leaves: Sealed ones, counted from 0.
    private func entries(_ leaves: Range<Int64>) async throws -> [LogEntry] {
        let events = try await store.read(
            after: leaves.lowerBound, limit: Int(leaves.upperBound - leaves.lowerBound))
        var next = leaves.lowerBound + 1
        for event in events where event.position == next { next += 1 }
        guard next == leaves.upperBound + 1 else {
            throw EventStoreError.damaged("the sealed event at position \(next) is missing")
        }
        do {
            return try events.map { event in try LogEntry(event) }
        } catch let error as LogEntryError {
            throw EventStoreError(.corrupted, "a sealed event can't be written: \(error)")
        }
    }
}
