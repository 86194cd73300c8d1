import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Support
import Testing
import TransparencyLog

/// I11: what is sealed is the log, in order and whole, however it is written meanwhile.
@Suite(.timeLimit(.minutes(3))) struct SealerTests {
    @Test func theRootIsThatOfTheEventsAsPostgreSQLItselfHashesThem() async throws {
        let files = try SignerFiles()
        try await withStore { store, options in
            try await sealing(store, files) {
                for body in [#"{"text":"ü \" \\ 😀"}"#, "{}", #"{ "spaces" : "kept" }"#] {
                    var one = request(newStream(), events: 100, body: body)
                    one.context = CommandContext(
                        actor: Actor(id: "pe_1", role: "tester", onBehalfOf: "pe_\"2\""),
                        at: Timestamp(Date()), commandID: UUID(), causationID: UUID())
                    _ = try await store.append(one)
                    _ = try await store.append(request(newStream(), events: 7))
                }
                try await waitForCheckpoint(of: 321, store)
            }
            try await expectSound(options, store, files)
        }
        try files.remove()
    }

    @Test func newsAreSealedWithin400Milliseconds() async throws {
        let files = try SignerFiles()
        try await withStore { store, options in
            try await sealing(store, files, interval: Sealer.Settings().interval) {
                for number in 1...20 {
                    _ = try await store.append(request(newStream()))
                    try await waitForCheckpoint(of: Int64(number), store)
                }
            }
            // Each was appended right after the head before, so each has waited for the whole
            // interval. The median: the other tests keep the machine busy.
            let delays = try await delays(options)
            print("sealed after \(delays.median) ms in the median, \(delays.most) ms at most")
            #expect(delays.median > 100 && delays.median < 400)
        }
        try files.remove()
    }

    @Test func writersInOtherProcessesWriteWhileTwoSealersSeal() async throws {
        let seed = SeededRandom.fresh("writers and sealers").seed % 1_000_000
        let files = try SignerFiles()
        try await withStore { store, options in
            try await serving(options) { other in
                try await sealing(store, files) {
                    try await sealing(other, files) {
                        _ = try await StoreWriters.write(
                            options, count: 4, seed: seed, seconds: 3)
                        try await waitForCheckpoint(of: store.head(), store)
                    }
                }
            }
            expectDense(try await store.wholeLog())
            try await expectSound(options, store, files)
            let counts = try await withSQL(options) {
                try await $0.query(
                    "select count(*), count(note), max(size) from patchflow.checkpoints")[0]
            }
            let heads = try counts.decode(Int.self, at: 0)
            let delays = try await delays(options)
            print(
                "\(try counts.decode(Int.self, at: 2)) events, \(heads) checkpoints, sealed after",
                "\(delays.median) ms in the median, \(delays.most) ms at most")
            #expect(heads > 3)
            #expect(try counts.decode(Int.self, at: 1) == heads, "all of them are signed")
        }
        try files.remove()
    }

    /// From an event's being recorded to its being sealed, by the database's clock, in milliseconds.
    private func delays(
        _ options: ConnectionOptions
    ) async throws -> (median: Double, most: Double) {
        let row = try await withSQL(options) {
            try await $0.query(
                """
                select percentile_cont(0.5) within group (order by delay), max(delay)
                from (
                    select 1000 * extract(epoch from
                        min(c.sealed_at) - e.recorded_at)::float8 as delay
                    from patchflow.events e
                    join patchflow.checkpoints c on c.size >= e.position
                    group by e.position
                ) d
                """)[0]
        }
        return (try row.decode(at: 0), try row.decode(at: 1))
    }

    @Test func aLogThatWasNeverSealedComesInSteps() async throws {
        let files = try SignerFiles()
        try await withStore { store, options in
            for _ in 0..<5 { _ = try await store.append(request(newStream(), events: 300)) }
            var settings = Sealer.Settings()
            settings.largestStep = 400
            let sealer = Sealer(
                store: store, signer: try files.signer, settings: settings,
                logger: CapturedLog().logger)
            let service = Task { try await sealer.run() }
            try await waitForCheckpoint(of: 1500, store)
            service.cancel()
            try await service.value
            let sizes = try await withSQL(options) {
                try await $0.query("select size from patchflow.checkpoints order by size")
            }.map { try $0.decode(Int64.self, at: 0) }
            #expect(sizes == [400, 800, 1200, 1500])
            try await expectSound(options, store, files)
        }
        try files.remove()
    }
}
