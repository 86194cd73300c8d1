import EventSourcing
import Foundation
import Postgres
import PostgresStore
import PrivateCluster
import StoreCheck
import Support
import Testing

/// I9 on a disk that is full: an append fails cleanly, what was acknowledged is there, and appends
/// go on once there is room.
@Suite(.timeLimit(.minutes(3)), .enabled(if: geteuid() == 0, "mounting a small disk needs root"))
struct DiskFullTests {
    @Test func appendsFailCleanlyAndGoOnWhenThereIsRoom() async throws {
        let directory = try makeTestDirectory("disk")
        try await Programs.run(
            "/usr/bin/mount",
            [
                "-t", "tmpfs", "-o", "size=40m,mode=0700,uid=postgres,gid=postgres", "small",
                directory,
            ])
        let outcome: Result<Void, any Error>
        do {
            // The log's tables lie on the small disk; the write-ahead log, without which PostgreSQL
            // itself stops, on a large one.
            outcome = .success(
                try await withOwnCluster { cluster in
                    try await withSQL(cluster.options) { connection in
                        try await connection.execute(
                            Query(unsafe: "create tablespace small location '\(directory)'"))
                        try await connection.execute("create database house tablespace small")
                    }
                    try await fillAndGoOn(cluster.options.with(database: "house"), directory)
                })
        } catch {
            outcome = .failure(error)
        }
        try await Programs.run("/usr/bin/umount", [directory])
        try outcome.get()
        try FileManager.default.removeItem(atPath: directory)
    }

    private func fillAndGoOn(_ options: ConnectionOptions, _ disk: String) async throws {
        try await Schema.migrate(options)
        let store = PostgresEventStore(
            options: options.with(user: DatabaseRole.appender.name), patience: .seconds(1))
        let service = Task { try await store.run() }
        var acknowledged: [UUID] = []
        var failure: EventStoreError?
        for number in 0..<1000 where failure == nil {
            let command = large(number)
            do {
                _ = try await store.append(command)
                acknowledged.append(command.context.commandID)
            } catch let error as EventStoreError {
                failure = error
            }
        }
        #expect(failure?.code == .unavailable)
        #expect(
            failure?.message.contains("No space left on device") == true,
            "\(failure?.message ?? "")")
        #expect(acknowledged.count > 3)
        #expect(Set(try await store.wholeLog().map(\.commandID)) == Set(acknowledged))

        try await Programs.run("/usr/bin/mount", ["-o", "remount,size=200m", disk])
        for number in 1000..<1005 {
            let command = large(number)
            _ = try await store.append(command)
            acknowledged.append(command.context.commandID)
        }
        let log = try await store.wholeLog()
        expectDense(log)
        #expect(log.map(\.commandID) == acknowledged)
        service.cancel()
        try await service.value
        let report = try await StoreDoctor.auditing(options, keys: []).report()
        #expect(report.words == [])
    }

    /// A command with a document of a megabyte that no other one has.
    private func large(_ number: Int) -> AppendRequest {
        var command = request(newStream())
        command.documents = [
            Document(
                mediaType: "application/octet-stream",
                bytes: Array("\(number)".utf8)
                    + Array(repeating: UInt8(number % 251), count: 1_000_000))
        ]
        return command
    }
}
