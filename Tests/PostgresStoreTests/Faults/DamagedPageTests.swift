import EventSourcing
import Foundation
import Postgres
import PostgresStore
import PrivateCluster
import StoreCheck
import Support
import Testing

/// A page of events that the disk has damaged (I11): what lies on it can't be read, and is no empty
/// answer; the streams beside it go on; and the doctor names the positions.
@Suite(.timeLimit(.minutes(3))) struct DamagedPageTests {
    @Test func onlyTheStreamsOfADamagedPageAreClosed() async throws {
        try await withOwnCluster { cluster in
            try await withSQL(cluster.options) { try await $0.execute("create database house") }
            let options = cluster.options.with(database: "house")
            try await Schema.migrate(options)
            // Some events to a page: each stream's lie side by side.
            let streams = (0..<6).map { _ in newStream() }
            let body = #"{"x":"\#(String(repeating: "y", count: 1500))"}"#
            try await serving(options) { store in
                for stream in streams {
                    _ = try await store.append(request(stream, events: 10, body: body))
                }
            }
            let damaged = try await damage(position: 23, cluster, options)
            #expect(damaged.contains(23) && !damaged.contains(1) && !damaged.contains(60))
            // The page may reach into the neighbours of the third stream.
            let closed = Set(damaged.map { Int($0 - 1) / 10 })

            try await serving(options) { store in
                for (number, stream) in streams.enumerated() {
                    if closed.contains(number) {
                        let error = await #expect(throws: EventStoreError.self) {
                            try await store.read(stream, after: 0, limit: 100)
                        }
                        #expect(error?.code == .corrupted, "\(String(describing: error))")
                    } else {
                        #expect(try await store.read(stream, after: 0, limit: 100).count == 10)
                        _ = try await store.append(request(stream, at: 10, body: body))
                    }
                }
                _ = try await store.append(request(newStream(), body: body))
                try await expectPassable(store, but: damaged)
            }
            let report = try await StoreDoctor.auditing(options, keys: []).report()
            #expect(report.result == .damaged)
            let named = report.checks.first { $0.name == "positions" }?.findings.compactMap(
                \.position)
            #expect(named == damaged)
        }
    }

    /// Whoever follows the log meets every event but the damaged ones, and is told of these.
    private func expectPassable(_ store: PostgresEventStore, but damaged: [Int64]) async throws {
        var read: [Int64] = []
        var passedOver: [Int64] = []
        reading: while true {
            switch try await store.readable(
                after: max(read.last ?? 0, passedOver.last ?? 0), limit: 50)
            {
            case .events(let events):
                if events.isEmpty { break reading }
                read += events.map(\.position)
            case .damaged(let position, _): passedOver.append(position)
            }
        }
        let head = try await store.head()
        #expect(passedOver == damaged)
        #expect((read + passedOver).sorted() == Array(1...head))
    }

    /// Flips a byte in the middle of the page that holds `position`, while the server is down.
    ///
    /// - Returns: The positions that lie on it.
    private func damage(
        position: Int64, _ cluster: PrivateCluster, _ options: ConnectionOptions
    ) async throws -> [Int64] {
        let (file, page, positions) = try await withSQL(options) { connection in
            let place = try await connection.query(
                """
                select current_setting('data_directory') || '/'
                    || pg_relation_filepath(tableoid::regclass), (ctid::text::point)[0]::integer
                from patchflow.events where position = \(position)
                """)[0]
            let page: Int32 = try place.decode(at: 1)
            let positions = try await connection.query(
                """
                select position from patchflow.events
                where (ctid::text::point)[0]::integer = \(page) order by position
                """
            ).map { try $0.decode(Int64.self, at: 0) }
            return (try place.decode(String.self, at: 0), page, positions)
        }
        await cluster.stop()
        let handle = try FileHandle(forUpdating: URL(filePath: file))
        let offset = UInt64(page) * 8192 + 6000
        try handle.seek(toOffset: offset)
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data([byte ^ 0xFF]))
        try handle.close()
        try await cluster.start()
        return positions
    }
}
