package import Postgres
private import FoundationEssentials

/// The database's shape, from the SQL files that are part of the binary.
package enum Schema {
    /// Migrations by number, from `sql/migrations/NNNN_name.sql`.
    package static func migrations(_ files: [String: String] = embeddedSQL) -> [Migration] {
        files.filter { $0.key.hasPrefix("migrations/") }
            .sorted { $0.key < $1.key }
            .compactMap { path, text in
                let name = path.dropFirst("migrations/".count).dropLast(".sql".count)
                let parts = name.split(separator: "_", maxSplits: 1)
                guard parts.count == 2, let number = Int(parts[0]) else { return nil }
                return Migration(number: number, name: String(parts[1]), sql: text)
            }
    }

    /// What is applied anew whenever it changed: functions, each file one object, in the order of
    /// their names; SQL functions that others are made of come first by a leading file list.
    package static func functions(_ files: [String: String] = embeddedSQL) -> [String: String] {
        files.filter { $0.key.hasPrefix("functions/") }
    }
}
