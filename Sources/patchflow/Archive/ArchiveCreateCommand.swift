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
            atPath: directory.path, withIntermediateDirectories: true)
        let options = try database.owner()
        let pool = ConnectionPool(options)
        defer { pool.close() }
        let partitions = EventPartitions(pool: pool)
        let ranges = try await partitions.archivable()
        guard ranges.count > keep else {
            print("nothing to archive: \(ranges.count) full, sealed partitions in the database")
            return
        }
        let store = PostgresEventStore(options: options, archive: directory)
        let log = PostgresSealedLog(store: store)
        for range in ranges.dropLast(keep) {
            guard let checkpoint = try await log.checkpoint(of: nil) else { return }
            let file = "events-\(range.lowerBound)-\(range.upperBound).tar"
            let export = try BundleExport(
                at: SignedNote(Array(checkpoint.note.utf8)), .archive(range))
            let bytes = try await DurableExport.write(
                export, from: StoredLog(log: log, store: store),
                to: directory.place(of: file))
            try Self.verify(directory.place(of: file), trusting: keys)
            try await partitions.archive(
                EventPartitions.Archive(
                    range: range, file: file, digest: try await directory.digest(of: file),
                    bytes: Int64(bytes), checkpointSize: checkpoint.size, at: .now))
            print("\(file): \(bytes) bytes, verified; its partition has left the database")
        }
    }

    /// Read back from the disk, as an auditor would.
    private static func verify(
        _ path: String, trusting keys: [VerifierKey]
    ) throws {
        let report = try FileBytes.with(path) { file in
            AuditVerification(try AuditBundle(file), trusting: try AuditTrust(logKeys: keys))
                .report()
        }
        guard report.result == .sound else {
            throw ClientFailure.usage(
                "'\(path)' isn't sound, and its events stay in the database: "
                    + (report.reason ?? "\(report.findings)"))
        }
    }
}

/// The log as it lies in the database.
private struct StoredLog: BundleSource {
    let log: PostgresSealedLog
    let store: PostgresEventStore

    func tile(_ tile: TileID) async throws -> [UInt8] { try await file("\(tile)") }

    func entries(_ bundle: BundleID) async throws -> [UInt8] { try await file("\(bundle)") }

    func document(_ digest: Digest) async throws -> [UInt8]? {
        try await store.document(digest)?.bytes
    }

    private func file(_ path: String) async throws -> [UInt8] {
        guard let bytes = try await log.file(path) else {
            throw EventStoreError(.corrupted, "'\(path)' is missing in the sealed log")
        }
        return bytes
    }
}
