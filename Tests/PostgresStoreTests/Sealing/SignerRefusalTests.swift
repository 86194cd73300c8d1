import EventSourcing
import Foundation
import Postgres
import PostgresStore
import PrivateCluster
import Signing
import Support
import Testing
import TransparencyLog

/// I11: the signer signs nothing that takes back what it signed before, whoever changed the database
/// and however well; sealing stands still then, and the log itself goes on.
@Suite(.timeLimit(.minutes(3))) struct SignerRefusalTests {
    @Test func aDatabaseThatWasSetBackIsRefusedUntilSomebodySaysSo() async throws {
        let files = try SignerFiles()
        try await withStoreDatabase { options in
            try await fill(options, files, events: 300)
            try await withCopy(of: options) { backup in
                try await fill(options, files, events: 100)
                let log = CapturedLog()
                try await serving(backup) { store in
                    try await sealing(store, files, log: log) {
                        try await eventually { !log.critical.isEmpty }
                        // It has grown beyond what the signer remembers, and is the same to him.
                        _ = try await store.append(request(newStream(), events: 200))
                        try await Task.sleep(for: .milliseconds(300))
                    }
                    #expect(log.critical.count == 1, "it is said once")
                    let line = log.critical.first ?? ""
                    #expect(line.contains("the log is smaller than it was"))
                    #expect(line.contains("300 sealed entries"))
                    #expect(line.contains("remembers 400"))
                    #expect(line.contains("patchflow audit incarnation"))
                    #expect(try await heads(backup) == [300])

                    let head = try #require(
                        await PostgresSealedLog(store: store).checkpoint(of: nil))
                    try files.signer.goOn(
                        from: TreeHead(
                            size: head.size, root: #require(TreeHash(bytes: head.root.bytes))))
                    try await sealing(store, files) {
                        try await waitForCheckpoint(of: 500, store)
                    }
                    try await expectSound(backup, store, files)
                }
            }
        }
        try files.remove()
    }

    @Test func anotherHistoryThatGrewPastTheOldOneIsRefused() async throws {
        let files = try SignerFiles()
        let forger = try SignerFiles()
        try await withStoreDatabase { options in
            try await fill(options, files, events: 300)
            try await withCopy(of: options) { backup in
                try await fill(options, files, events: 100)
                // Sealed by somebody with a key of his own.
                try forger.signer.goOn(from: try await head(backup))
                try await fill(backup, forger, events: 200)
                try await expectRefusal(
                    backup, files, "not proved to begin with what it was before", heads: 500)
            }
        }
        try files.remove()
        try forger.remove()
    }

    @Test func anEditedEventIsRefusedThoughEverythingWasResealed() async throws {
        let files = try SignerFiles()
        let forger = try SignerFiles()
        try await withStoreDatabase { options in
            try await fill(options, files, events: 300)
            try await asSuperuserWithoutTriggers(
                options,
                """
                update patchflow.events set data = '{"edited":true}' where position = 50;
                delete from patchflow.tiles; delete from patchflow.checkpoints;
                """)
            try await fill(options, forger, events: 0)
            try await expectRefusal(
                options, files, "as many entries as before and another root", heads: 300)
        }
        try files.remove()
        try forger.remove()
    }

    @Test(arguments: [
        (
            "update patchflow.tiles set hashes = set_byte(hashes, 40, 1 # get_byte(hashes, 40)) where index = 1",
            "tiles do not give the root"
        ),
        ("delete from patchflow.tiles", "is missing"),
        ("update patchflow.checkpoints set root = sha256('x')", "tiles do not give the root"),
        ("delete from patchflow.checkpoints", "smaller than it was"),
    ])
    func whatIsSealedIsNotChangedByHand(change: String, words: String) async throws {
        let files = try SignerFiles()
        try await withStoreDatabase { options in
            try await fill(options, files, events: 300)
            try await asSuperuserWithoutTriggers(options, change)
            try await expectRefusal(options, files, words)
        }
        try files.remove()
    }

    @Test(arguments: [
        ("delete from patchflow.events where position = 310", "position 310 is missing"),
        (
            """
            delete from patchflow.streams s using patchflow.events e
            where e.position = 310 and s.id = e.stream_id
            """, "position 301 can't be sealed"
        ),
        (
            "update patchflow.events set occurred_at = '20000-01-01' where position = 310",
            "position 310 can't be sealed: 'occurred_at' is out of the range"
        ),
    ])
    func whatWasChangedBeforeItWasSealedIsNamed(change: String, words: String) async throws {
        let files = try SignerFiles()
        try await withStoreDatabase { options in
            try await fill(options, files, events: 300)
            try await serving(options) { store in
                _ = try await store.append(request(newStream(), events: 20))
            }
            try await asSuperuserWithoutTriggers(options, change)
            try await expectRefusal(options, files, words, heads: 300)
        }
        try files.remove()
    }

    // MARK: Stage

    /// Appends, and seals everything.
    private func fill(
        _ options: ConnectionOptions, _ files: SignerFiles, events: Int
    ) async throws {
        try await serving(options) { store in
            if events > 0 { _ = try await store.append(request(newStream(), events: events)) }
            try await sealing(store, files) {
                try await waitForCheckpoint(of: store.head(), store)
            }
        }
    }

    /// A sealer halts with `words`, stores nothing, and appends go on.
    ///
    /// - Parameter size: Of the latest head that is there before and after.
    private func expectRefusal(
        _ options: ConnectionOptions, _ files: SignerFiles, _ words: String,
        heads size: Int64? = nil
    ) async throws {
        let log = CapturedLog()
        try await serving(options) { store in
            try await sealing(store, files, log: log) {
                try await eventually { !log.critical.isEmpty }
                _ = try await store.append(request(newStream(), events: 5))
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        #expect(log.critical.count == 1)
        #expect(log.critical.first?.contains(words) == true, "\(log.critical)")
        if let size { #expect(try await heads(options).last == size) }
    }

    private func heads(_ options: ConnectionOptions) async throws -> [Int64] {
        try await withSQL(options) {
            try await $0.query("select size from patchflow.checkpoints order by size")
        }.map { try $0.decode(at: 0) }
    }

    private func head(_ options: ConnectionOptions) async throws -> TreeHead {
        let row = try await withSQL(options) {
            try await $0.query(
                "select size, root from patchflow.checkpoints order by size desc limit 1")[0]
        }
        return TreeHead(
            size: try row.decode(at: 0),
            root: try #require(TreeHash(bytes: row.decode([UInt8].self, at: 1))))
    }

    private func asSuperuserWithoutTriggers(
        _ options: ConnectionOptions, _ change: String
    ) async throws {
        try await withSQL(options) {
            try await $0.script("set session_replication_role = replica; \(change)")
        }
    }

    /// A copy of the database as it is now, as a restored backup would be.
    private func withCopy(
        of options: ConnectionOptions, _ body: (ConnectionOptions) async throws -> Void
    ) async throws {
        let name = try #require(options.parameters["dbname"])
        let copy = name + "_backup"
        let server = try await TestCluster.shared.cluster().options
        try await eventually {
            // Connections that were closed just now may still be there for a moment.
            do {
                try await withSQL(server) {
                    try await $0.query(
                        "create database \(identifier: copy) template \(identifier: name)")
                }
                return true
            } catch let error as PostgresError where error.sqlState == "55006" {
                return false
            }
        }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(options.with(database: copy)))
        } catch {
            outcome = .failure(error)
        }
        try await withSQL(server) {
            try await $0.query("drop database \(identifier: copy) with (force)")
        }
        try outcome.get()
    }
}
