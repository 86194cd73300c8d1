import EventSourcing
import Foundation
import Postgres
import PostgresStore
import PrivateCluster
import StoreCheck
import Support
import Synchronization
import Testing

/// A standby reads, and says clearly that it doesn't write.
@Suite(.timeLimit(.minutes(3))) struct StandbyTests {
    @Test func aStandbyReadsAndRefusesToWriteInClearWords() async throws {
        try await withOwnCluster { primary in
            try await withSQL(primary.options) { try await $0.execute("create database house") }
            let options = primary.options.with(database: "house")
            try await Schema.migrate(options)
            let stream = newStream()
            try await serving(options) { _ = try await $0.append(request(stream, events: 3)) }

            try await withStandby(of: primary) { standby in
                try await expectReadOnly(standby.options.with(database: "house"), stream)
            }
        }
    }

    /// The primary is lost under load, and its synchronous standby takes over: what was acknowledged
    /// is there, what was signed is there, and log and seal go on (I9, I11).
    @Test func aStandbyThatIsPromotedHasWhatWasAcknowledgedAndSigned() async throws {
        let files = try SignerFiles()
        try await withOwnCluster { primary in
            try await withSQL(primary.options) { try await $0.execute("create database house") }
            let options = primary.options.with(database: "house")
            try await Schema.migrate(options)
            try await withStandby(of: primary) { standby in
                try await configure(primary, "set synchronous_standby_names = '*'")
                try await serving(options) { store in
                    let acknowledged = AcknowledgedCommands()
                    let writing = Task { await acknowledged.collect(from: store) }
                    try await sealing(store, files) {
                        try await eventually { acknowledged.all.count > 200 }
                        try await waitForCheckpoint(of: 100, store)
                        try await withSQL(standby.options) {
                            try await $0.query("select pg_promote()")
                        }
                        // The primary waits for a standby that there isn't any more.
                        try await Task.sleep(for: .milliseconds(300))
                        let last = acknowledged.all.count
                        try await Task.sleep(for: .milliseconds(300))
                        #expect(acknowledged.all.count == last)
                        try await expectWhole(
                            standby.options.with(database: "house"), acknowledged.all, files)
                        writing.cancel()
                        // Or else it would wait for ever.
                        try await configure(primary, "reset synchronous_standby_names")
                    }
                    await writing.value
                }
            }
        }
        try files.remove()
    }

    private func expectWhole(
        _ options: ConnectionOptions, _ acknowledged: [UUID: Int64], _ files: SignerFiles
    ) async throws {
        try await serving(options) { store in
            let log = try await store.wholeLog()
            expectDense(log)
            let recorded = Dictionary(grouping: log, by: \.commandID)
            for (command, position) in acknowledged {
                #expect(recorded[command]?.map(\.position) == [position])
            }
            let captured = CapturedLog()
            try await sealing(store, files, log: captured) {
                _ = try await store.append(request(newStream(), events: 3))
                try await waitForCheckpoint(of: Int64(log.count) + 3, store)
            }
            try await expectSound(options, store, files)
            let report = try await StoreDoctor.auditing(options, keys: [files.verifier]).report()
            #expect(report.words == [])
            print("\(acknowledged.count) acknowledged before, \(log.count) events taken over")
        }
    }

    private func configure(_ cluster: PrivateCluster, _ change: String) async throws {
        try await withSQL(cluster.options) {
            try await $0.query("alter system \(unsafe: change)")
            try await $0.query("select pg_reload_conf()")
        }
    }

    /// Runs `body` with a standby that follows `primary`.
    private func withStandby(
        of primary: PrivateCluster, _ body: (PrivateCluster) async throws -> Void
    ) async throws {
        let directory = try makeTestDirectory("standby")
        try await Programs.run("/usr/bin/install", serverDirectory(directory + "/data"))
        try await Programs.runAsServer(
            Programs.postgres("pg_basebackup"),
            Programs.connection(primary.options) + [
                "-D", directory + "/data", "-R", "-X", "stream", "-c", "fast",
            ])
        let standby = try PrivateCluster(directory: directory)
        try await standby.run { _ in try await body(standby) }
        try FileManager.default.removeItem(atPath: directory)
    }

    private func serverDirectory(_ path: String) -> [String] {
        let owner = geteuid() == 0 ? ["-o", "postgres", "-g", "postgres"] : []
        return ["-d", "-m", "0700"] + owner + [path]
    }

    private func expectReadOnly(_ options: ConnectionOptions, _ stream: StreamID) async throws {
        let words = "connect to the primary"
        let appender = PostgresEventStore(
            options: options.with(user: DatabaseRole.appender.name), patience: .seconds(1))
        let service = Task { try await appender.run() }
        #expect(try await appender.read(stream, after: 0, limit: 10).count == 3)
        let refused = await #expect(throws: EventStoreError.self) {
            try await appender.append(request(stream, at: 3))
        }
        #expect(refused?.message.contains(words) == true, "\(refused?.message ?? "")")
        service.cancel()
        try await service.value
        // Nothing to be done; and the functions can't be made again.
        let migration = await #expect(throws: (any Error).self) {
            try await Schema.migrate(options)
        }
        #expect("\(String(describing: migration))".contains("25006"))
        #expect(try await Schema.plan(options).isEmpty)
        let report = try await StoreDoctor.auditing(options, keys: []).report()
        #expect(report.words == [])
    }
}

/// What was acknowledged until now, by command, with its position.
private final class AcknowledgedCommands: Sendable {
    private let positions = Mutex<[UUID: Int64]>([:])

    var all: [UUID: Int64] { positions.withLock { $0 } }

    /// Appends until the task is cancelled.
    func collect(from store: PostgresEventStore) async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while !Task.isCancelled {
                        let command = request(newStream())
                        guard let receipt = try? await store.append(command) else { continue }
                        self.positions.withLock {
                            $0[command.context.commandID] = receipt.firstPosition
                        }
                    }
                }
            }
        }
    }
}
