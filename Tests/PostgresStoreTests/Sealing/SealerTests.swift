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
                for number in 1...10 {
                    _ = try await store.append(request(newStream()))
                    try await waitForCheckpoint(of: Int64(number), store)
                }
            }
            // From the database's clock to its clock: appended, then sealed.
            let late = try await withSQL(options) {
                try await $0.query(
                    """
                    select max(c.sealed_at - e.recorded_at)::text from patchflow.checkpoints c
                    join patchflow.events e on e.position = c.size
                    where c.sealed_at - e.recorded_at > interval '400 ms'
                    """)
            }
            #expect(try late[0].decode(String?.self, at: 0) == nil)
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
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            for number in 0..<4 {
                                group.addTask {
                                    try await runProgram(
                                        "store-writer",
                                        options.words + ["\(seed + UInt64(number))", "3"])
                                }
                            }
                            try await group.waitForAll()
                        }
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
            print("\(try counts.decode(Int.self, at: 2)) events, \(heads) checkpoints")
            #expect(heads > 10)
            #expect(try counts.decode(Int.self, at: 1) == heads, "all of them are signed")
        }
        try files.remove()
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
