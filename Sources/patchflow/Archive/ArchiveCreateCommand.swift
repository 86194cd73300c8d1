internal import ArgumentParser
internal import Audit
internal import CommandLineClient
internal import EventSourcing
internal import Foundation
internal import Postgres
internal import PostgresStore
internal import TransparencyLog

struct ArchiveCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Archives the oldest partitions whose events are all sealed.",
        discussion: """
            Beside a running system; appending waits for the moment in which a partition is let go. \
            Killed at any moment it leaves the partition in the database or the whole file in its \
            place, and is simply called again. Connects as the owner of the schema.
            """)

    @Option(help: "How many full partitions stay in the database.")
    var keep = 1

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var verifier: VerifierKeyOptions

    func validate() throws {
        guard keep >= 0 else { throw ValidationError("--keep is \(keep): it is 0 or more") }
    }

    func run() async throws {
        let keys = try database.verifierKeys(verifier)
        guard !keys.isEmpty else {
            throw ClientFailure.usage(
                "say by which key the log signs (--log-key): an archive is verified before its "
                    + "events leave the database")
        }
        let directory = database.archiveDirectory
        try FileManager.default.createDirectory(
            atPath: directory.path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o750])
        let options = try database.owner()
        let pool = ConnectionPool(options)
        defer { pool.close() }
        let partitions = EventPartitions(pool: pool)
        let archiving = Archiving(
            partitions: partitions, directory: directory, keys: keys,
            store: PostgresEventStore(options: options, archive: directory))
        try await partitions.withTurn {
            let ranges = try await partitions.archivable()
            guard ranges.count > keep else {
                print("nothing to archive: \(ranges.count) full, sealed partitions in the database")
                return
            }
            for range in ranges.dropLast(keep) { print(try await archiving.archive(range)) }
        }
    }
}
