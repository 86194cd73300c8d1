import EventSourcing
import Foundation
import Postgres
import PostgresStore
import StoreCheck
import Support
import Synchronization
import Testing
import TransparencyLog

/// Partitions that have left the database: everything is read as before, and believed only as it was
/// sealed (I11).
@Suite(.timeLimit(.minutes(2))) struct ArchivingTests {
    @Test func streamsAndTheLogAreReadAcrossArchives() async throws {
        try await withArchivedLog { house async throws in
            let before = house.log
            for limit in [1, 7, 1000] {
                for position in stride(from: Int64(0), through: 60, by: 9) {
                    let expected = before.filter { $0.position > position }.prefix(limit)
                    #expect(
                        try await house.store.read(after: position, limit: limit) == Array(expected)
                    )
                }
            }
            for stream in Set(before.map(\.stream)) {
                let own = before.filter { $0.stream == stream }
                for version in 0...own.count {
                    #expect(
                        try await house.store.read(stream, after: version, limit: 1000)
                            == Array(own.dropFirst(version)))
                }
                #expect(
                    try await house.store.read(stream, after: 0, limit: 2) == Array(own.prefix(2)))
            }
            #expect(try await house.store.read(newStream(), after: 0, limit: 10) == [])
        }
    }

    @Test func appendsGoOnAndProofsHold() async throws {
        try await withArchivedLog { house async throws in
            let own = try #require(house.log.first)
            let version = house.log.count { $0.stream == own.stream }
            _ = try await house.store.append(request(own.stream, at: version))
            await #expect(throws: AppendRefusal.versionConflict(own.stream)) {
                try await house.store.append(request(own.stream, at: 0))
            }
            let log = PostgresSealedLog(store: house.store)
            let size = try #require(try await log.checkpoint(of: nil)).size
            for position in [Int64(1), 20, 21, 40, 41, size] {
                let proven = try await log.inclusion(of: position, in: size)
                #expect(proven.entry == (try LogEntry(house.log[Int(position) - 1]).bytes))
            }
        }
    }

    @Test func anEventThatWasChangedInItsFileIsNotBelieved() async throws {
        try await withArchivedLog { house async throws in
            try house.archive.change(position: 7)
            let changed = house.log[6]
            for read in [
                { try await house.store.read(after: 0, limit: 10) },
                { try await house.store.read(changed.stream, after: 0, limit: 100) },
            ] {
                let refused = await #expect(throws: EventStoreError.self) { try await read() }
                // Nobody passes it over: a good copy may come.
                #expect(refused?.code == .archiveMissing)
                #expect(refused?.message.contains("holds other events than were sealed") == true)
            }
            let report = try await house.doctor.report()
            #expect(report.result == .damaged)
            // By its position, and no other.
            let found = report.checks.flatMap(\.findings).filter { $0.kind == .damaged }
            #expect(found.map(\.position) == [7], "\(found)")
        }
    }

    /// A file that is gone, or whose entries can't be read, hides nothing of the rest (I11).
    @Test func theDoctorGoesOnWithoutAFile() async throws {
        try await withArchivedLog { house async throws in
            house.archive.remove("first.tar")
            try await withSQL(house.options) {
                try await $0.query(
                    """
                    set session_replication_role = replica;
                    """)
                try await $0.query(
                    "update patchflow.events set actor = 'forger' where position = 50")
                try await $0.query(
                    "update patchflow.streams set version = version + 1 where key = \(house.log[2].stream.text)"
                )
            }
            let report = try await house.doctor.report()
            #expect(report.result == .damaged)
            let findings = report.checks.flatMap(\.findings)
            #expect(
                findings.contains {
                    $0.kind == .incomplete && $0.reason.contains("positions 1 to 20")
                        && $0.reason.contains("first.tar")
                }, "\(report.words)")
            #expect(
                findings.contains { $0.kind == .damaged && $0.position == 50 }, "\(report.words)")
            #expect(
                findings.contains { $0.kind == .damaged && $0.reason.contains("has version") },
                "\(report.words)")
            // What was there is no alarm.
            #expect(!findings.contains { $0.kind == .damaged && ($0.position ?? 50) == 30 })
        }
    }

    /// By its id, wherever it lies; and where that can't be told, which file is missing.
    @Test func anEventIsFoundByItsIdInAnArchive() async throws {
        try await withArchivedLog { house async throws in
            let log = PostgresSealedLog(store: house.store)
            for position in [Int64(1), 20, 21, 40, 41, 55] {
                let event = house.log[Int(position) - 1]
                #expect(try await log.position(ofEvent: event.id) == position)
            }
            #expect(try await log.position(ofEvent: UUID()) == nil)
            house.archive.remove("second.tar")
            #expect(try await log.position(ofEvent: house.log[6].id) == 7)
            let unknown = await #expect(throws: EventStoreError.self) {
                try await log.position(ofEvent: house.log[29].id)
            }
            #expect(unknown?.code == .archiveMissing)
            #expect(unknown?.message.contains("second.tar") == true)
        }
    }

    /// While somebody reads the table the partition waits, and what was gathered of it is kept.
    @Test func whatIsGatheredOfAPartitionIsGatheredOnce() async throws {
        try await withSmallPartitions { options in
            try await serving(options) { store in
                for _ in 0..<30 { _ = try await store.append(request(newStream())) }
                let files = try SignerFiles()
                try await sealing(store, files) { try await waitForCheckpoint(of: 30, store) }
                let reader = try await Connection.open(options)
                try await reader.query("begin")
                try await reader.query("select count(*) from patchflow.events")
                let archiving = Task {
                    try await EventPartitions(pool: ConnectionPool(options))
                        .archive(.named("a", 1...20, size: 30))
                }
                // Until it has been refused the table twice at least.
                try await withSQL(options) { connection in
                    for _ in 0..<2 {
                        try await eventually {
                            try await connection.query(Self.waiting)[0]
                                .decode(Bool.self, at: 0)
                        }
                        try await eventually {
                            try await !connection.query(Self.waiting)[0]
                                .decode(Bool.self, at: 0)
                        }
                    }
                }
                try await reader.query("commit")
                await reader.close()
                try await archiving.value
                try await withSQL(options) { connection in
                    try await eventually {
                        let rows = try await connection.query(
                            """
                            select n_tup_ins from pg_stat_all_tables
                            where relid = 'patchflow.archived_streams'::regclass
                            """)
                        // Of a try that was rolled back they would be counted as well.
                        return try rows[0].decode(Int64.self, at: 0) == 20
                    }
                }
                #expect(try await store.read(after: 20, limit: 100).count == 10)
                try files.remove()
            }
        }
    }

    private static let waiting: Query = """
        select exists (
            select from pg_locks
            where relation = 'patchflow.events'::regclass and not granted)
        """

    /// Whose events an archive holds is in the log, not in the table that finds them (I11).
    @Test func aForgedIndexIsNotBelieved() async throws {
        try await withArchivedLog { house async throws in
            let (one, other) = (
                house.log[0],
                try #require(
                    house.log.first {
                        $0.position <= 20 && $0.stream != house.log[0].stream && $0.version == 1
                    })
            )
            try await withSQL(house.options) {
                try await $0.query(
                    """
                    update patchflow.archived_streams set places = array[\(Int32(other.position - 1))]
                        || places[2:]
                    where first_position = 1 and stream_id = (
                        select id from patchflow.streams where key = \(one.stream.text))
                    """)
            }
            let refused = await #expect(throws: EventStoreError.self) {
                try await house.store.read(one.stream, after: 0, limit: 100)
            }
            #expect(refused?.code == .corrupted)
            #expect(try await house.doctor.report().result == .damaged)
        }
    }

    @Test func aFileThatIsMissingIsNamed() async throws {
        try await withArchivedLog { house async throws in
            let store = PostgresEventStore(options: house.options)
            let refused = await #expect(throws: EventStoreError.self) {
                try await store.read(after: 0, limit: 10)
            }
            #expect(refused?.code == .archiveMissing)
            #expect(refused?.message.contains("first.tar") == true)
            // What is still in the database is read without it.
            #expect(try await store.read(after: 40, limit: 5).first?.position == 41)
            let report = try await StoreDoctor.auditing(house.options, keys: []).report()
            #expect(report.result == .incomplete)
        }
    }

    @Test func theDoctorFindsItSound() async throws {
        try await withArchivedLog { house async throws in
            let report = try await house.doctor.report()
            #expect(report.words == [])
            #expect(report.result == .sound)
        }
    }

    /// What must not be let go: what isn't sealed, the end of the log, and what has older neighbours
    /// in the database; and nobody but the owner lets anything go.
    @Test func onlyTheOldestSealedPartitionMayGo() async throws {
        try await withSmallPartitions { options in
            try await serving(options) { store in
                for _ in 0..<30 { _ = try await store.append(request(newStream())) }
                let partitions = EventPartitions(pool: ConnectionPool(options))
                #expect(try await partitions.archivable() == [])
                await #expect(throws: PostgresError.self) {
                    try await partitions.archive(.named("a", 1...20, size: 30))
                }
                let files = try SignerFiles()
                try await sealing(store, files) { try await waitForCheckpoint(of: 30, store) }
                #expect(try await partitions.archivable() == [1...20])
                for wrong in [21...40, 1...40, 1...19, 5...20] as [ClosedRange<Int64>] {
                    await #expect(throws: PostgresError.self) {
                        try await partitions.archive(.named("a", wrong, size: 30))
                    }
                }
                let appender = EventPartitions(
                    pool: ConnectionPool(options.with(user: DatabaseRole.appender.name)))
                let refused = await #expect(throws: PostgresError.self) {
                    try await appender.archive(.named("a", 1...20, size: 30))
                }
                #expect(refused?.sqlState == .insufficientPrivilege)
                #expect(try await store.read(after: 0, limit: 100).count == 30)
                try await partitions.archive(.named("a", 1...20, size: 30))
                #expect(try await partitions.archivable() == [])
                try files.remove()
            }
        }
    }
}

// MARK: The house

private struct ArchivedHouse {
    let store: PostgresEventStore
    let options: ConnectionOptions
    let archive: MemoryArchive
    let doctor: StoreDoctor
    /// As it was read before anything was archived.
    let log: [RecordedEvent]
}

/// Runs `body` with a log of which positions 1 to 40 are archived in two files. Streams lie on both
/// sides of the cut.
private func withArchivedLog(_ body: (ArchivedHouse) async throws -> Void) async throws {
    try await withSmallPartitions { options in
        let files = try SignerFiles()
        let archive = MemoryArchive()
        let store = PostgresEventStore(options: options, archive: archive)
        let service = Task { try await store.run() }
        defer { service.cancel() }
        var random = SeededRandom.fresh("archived streams")
        var versions: [StreamID: Int] = [:]
        let streams = (0..<6).map { _ in newStream() }
        for _ in 0..<55 {
            let stream = random.pick(streams)
            _ = try await store.append(request(stream, at: versions[stream, default: 0]))
            versions[stream, default: 0] += 1
        }
        try await sealing(store, files) { try await waitForCheckpoint(of: 55, store) }
        let log = try await store.wholeLog()
        let partitions = EventPartitions(pool: ConnectionPool(options))
        for (name, range) in [("first.tar", 1...20), ("second.tar", 21...40)]
            as [(String, ClosedRange<Int64>)]
        {
            try await archive.keep(name, PostgresSealedLog(store: store))
            try await partitions.archive(.named(name, range, size: 55))
        }
        #expect(try await partitions.archives().map(\.range) == [1...20, 21...40])
        try await body(
            ArchivedHouse(
                store: store, options: options, archive: archive,
                doctor: StoreDoctor(
                    options: options.with(user: DatabaseRole.auditor.name),
                    keys: [files.verifier], archive: archive,
                    documentNames: History.documentNames), log: log))
        try files.remove()
    }
}

/// Partitions of twenty positions.
private func withSmallPartitions(_ body: (ConnectionOptions) async throws -> Void) async throws {
    try await withDatabase { options in
        var small = embeddedSQL
        let path = "functions/ensure_event_partitions.sql"
        small[path] = small[path]?
            .replacing("default 10000000", with: "default 60")
            .replacing("default 5000000", with: "default 20")
            .replacing("size not between 1000000", with: "size not between 1")
        try await Schema.migrate(options, files: small)
        try await Schema.migrate(options)
        try await body(options)
    }
}

/// The entry bundles of files, in memory.
private final class MemoryArchive: EntryArchive {
    private let files = Mutex<[String: [Int64: EntryBundle]]>([:])

    func keep(_ name: String, _ log: PostgresSealedLog) async throws {
        let size = try #require(try await log.checkpoint(of: nil)).size
        var bundles: [Int64: EntryBundle] = [:]
        for id in BundleID.all(ofTreeOf: size) {
            let bytes = try #require(try await log.file("\(id)"))
            bundles[id.index] = try EntryBundle(id, bytes: bytes)
        }
        files.withLock { $0[name] = bundles }
    }

    /// Somebody edits the event in all files.
    func change(position: Int64) throws {
        let index = (position - 1) / 256
        try files.withLock { files in
            for (name, bundles) in files {
                guard let bundle = bundles[index] else { continue }
                var entries = bundle.entries
                let place = Int(position - 1 - bundle.id.leaves.lowerBound)
                let text = String(decoding: entries[place].bytes, as: UTF8.self)
                entries[place] = try LogEntry(
                    bytes: Array(text.replacing("tester", with: "forger").utf8))
                files[name]?[index] = EntryBundle(bundle.id, entries: entries)
            }
        }
    }

    /// Somebody moves it away.
    func remove(_ name: String) { files.withLock { $0[name] = nil } }

    func bundle(_ index: Int64, of file: String) async throws -> EntryBundle {
        guard let bundle = files.withLock({ $0[file]?[index] }) else {
            throw EventStoreError(.archiveMissing, "no '\(file)'")
        }
        return bundle
    }

    func digest(of file: String) async throws -> Digest { Digest(of: file) }

    func forget(_ file: String) {}
}

extension EventPartitions.Archive {
    fileprivate static func named(
        _ file: String, _ range: ClosedRange<Int64>, size: Int64
    ) -> Self {
        Self(
            range: range, file: file, digest: Digest(of: file), bytes: 1, checkpointSize: size,
            at: Timestamp(Date()))
    }
}
