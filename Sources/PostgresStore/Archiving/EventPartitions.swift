package import EventSourcing
package import Postgres

/// The partitions of events, and those that were archived. For 'patchflow archive', as the schema's
/// owner.
package struct EventPartitions: Sendable {
    /// A partition that has left the database, and the file that took its place.
    package struct Archive: Sendable {
        package let range: ClosedRange<Int64>
        /// Its name in the directory of archives.
        package let file: String
        /// SHA-256 of the file.
        package let digest: Digest
        package let bytes: Int64
        /// The signed checkpoint that its proofs lead to.
        package let checkpointSize: Int64
        package let at: Timestamp

        package init(
            range: ClosedRange<Int64>, file: String, digest: Digest, bytes: Int64,
            checkpointSize: Int64, at: Timestamp
        ) {
            self.range = range
            self.file = file
            self.digest = digest
            self.bytes = bytes
            self.checkpointSize = checkpointSize
            self.at = at
        }
    }

    /// How often it is tried to get the table for a moment, while others use it.
    private static let tries = 20

    private let pool: ConnectionPool

    package init(pool: ConnectionPool) { self.pool = pool }

    /// In the order of their positions.
    package func archives() async throws -> [Archive] {
        try await pool.query(
            """
            select first_position, last_position, file, sha256, bytes, checkpoint_size, archived_at
            from patchflow.archives order by first_position
            """
        ).map { row in
            let first: Int64 = try row.decode(at: 0)
            let moment: PostgresTimestamp = try row.decode(at: 6)
            return Archive(
                range: first...(try row.decode(at: 1)), file: try row.decode(at: 2),
                digest: try Digest(stored: row.decode(at: 3)), bytes: try row.decode(at: 4),
                checkpointSize: try row.decode(at: 5),
                at: Timestamp(microseconds: moment.microseconds))
        }
    }

    /// The partitions that are full, sealed under a signed checkpoint and still in the database, in
    /// order. The one with the end of the log is never among them.
    package func archivable() async throws -> [ClosedRange<Int64>] {
        try await pool.query(
            """
            select b.bounds[1]::bigint, b.bounds[2]::bigint - 1
            from pg_inherits i
            join pg_class c on c.oid = i.inhrelid
            cross join lateral regexp_match(
                pg_get_expr(c.relpartbound, c.oid),
                'FROM \\(''?(\\d+)''?\\) TO \\(''?(\\d+)''?\\)') b(bounds)
            where i.inhparent = 'patchflow.events'::regclass
                and b.bounds[2]::bigint - 1 <= (
                    select max(size) from patchflow.checkpoints where note is not null)
                and b.bounds[2]::bigint <= (
                    select position from patchflow.events order by position desc limit 1)
            order by 1
            """
        ).map { row in
            let first: Int64 = try row.decode(at: 0)
            return first...(try row.decode(at: 1))
        }
    }

    /// Runs `body` while nobody else archives from this database.
    ///
    /// - Throws: `EventStoreError` when somebody does.
    package func withTurn<R>(_ body: () async throws -> R) async throws -> R {
        try await pool.withConnection { connection in
            // Of its own: 1 to 3 are those of functions below sql/.
            let isFree = try await connection.query("select pg_try_advisory_lock(7310442, 4)")[0]
                .decode(Bool.self, at: 0)
            guard isFree else {
                throw EventStoreError(.failed, "somebody else is archiving from this database now")
            }
            let outcome: Result<R, any Error>
            do {
                outcome = .success(try await body())
            } catch {
                outcome = .failure(error)
            }
            try await connection.query("select pg_advisory_unlock(7310442, 4)")
            return try outcome.get()
        }
    }

    /// Lets a partition go, in one transaction with the record of its file, which must be durable.
    ///
    /// - Throws: `PostgresError`; nothing has changed then, unless the connection was lost.
    package func archive(_ archive: Archive) async throws {
        try await pool.withTransaction { connection in
            // The table's lock is held until a standby has answered, if one is waited for. One that
            // hasn't the commit yet still has the partition.
            try await connection.query("set local synchronous_commit = local")
            try await connection.query(
                """
                select patchflow.record_archive(
                    \(archive.range.lowerBound), \(archive.range.upperBound), \(archive.file),
                    \(archive.digest.bytes), \(archive.bytes), \(archive.checkpointSize))
                """)
            // Who waits for the table holds up all that come behind: never for long.
            try await connection.query("set local lock_timeout = '200ms'")
            try await release(archive.range, on: connection)
        }
    }

    private func release(_ range: ClosedRange<Int64>, on connection: Connection) async throws {
        for attempt in 1... {
            try await connection.query("savepoint recorded")
            do {
                try await connection.query(
                    """
                    select patchflow.release_partition(\(range.lowerBound), \(range.upperBound))
                    """)
                return
            } catch let error as PostgresError
                where error.sqlState == .lockNotAvailable && attempt < Self.tries
            {
                try await connection.query("rollback to savepoint recorded")
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
