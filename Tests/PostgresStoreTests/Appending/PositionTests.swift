import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Subprocess
import Support
import SystemPackage
import Testing

/// I11: positions are dense and no reader ever skips one, however many writers there are.
@Suite(.timeLimit(.minutes(3))) struct PositionTests {
    @Test func eightProcessesWriteAndNoReaderSkips() async throws {
        let seed = UInt64.random(in: 1...1_000_000)
        print("seed: \(seed)")
        try await withStoreDatabase { options in
            try await withSQL(options) { try await $0.script(Self.rollBackSometimes) }
            let database = try #require(options.parameters["dbname"])
            let host = try #require(options.parameters["host"])
            let store = PostgresEventStore(options: options)
            let finished = Flag()
            let (acknowledged, seen) = try await withThrowingTaskGroup(of: [String].self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await writer([host, database, "\(seed + UInt64(number))", "4"])
                    }
                }
                async let reading = readLive(store, until: finished)
                let lines = try await group.reduce(into: []) { $0 += $1 }
                finished.raise()
                return (lines, try await reading)
            }

            // What was read while it was written is the log, in order, without a hole.
            expectDense(seen)
            let log = try await store.wholeLog()
            #expect(seen == log)
            #expect(Set(log.map(\.id)).count == log.count)

            // I9: what was acknowledged stands where its receipt says, once.
            let positions = Dictionary(grouping: log, by: \.commandID)
            #expect(acknowledged.count == positions.count)
            for line in acknowledged {
                let words = line.split(separator: " ")
                let command = try #require(UUID(uuidString: String(words[0])))
                let recorded = positions[command]?.map(\.position)
                #expect(
                    recorded == Array(try #require(Int64(words[1]))...#require(Int64(words[2]))))
            }
            let rolledBack = try await withSQL(options) {
                try await $0.query(
                    "select xact_rollback from pg_stat_database where datname = current_database()")
            }
            print(
                "\(log.count) events, \(acknowledged.count) commands,",
                "\(try rolledBack[0].decode(Int.self, at: 0)) rollbacks")
            #expect(log.count > 100)
        }
    }

    /// A commit fails now and then, and another takes its time while it holds the lock.
    private static let rollBackSometimes = """
        create function public.roll_back_sometimes() returns trigger language plpgsql as $$
        begin
            if random() < 0.05 then perform pg_sleep(random() * 0.02); end if;
            if random() < 0.02 then
                raise exception 'rolled back for the test' using errcode = '40001';
            end if;
            return null;
        end $$;
        create constraint trigger roll_back_sometimes after insert on patchflow.commands
        deferrable initially deferred for each row execute function public.roll_back_sometimes();
        """

    /// Follows the log as a subscriber does, from the first event on.
    private func readLive(
        _ store: PostgresEventStore, until finished: Flag
    ) async throws -> [RecordedEvent] {
        var seen: [RecordedEvent] = []
        while true {
            let isOver = finished.isRaised
            let page = try await store.read(after: seen.last?.position ?? 0, limit: 100)
            seen += page
            if page.isEmpty, isOver { return seen }
        }
    }

    private func writer(_ arguments: [String]) async throws -> [String] {
        let directory = try FilePath(#require(CommandLine.arguments.first)).removingLastComponent()
        let result = try await Subprocess.run(
            .path(directory.appending("store-writer")), arguments: Arguments(arguments),
            output: .string(limit: 10_000_000), error: .string(limit: 100_000))
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        return result.standardOutput.split(separator: "\n").map(String.init)
    }
}

/// Raised once.
final class Flag: Sendable {
    private let bell = LocalBell()

    var isRaised: Bool { bell.rings > 0 }

    func raise() { bell.ring() }
}
