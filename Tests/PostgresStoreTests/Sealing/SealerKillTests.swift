import EventSourcing
import Foundation
import Postgres
import PostgresStore
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
            for _ in 0..<25 {
                let moment = Duration.milliseconds(30 + random.below(250))
                try await withProgram("store-sealer", options.words + [files.key, files.memory]) {
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
            let heads = try await withSQL(options) {
                try await $0.query("select count(*), count(note) from patchflow.checkpoints")[0]
            }
            print("\(try await store.head()) events, \(try heads.decode(Int.self, at: 0)) heads")
            #expect(try heads.decode(Int.self, at: 0) > 25)
            #expect(try heads.decode(Int.self, at: 0) == heads.decode(Int.self, at: 1))
        }
        try files.remove()
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
