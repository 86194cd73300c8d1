internal import Audit
internal import CommandLineClient
internal import EventSourcing
internal import PostgresStore
internal import TransparencyLog

/// Moves one partition after the other from the database into its file.
struct Archiving: Sendable {
    let partitions: EventPartitions
    let directory: ArchiveDirectory
    /// By which an archive is believed.
    let keys: [VerifierKey]
    let store: PostgresEventStore

    private var log: PostgresSealedLog { PostgresSealedLog(store: store) }

    /// Writes the file, reads it back as an auditor would, and lets the partition go.
    ///
    /// A file that is there stays: it may be the only copy of what another database has archived. It
    /// serves when it holds exactly these events, as that of a run that was killed does.
    ///
    /// - Returns: What was done, in words.
    func archive(_ range: ClosedRange<Int64>) async throws -> String {
        guard let checkpoint = try await log.checkpoint(of: nil) else {
            throw EventStoreError(.failed, "nothing was sealed yet")
        }
        let file = "events-\(range.lowerBound)-\(range.upperBound).tar"
        let path = directory.place(of: file)
        let export = try BundleExport(
            at: SignedNote(Array(checkpoint.note.utf8)), .archive(range))
        let isNew = try await DurableExport.writeNew(
            export, from: StoredLog(log: log, store: store), to: path
        ) { written in try verify(written, range) }
        let size = try isNew ? checkpoint.size : verify(path, range)
        try await compare(file, range)
        let bytes = try FileBytes.with(path) { $0.length }
        try await partitions.archive(
            EventPartitions.Archive(
                range: range, file: file, digest: try await directory.digest(of: file),
                bytes: bytes, checkpointSize: size, at: .now))
        return "\(file): \(bytes) bytes, \(isNew ? "verified" : "was there, and is sound"); its "
            + "partition has left the database"
    }

    /// - Returns: The size of the checkpoint that it was written at.
    @discardableResult
    private func verify(_ path: String, _ range: ClosedRange<Int64>) throws -> Int64 {
        let reason: String
        do {
            let (size, report) = try FileBytes.with(path) { file in
                let bundle = try AuditBundle(file)
                let verification = AuditVerification(
                    bundle, trusting: try AuditTrust(logKeys: keys))
                let isOurs = bundle.manifest.selection == .archive(range)
                return (isOurs ? bundle.manifest.size : nil, verification.report())
            }
            if report.result == .sound, let size { return size }
            reason = report.reason ?? "it holds something else"
        } catch let error as BundleError {
            reason = "\(error)"
        }
        throw ClientFailure.usage(
            "'\(path)' is not a sound archive of positions \(range.lowerBound) to "
                + "\(range.upperBound) of this log, and its events stay in the database: \(reason); "
                + "if it is in the way, choose another directory (--archive)")
    }

    /// Every entry has the hash that this database has sealed.
    private func compare(_ file: String, _ range: ClosedRange<Int64>) async throws {
        let width = Int64(BundleID.fullWidth)
        for index in (range.lowerBound - 1) / width...(range.upperBound - 1) / width {
            let entries = try await directory.bundle(index, of: file)
            let tile = TileID(level: 0, index: index, width: entries.id.width)
            guard try await log.file("\(tile)") == entries.leafHashes.flatMap(\.bytes) else {
                throw EventStoreError(
                    .corrupted,
                    "'\(file)' holds other events than this database has sealed, behind position "
                        + "\(entries.id.leaves.lowerBound); they stay in the database")
            }
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
