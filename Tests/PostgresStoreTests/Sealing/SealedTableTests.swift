import EventSourcing
import Postgres
import PostgresStore
import StoreCheck
import Support
import Testing

/// What was sealed stays: refused to its owner by triggers, to the sealer by privileges.
@Suite(.timeLimit(.minutes(1))) struct SealedTableTests {
    private static let changes = [
        "update patchflow.checkpoints set root = sha256('x')",
        "update patchflow.checkpoints set note = 'another'",
        "update patchflow.checkpoints set note = null",
        "update patchflow.checkpoints set size = size + 1",
        "update patchflow.checkpoints set sealed_at = now()",
        "delete from patchflow.checkpoints", "truncate patchflow.checkpoints",
        "update patchflow.tiles set hashes = substr(hashes, 33)",
        "update patchflow.tiles set hashes = set_byte(hashes, 0, 1 # get_byte(hashes, 0))",
        "update patchflow.tiles set index = index + 7",
        "delete from patchflow.tiles", "truncate patchflow.tiles",
    ]

    @Test func neitherTheOwnerNorTheSealerTakesAnythingBack() async throws {
        let files = try SignerFiles()
        try await withStore { store, options in
            _ = try await store.append(request(newStream(), events: 300))
            try await sealing(store, files) { try await waitForCheckpoint(of: 300, store) }
            try await withSQL(options) { owner in
                for change in Self.changes {
                    let error = await #expect(throws: PostgresError.self, "\(change)") {
                        try await owner.execute(Query(unsafe: change))
                    }
                    #expect(error?.sqlState == "PF001", "\(change)")
                }
            }
            try await withSQL(options.with(user: DatabaseRole.sealer.name)) { sealer in
                let inserts = [
                    "insert into patchflow.checkpoints (size, root) values (999, sha256('x'))",
                    "insert into patchflow.tiles values (0, 9, sha256('x'))",
                ]
                for change in Self.changes + inserts {
                    let error = await #expect(throws: PostgresError.self, "\(change)") {
                        try await sealer.execute(Query(unsafe: change))
                    }
                    // Insufficient privilege.
                    #expect(error?.sqlState == "42501", "\(change)")
                }
            }
            try await expectSound(options, store, files)
        }
        try files.remove()
    }

    @Test func theSealerSealsAndAddsSignaturesButOnlyFromTheHeadThatThereIs() async throws {
        let files = try SignerFiles()
        try await withStoreDatabase { options in
            try await serving(options.with(user: DatabaseRole.appender.name)) { store in
                _ = try await store.append(request(newStream(), events: 5))
            }
            let sealer = options.with(user: DatabaseRole.sealer.name)
            try await serving(sealer) { store in
                try await sealing(store, files) { try await waitForCheckpoint(of: 5, store) }
                let checkpoint = try #require(
                    await PostgresSealedLog(store: store).checkpoint(of: 5))
                try await withSQL(sealer) { sealer in
                    let late = try await sealer.query(
                        "select patchflow.seal_log(4, 6, sha256('x'), '{}', '{}', '{}')")
                    #expect(try late[0][0] == false)
                    let cosigned = checkpoint.note + "\u{2014} witness AAAA\n"
                    let added = try await sealer.query(
                        "select patchflow.store_note(5, \(checkpoint.root.bytes), \(cosigned))")
                    #expect(try added[0][0] == true)
                    let other = try await sealer.query(
                        "select patchflow.store_note(6, \(checkpoint.root.bytes), \(cosigned))")
                    #expect(try other[0][0] == false)
                }
            }
        }
        try files.remove()
    }
}
