import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Signing
import StoreCheck
import Support
import Testing
import TransparencyLog

/// Witnesses are asked beside the sealer: what they say is kept, and none of them is in its way (I11).
@Suite(.timeLimit(.minutes(2))) struct CosignatureTests {
    @Test func theNewestCheckpointGetsTheCosignaturesOfAllWitnesses() async throws {
        let files = try SignerFiles()
        let witnesses = try (1...3).map { try WitnessDouble(files.verifier, seed: $0) }
        try await withStore { store, options in
            try await asking(witnesses, store, files) {
                for round in 1...4 {
                    _ = try await store.append(request(newStream(), events: 70))
                    try await waitForCosigned(Int64(70 * round), by: 3, store)
                }
            }
            let log = PostgresSealedLog(store: store)
            let checkpoint = try #require(await log.checkpoint(cosignedBy: 3))
            let note = try SignedNote(Array(checkpoint.note.utf8))
            let keys = witnesses.map(\.key)
            #expect(Set(try note.verified(by: keys).map(\.key)) == Set(keys))
            #expect(note.signatures.count == 4, "each of them once")
            #expect(try await log.checkpoint(cosignedBy: 4) == nil)
            #expect(try await log.checkpoint(cosignedBy: 0)?.size == 280)
            try await expectSound(options, store, files)
        }
        // Of each witness one answer is waited for at a time.
        #expect(witnesses.allSatisfy { $0.mostUnderWay == 1 })
        try files.remove()
    }

    /// It is asked once, never answers, and is not waited for: the log is sealed and another witness
    /// cosigns, again and again, while that one request is open.
    @Test func aWitnessThatHangsDelaysNobody() async throws {
        let files = try SignerFiles()
        let hanging = try WitnessDouble(files.verifier, seed: 1, mood: .hangs)
        let other = try WitnessDouble(files.verifier, seed: 2)
        try await withStore { store, options in
            try await asking([hanging, other], store, files) {
                for round in 1...8 {
                    _ = try await store.append(request(newStream(), events: 5))
                    try await waitForCheckpoint(of: Int64(5 * round), store)
                    try await waitForCosigned(Int64(5 * round), store)
                    try await eventually { !hanging.requests.isEmpty }
                    #expect(hanging.requests.count == 1)
                }
            }
            try await expectSound(options, store, files)
        }
        try files.remove()
    }

    @Test func oneThatWasDownIsAskedAgainAndOneThatLostItsMemoryAsWell() async throws {
        let files = try SignerFiles()
        let witness = try WitnessDouble(files.verifier, mood: .isDown)
        try await withStore { store, _ in
            try await asking([witness], store, files) {
                _ = try await store.append(request(newStream(), events: 9))
                try await eventually { witness.requests.count > 2 }
                witness.become(.answersWith(WitnessReply(status: 503, "later")))
                let before = witness.requests.count
                try await eventually { witness.requests.count > before }
                witness.become(.answers)
                try await waitForCosigned(9, store)
            }
            // Another process, which knows nothing of what the witness has cosigned, is told.
            _ = try await store.append(request(newStream(), events: 9))
            try await asking([witness], store, files) { try await waitForCosigned(18, store) }
            let olds = witness.requests.suffix(2).map(\.oldSize)
            #expect(olds == [0, 9])
        }
        try files.remove()
    }

    @Test(arguments: [
        (WitnessReply(status: 422, "no"), "it answered with status 422: no"),
        (WitnessReply(status: 403, "who?"), "it answered with status 403: who?"),
        (
            WitnessReply(
                status: 409, mediaType: AddCheckpointAnswer.sizeMediaType,
                body: AddCheckpointAnswer.stale(size: 4711).body),
            "it has cosigned a checkpoint of 4711 entries"
        ),
    ])
    func aRefusalIsOneCriticalLineAndSealingGoesOn(
        reply: WitnessReply, words: String
    ) async throws {
        let files = try SignerFiles()
        let log = CapturedLog()
        let witness = try WitnessDouble(files.verifier, mood: .answersWith(reply))
        try await withStore { store, options in
            try await asking([witness], store, files, log: log) {
                for round in 1...3 {
                    _ = try await store.append(request(newStream(), events: 5))
                    try await waitForCheckpoint(of: Int64(5 * round), store)
                    let before = witness.requests.count
                    try await eventually { witness.requests.count > before }
                }
            }
            #expect(log.critical.count == 1, "it is said once: \(log.critical)")
            #expect(log.critical.first?.contains(words) == true, "\(log.critical)")
            #expect(log.critical.first?.contains("witness7.example at memory") == true)
            #expect(try await PostgresSealedLog(store: store).checkpoint(cosignedBy: 1) == nil)
            try await expectSound(options, store, files)
        }
        try files.remove()
    }

    /// Whoever holds the log's key and the database shows another history to the witness.
    @Test func aForkIsRefusedByTheWitnessAndSaidByTheLog() async throws {
        let files = try SignerFiles()
        let witness = try WitnessDouble(files.verifier)
        try await withStoreDatabase { options in
            try await serving(options) { store in
                _ = try await store.append(request(newStream(), events: 20))
                try await asking([witness], store, files) { try await waitForCosigned(20, store) }
            }
        }
        try await withStore { store, _ in
            // The signer's memory was set back, by whoever has its key.
            try files.signer.goOn(from: .empty)
            _ = try await store.append(request(newStream(), events: 20))
            let log = CapturedLog()
            try await asking([witness], store, files, log: log) {
                try await eventually { !log.critical.isEmpty }
                #expect(log.critical[0].contains("it has cosigned another history of 20 entries"))
                _ = try await store.append(request(newStream(), events: 5))
                try await eventually { log.critical.count > 1 }
                #expect(log.critical[1].contains("422"), "\(log.critical)")
            }
            #expect(witness.cosignedSize == 20)
            #expect(try await PostgresSealedLog(store: store).checkpoint(cosignedBy: 1) == nil)
        }
        try files.remove()
    }

    @Test func nothingButALineOfASignatureComesBelowANote() async throws {
        let files = try SignerFiles()
        try await withStore { store, options in
            _ = try await store.append(request(newStream(), events: 5))
            try await sealing(store, files) { try await waitForCheckpoint(of: 5, store) }
            let root = try #require(await PostgresSealedLog(store: store).checkpoint(of: 5)).root
            try await withSQL(options.with(user: DatabaseRole.sealer.name)) { sealer in
                for line in ["", "x", "\u{2014} w AAAA", "\u{2014} w AAAA\n\n", "\u{2014} w  A\n"] {
                    let error = await #expect(throws: PostgresError.self, "\(line)") {
                        try await sealer.query(
                            "select patchflow.add_cosignature(5, \(root.bytes), \(line))")
                    }
                    #expect(error?.message.contains("no line of a signature") == true)
                }
                let line = "\u{2014} w AAAAAAA=\n"
                for size in [5, 5, 6] as [Int64] {
                    let added = try await sealer.query(
                        "select patchflow.add_cosignature(\(size), \(root.bytes), \(line))")
                    #expect(try added[0][0] == (size == 5))
                }
            }
            let checkpoint = try #require(
                await PostgresSealedLog(store: store).checkpoint(cosignedBy: 1))
            #expect(try SignedNote(Array(checkpoint.note.utf8)).signatures.count == 2)
        }
        try files.remove()
    }
}
