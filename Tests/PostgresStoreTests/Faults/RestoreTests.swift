import EventSourcing
import Foundation
import Postgres
import PostgresStore
import PrivateCluster
import StoreCheck
import Support
import Testing

/// A dump that is loaded into a fresh server is the same log (I11): the doctor finds nothing, the
/// signer goes on from what it remembers, and appends go on behind it.
@Suite(.timeLimit(.minutes(3))) struct RestoreTests {
    @Test func aDumpLoadedIntoAFreshServerIsTheSameLog() async throws {
        try await withHistory { options, _ in
            let before = try await log(of: options)
            let directory = try makeTestDirectory("dump")
            let dump = directory + "/dump.sql"
            try await Programs.run(
                Programs.postgres("pg_dump"),
                Programs.connection(options) + [
                    "-d", options.parameters["dbname"] ?? "", "--no-owner", "--no-privileges", "-f",
                    dump,
                ])
            try await withOwnCluster { cluster in
                try await withSQL(cluster.options) { try await $0.execute("create database house") }
                let restored = cluster.options.with(database: "house")
                try await Programs.run(
                    Programs.postgres("psql"),
                    Programs.connection(restored) + [
                        "-d", "house", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-f", dump,
                    ])
                #expect(try await Schema.migrate(restored).isEmpty)
                try await expectSound(restored)
                #expect(try await log(of: restored) == before)
                try await serving(restored.with(user: DatabaseRole.appender.name)) { store in
                    let receipt = try await store.append(request(History.stream, at: 3))
                    #expect(receipt.firstPosition == History.size + 1)
                }
                try await serving(restored.with(user: DatabaseRole.sealer.name)) { store in
                    try await sealing(store, History.files.get()) {
                        try await waitForCheckpoint(of: History.size + 1, store)
                    }
                }
                try await expectSound(restored)
            }
            try FileManager.default.removeItem(atPath: directory)
        }
    }

    private func log(of options: ConnectionOptions) async throws -> [RecordedEvent] {
        var log: [RecordedEvent] = []
        try await serving(options) { log = try await $0.wholeLog() }
        return log
    }

    private func expectSound(_ options: ConnectionOptions) async throws {
        let report = try await StoreDoctor.auditing(
            options, keys: [History.files.get().verifier]
        ).report()
        #expect(report.words == [])
        #expect(report.result == .sound)
    }
}
