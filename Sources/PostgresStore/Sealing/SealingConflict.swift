internal import EventSourcing
package import Postgres
package import Signing
package import TransparencyLog

/// What the signer signed last, and what the database has instead.
package struct SealingConflict: Sendable {
    package let remembered: TreeHead
    package let stored: TreeHead
}

extension CheckpointSigner {
    /// Whether the signer would refuse the database's last head: nil when it would not, because that
    /// is what it remembers, or follows from it.
    package func conflict(in store: PostgresEventStore) async throws -> SealingConflict? {
        let tables = SealedTables(store: store)
        // In this order: a head is stored before it is remembered, and a sealer may be at work.
        let remembered = try remembered()
        let stored = try await tables.latest().head
        guard let remembered else {
            // Whether anything was lost nobody knows.
            return stored.size > 0 ? SealingConflict(remembered: stored, stored: stored) : nil
        }
        let conflict = SealingConflict(remembered: remembered, stored: stored)
        guard remembered.size <= stored.size else { return conflict }
        let proof: ConsistencyProof
        do {
            proof = try await tables.proof(from: remembered.size, to: stored.size)
        } catch let error as TileError {
            throw EventStoreError(.corrupted, SealingHalt.tilesMissing(error).description)
        }
        switch CheckpointSuccession.judge(stored, after: remembered, proof: proof) {
        case .accepted, .unchanged: return nil
        case .refused: return conflict
        }
    }
}

extension Schema {
    /// Says that a backup was restored, so that fences given out from now on are above those that
    /// were given out since it was made.
    ///
    /// - Parameter options: Of the schema's owner.
    /// - Returns: The incarnation's number.
    package static func beginIncarnation(_ options: ConnectionOptions) async throws -> Int64 {
        let connection = try await Connection.open(options)
        do {
            // The hours since 1970 as well: a backup may be older than the incarnation before.
            let rows = try await connection.query(
                """
                update patchflow.incarnation
                set number = greatest(number + 1, extract(epoch from now())::bigint / 3600)
                returning number
                """)
            await connection.close()
            guard let row = rows.first else {
                throw EventStoreError(.corrupted, "the table patchflow.incarnation is empty")
            }
            return try row.decode(at: 0)
        } catch {
            await connection.close()
            throw error
        }
    }
}
