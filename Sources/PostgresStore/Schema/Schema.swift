internal import EventSourcing
package import Postgres

/// The tables and functions below `sql/`, as they were when this program was built.
package enum Schema {
    package static let name = "patchflow"

    /// Brings the database to what this program needs: pending migrations, functions, and
    /// partitions for the events to come. Several processes may call it at once.
    ///
    /// - Parameter files: Texts by their path below `sql/`.
    /// - Returns: The migrations that were applied now, in order.
    /// - Throws: `EventStoreError` with `.schemaTooNew`; `MigrationError`; `PostgresError`.
    @discardableResult
    package static func migrate(
        _ options: ConnectionOptions, files: [String: String] = embeddedSQL
    ) async throws -> [Migration] {
        try await explainingNewer {
            try await migrator(files).migrate(options)
        }
    }

    /// What `migrate` would apply. Changes nothing; throws when `migrate` would refuse.
    package static func plan(
        _ options: ConnectionOptions, files: [String: String] = embeddedSQL
    ) async throws -> [Migration] {
        try await explainingNewer {
            try await migrator(files).plan(options)
        }
    }

    private static func migrator(_ files: [String: String]) throws -> Migrator {
        Migrator(
            schema: name, migrations: try migrations(files),
            reapplied: functions(files)
                + files.filter { $0.key == "roles.sql" }.map {
                    Migrator.Reapplied(name: "sql/" + $0.key, sql: $0.value)
                } + [
                    // Without partitions nothing can be appended.
                    Migrator.Reapplied(
                        name: "partitions of events",
                        sql: "select \(name).ensure_event_partitions()")
                ])
    }

    private static func migrations(_ files: [String: String]) throws -> [Migration] {
        try files.filter { $0.key.hasPrefix("migrations/") }.map { path, sql in
            let file = path.dropFirst("migrations/".count)
            guard let match = file.wholeMatch(of: /(\d{4})_(\w+)\.sql/), let version = Int(match.1)
            else {
                throw EventStoreError(
                    .failed, "sql/\(path): a migration is called NNNN_name.sql, NNNN its number")
            }
            return Migration(version: version, name: String(match.2), sql: sql)
        }
    }

    /// In the order of their names: PL/pgSQL looks up what it calls when it runs, and what the
    /// others need comes from migrations.
    private static func functions(_ files: [String: String]) -> [Migrator.Reapplied] {
        files.filter { $0.key.hasPrefix("functions/") }.sorted { $0.key < $1.key }.map {
            Migrator.Reapplied(name: "sql/" + $0.key, sql: $0.value)
        }
    }

    private static func explainingNewer<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as MigrationError {
            if case .unknown = error { throw EventStoreError(.schemaTooNew, error.description) }
            throw error
        }
    }
}
