import EventSourcing
import Foundation
import Postgres
import PostgresStore
import PrivateCluster
import Signing
import Subprocess
import Support
import SystemPackage
import Testing
import TransparencyLog

/// kill -9 of the sealer at any moment leaves one history, and the next one goes on with it (I11).
@Suite(.timeLimit(.minutes(3))) struct SealerKillTests {
    @Test func killedBetweenTilesAndSignature() async throws {
        let files = try SignerFiles()
        try await withStore { store, options in
            _ = try await store.append(request(newStream(), events: 300))
            try await withSQL(options) { blocker in
                // Who stores a note waits for the one who holds this lock.
                try await blocker.script(
                    """
                    create function public.wait_for_the_test() returns trigger language plpgsql as
                    $$ begin perform pg_advisory_xact_lock_shared(4711); return new; end $$;
                    create trigger wait_for_the_test before update on patchflow.checkpoints
                    for each row execute function public.wait_for_the_test();
                    select pg_advisory_lock(4711);
                    """)
                let stored = try await withProgram(
                    "store-sealer", options.words + [files.key, files.memory]
                ) {
                    try await eventually {
                        try await blocker.query("select from patchflow.checkpoints").count == 1
                    }
                    return try await head(blocker)
                }
                #expect(stored.note == nil && stored.size == 300)
                #expect(try await PostgresSealedLog(store: store).checkpoint(of: nil) == nil)
                try await blocker.script("select pg_advisory_unlock(4711)")
                // More has happened meanwhile, and still the stored head is signed first.
                _ = try await store.append(request(newStream(), events: 10))
                try await sealing(store, files) {
                    try await waitForCheckpoint(of: 310, store)
                }
                let all = try await blocker.query(
                    "select size, root, note from patchflow.checkpoints order by size")
                #expect(try all.map { try $0.decode(Int64.self, at: 0) } == [300, 310])
                #expect(try all[0].decode([UInt8].self, at: 1) == stored.root)
                #expect(try all[0].decode(String?.self, at: 2) != nil)
            }
            try await expectSound(options, store, files)
        }
        try files.remove()
    }

    @Test func killedAtRandomMomentsWhileOthersWrite() async throws {
        var random = SeededRandom.fresh("kills of the sealer")
        let files = try SignerFiles()
        try await withStore { store, options in
            let writing = Task {
                while !Task.isCancelled {
                    _ = try await store.append(request(newStream(), events: 3))
                    try await Task.sleep(for: .milliseconds(2))
                }
            }
            for round in 0..<24 {
                let moment = Duration.microseconds(random.below(120_000))
                let before = try await heads(options).all
                try await withProgram("store-sealer", options.words + [files.key, files.memory]) {
                    // Every other one is killed when it may not even have begun.
                    if round % 2 == 0 {
                        try await eventually { try await heads(options).all > before }
                    }
                    try await Task.sleep(for: moment)
                }
            }
            writing.cancel()
            // It ends by being cancelled.
            _ = await writing.result
            try await sealing(store, files) {
                try await waitForCheckpoint(of: store.head(), store)
            }
            try await expectSound(options, store, files)
            let counts = try await heads(options)
            print("\(try await store.head()) events, \(counts.all) heads")
            #expect(counts.all > 12)
            #expect(counts.signed == counts.all)
        }
        try files.remove()
    }

    /// A head that the standby may not have is never signed, though the wait for it be cancelled.
    @Test func aCancelledWaitForAStandbySignsNothing() async throws {
        let files = try SignerFiles()
        try await withOwnCluster { cluster in
            let options = cluster.options
            try await Schema.migrate(options)
            try await serving(options) { store in
                let admin = try await Connection.open(options)
                try await admin.query("alter system set synchronous_standby_names = 'nobody'")
                try await admin.query("select pg_reload_conf()")
                // It can be read, and isn't acknowledged.
                let appending = Task { try await store.append(request(newStream(), events: 3)) }
                try await eventually { try await store.head() == 3 }
                try await sealing(store, files) {
                    try await eventually {
                        try await admin.query(
                            """
                            select pg_cancel_backend(pid) from pg_stat_activity
                            where wait_event = 'SyncRep' and query like '%seal_log%'
                            """)
                        return try await heads(options).all == 1
                    }
                    for _ in 0..<5 {
                        try await admin.query(
                            """
                            select pg_cancel_backend(pid) from pg_stat_activity
                            where wait_event = 'SyncRep'
                            """)
                        try await Task.sleep(for: .milliseconds(60))
                    }
                    #expect(try await heads(options).signed == 0)
                    #expect(try files.signer.remembered() == .empty)
                    try await admin.query("alter system reset synchronous_standby_names")
                    try await admin.query("select pg_reload_conf()")
                    try await waitForCheckpoint(of: 3, store)
                }
                _ = try await appending.value
                await admin.close()
                try await expectSound(options, store, files)
            }
        }
        try files.remove()
    }

    private func heads(_ options: ConnectionOptions) async throws -> (all: Int, signed: Int) {
        let row = try await withSQL(options) {
            try await $0.query("select count(*), count(note) from patchflow.checkpoints")[0]
        }
        return (try row.decode(at: 0), try row.decode(at: 1))
    }

    private func head(
        _ connection: Connection
    ) async throws -> (size: Int64, root: [UInt8], note: String?) {
        let row = try await connection.query("select size, root, note from patchflow.checkpoints")[
            0]
        return (try row.decode(at: 0), try row.decode(at: 1), try row.decode(at: 2))
    }
}

extension ConnectionOptions {
    /// Where the database is, for a test program's command line.
    var words: [String] { [parameters["host"] ?? "", parameters["dbname"] ?? ""] }
}

/// Runs a program that lies beside the tests, to its end.
func runProgram(_ name: String, _ arguments: [String]) async throws {
    let result = try await Subprocess.run(
        .path(try programPath(name)), arguments: Arguments(arguments),
        output: .string(limit: 10_000_000), error: .string(limit: 100_000))
    #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
}

/// Runs a program that lies beside the tests while `body` does, then kills it with -9.
func withProgram<R: Sendable>(
    _ name: String, _ arguments: [String], _ body: @Sendable () async throws -> R
) async throws -> R {
    let result = try await Subprocess.run(
        .path(try programPath(name)), arguments: Arguments(arguments), input: .none,
        output: .discarded, error: .discarded
    ) { process in
        let outcome: Result<R, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        try process.send(signal: .kill)
        return outcome
    }
    return try result.closureResult.get()
}

private func programPath(_ name: String) throws -> FilePath {
    try FilePath(#require(CommandLine.arguments.first)).removingLastComponent().appending(name)
}
