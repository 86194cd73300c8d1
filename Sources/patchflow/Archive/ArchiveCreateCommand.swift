internal import ArgumentParser
internal import Audit
internal import CommandLineClient
internal import EventSourcing
internal import Foundation
internal import PatchManagement
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

            Events that are younger than retention.online_seconds in the policy of the account stay \
            in the database. Neither documents nor archives are ever deleted.
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
            let retention = try await RetentionPolicy.current(in: archiving.store)
            for range in ranges.dropLast(keep) {
                let end = try await retention.staysOnline(range, in: archiving.store, at: .now)
                if let end {
                    // Those behind are younger still.
                    print(
                        "positions \(range.lowerBound) to \(range.upperBound) and all behind them "
                            + "stay in the database, these until \(end): the policy of the account "
                            + "keeps events there for \(retention.onlineSeconds) s "
                            + "(retention.online_seconds)")
                    return
                }
                print(try await archiving.archive(range))
            }
        }
    }
}
