/// Brings a schema to the state that a program needs: applies the migrations that are missing, each
/// in a transaction of its own, and then everything that is re-applied each time (functions).
///
/// One advisory lock lets several start at once: one works, the others then find nothing to do.
/// What was applied stands in the table `migrations` of the schema, with the SHA-256 of its text.
package struct Migrator: Sendable {
    /// A text that may be applied any number of times, such as `create or replace function`.
    package struct Reapplied: Sendable, Hashable {
        package let name: String
        package let sql: String

        package init(name: String, sql: String) {
            self.name = name
            self.sql = sql
        }
    }

    private let schema: String
    private let migrations: [Migration]
    private let reapplied: [Reapplied]
    private let patience: Duration

    /// - Parameters:
    ///   - schema: Made if it doesn't exist.
    ///   - reapplied: In this order, in one transaction.
    ///   - patience: How long to wait for a lock, of another migrator or of a table.
    package init(
        schema: String, migrations: [Migration], reapplied: [Reapplied] = [],
        patience: Duration = .seconds(60)
    ) {
        let sorted = migrations.sorted { $0.version < $1.version }
        precondition(
            zip(sorted, sorted.dropFirst()).allSatisfy { $0.version < $1.version },
            "two migrations have the same number")
        self.schema = schema
        self.migrations = sorted
        self.reapplied = reapplied
        self.patience = patience
    }

    /// The migrations that `migrate` would apply, in order. Changes nothing.
    ///
    /// - Throws: `MigrationError` when `migrate` would refuse.
    package func plan(_ options: ConnectionOptions) async throws -> [Migration] {
        let connection = try await Connection.open(options)
        do {
            let pending = try await pending(on: connection)
            await connection.close()
            return pending
        } catch {
            await connection.close()
            throw error
        }
    }

    /// - Returns: The migrations that were applied now, in order.
    /// - Throws: `MigrationError`; `PostgresError` when the database can't be reached.
    @discardableResult
    package func migrate(_ options: ConnectionOptions) async throws -> [Migration] {
        let connection = try await Connection.open(options)
        do {
            let applied = try await migrate(on: connection)
            // The lock goes with the connection.
            await connection.close()
            return applied
        } catch {
            await connection.close()
            throw error
        }
    }

    private func migrate(on connection: Connection) async throws -> [Migration] {
        try await lock(connection)
        let table = Query(unsafe: "\(quotedIdentifier(schema)).migrations")
        try await connection.execute("create schema if not exists \(identifier: schema)")
        try await connection.execute(
            """
            create table if not exists \(query: table) (
                version integer primary key,
                name text not null,
                sha256 bytea not null,
                applied_at timestamptz not null default clock_timestamp()
            )
            """)
        let pending = try await pending(on: connection)
        for migration in pending {
            do {
                try await connection.withTransaction { transaction in
                    try await transaction.script(migration.sql)
                    try await transaction.execute(
                        """
                        insert into \(query: table) (version, name, sha256)
                        values (\(Int32(migration.version)), \(migration.name),
                            sha256(convert_to(\(migration.sql), 'UTF8')))
                        """)
                }
            } catch let error as PostgresError {
                throw MigrationError.failed(migration, error)
            }
        }
        try await reapply(on: connection)
        return pending
    }

    private func lock(_ connection: Connection) async throws {
        let (seconds, attoseconds) = patience.components
        let milliseconds = max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        try await connection.execute(
            "select set_config('lock_timeout', \("\(milliseconds)ms"), false)")
        do {
            try await connection.execute(
                "select pg_advisory_lock(hashtextextended(\("migrations of " + schema), 0))")
        } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
            throw MigrationError.locked(after: patience)
        }
    }

    private func pending(on connection: Connection) async throws -> [Migration] {
        let table = "\(quotedIdentifier(schema)).migrations"
        let exists = try await connection.query("select to_regclass(\(table)) is not null")
        guard try exists[0].decode(Bool.self, at: 0) else { return migrations }
        let applied = try await connection.query(
            """
            select a.version, a.name, a.sha256 = sha256(convert_to(k.sql, 'UTF8'))
            from \(query: Query(unsafe: table)) a
            left join unnest(\(migrations.map { Int32($0.version) }), \(migrations.map(\.sql)))
                k(version, sql) using (version)
            order by a.version
            """)
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.version, $0) })
        var newest = 0
        for row in applied {
            newest = Int(try row.decode(Int32.self, at: 0))
            guard let migration = known[newest] else {
                throw MigrationError.unknown(version: newest, name: try row.decode(at: 1))
            }
            guard try row.decode(Bool?.self, at: 2) == true else {
                throw MigrationError.edited(migration)
            }
        }
        let versions = Set(try applied.map { Int(try $0.decode(Int32.self, at: 0)) })
        let pending = migrations.filter { !versions.contains($0.version) }
        if let first = pending.first, first.version < newest {
            throw MigrationError.outOfOrder(first, newest: newest)
        }
        return pending
    }

    private func reapply(on connection: Connection) async throws {
        try await connection.withTransaction { transaction in
            for text in reapplied {
                do {
                    try await transaction.script(text.sql)
                } catch let error as PostgresError {
                    throw MigrationError.functionFailed(name: text.name, error)
                }
            }
        }
    }
}
