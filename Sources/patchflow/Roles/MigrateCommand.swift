internal import ArgumentParser
internal import Foundation
internal import Postgres
internal import PostgresStore

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Brings the schema of the database to this program's version.",
        discussion: """
            Migrations go forward only, one transaction each, under a lock. Refused: a database \
            whose migrations were edited, or that a newer program has migrated.

            Makes a role for each kind of process, with the least rights that it needs, and says what \
            to run by hand where this user may not make roles. They have no passwords: give them \
            some, or let them in by pg_hba.conf, and name one in each process's --database.
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
            try await complainOfMissingRoles(options)
        }
    }
}

/// Says what is left to do by hand, where the database's owner may not make roles.
func complainOfMissingRoles(_ owner: ConnectionOptions) async throws {
    guard let statements = try await Schema.rolesToMake(owner) else { return }
    complain(
        """
        the roles of patchflow's processes are not complete, and this user may not make them: \
        everybody keeps the rights that he has. Have an administrator of the server run this, then \
        migrate again:
        \(statements)
        """)
}

/// Words for people, on standard error.
func complain(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
}
