internal import ArgumentParser
internal import Foundation
internal import PostgresStore

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Brings the schema of the database to this program's version.",
        discussion: """
            Migrations go forward only, one transaction each, under a lock. Refused: a database \
            whose migrations were edited, or that a newer program has migrated.
            """)

    @OptionGroup var database: DatabaseOptions
    @Flag(help: "Says what would be done, and does nothing.")
    var plan = false

    func run() async throws {
        let options = try database.owner()
        if plan {
            let pending = try await Schema.plan(options)
            for migration in pending { print(migration) }
            if pending.isEmpty { complain("the schema is up to date") }
        } else {
            let applied = try await Schema.migrate(options)
            complain("\(applied.count) migrations applied")
        }
    }
}

/// Words for people, on standard error.
func complain(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
}
