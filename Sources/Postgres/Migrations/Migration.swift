/// A step of a schema, forward only. Once it has landed its text never changes.
package struct Migration: Sendable, Hashable {
    /// 1, 2, 3, ...
    package let version: Int
    package let name: String
    /// Statements, without BEGIN and COMMIT: each migration is one transaction.
    package let sql: String

    package init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }
}

extension Migration: CustomStringConvertible {
    /// As its file is called: `0003_subscriptions`.
    package var description: String {
        let digits = String(version)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_" + name
    }
}

/// Why a schema was not migrated. Migrations before the one that is named have been applied.
package enum MigrationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The database was made from another text of this migration.
    case edited(Migration)
    /// The database has a migration that this program doesn't know: it is newer.
    case unknown(version: Int, name: String)
    /// A migration is missing although later ones were applied.
    case outOfOrder(Migration, newest: Int)
    case failed(Migration, PostgresError)
    /// A text that is applied again after each migration.
    case functionFailed(name: String, PostgresError)
    /// Somebody else held the lock of migrations for too long.
    case locked(after: Duration)

    package var description: String {
        switch self {
        case .edited(let migration):
            """
            migration \(migration) was edited after it had been applied to this database: bring \
            back its old text and write a new migration
            """
        case .unknown(let version, let name):
            """
            the database has migration \(version) '\(name)', which this version of the program \
            does not know: use a newer one
            """
        case .outOfOrder(let migration, let newest):
            """
            migration \(migration) was never applied, but \(newest) was: give it a number above \
            \(newest)
            """
        case .failed(let migration, let error): "migration \(migration) failed: \(error)"
        case .functionFailed(let name, let error): "\(name) could not be applied: \(error)"
        case .locked(let time):
            "another process has been migrating this database for \(time): wait for it, or end it"
        }
    }
}
