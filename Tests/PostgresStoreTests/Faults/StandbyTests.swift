import EventSourcing
import Foundation
import Postgres
import PostgresStore
import PrivateCluster
import StoreCheck
import Support
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

            let directory = try makeTestDirectory("standby")
            try await Programs.run("/usr/bin/install", serverDirectory(directory + "/data"))
            try await Programs.runAsServer(
                Programs.postgres("pg_basebackup"),
                Programs.connection(primary.options) + [
                    "-D", directory + "/data", "-R", "-X", "stream", "-c", "fast",
                ])
            let standby = try PrivateCluster(directory: directory)
            try await standby.run { _ in
                try await expectReadOnly(standby.options.with(database: "house"), stream)
            }
            try FileManager.default.removeItem(atPath: directory)
        }
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
