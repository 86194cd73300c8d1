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
            let store = PostgresEventStore(options: options)
            let finished = Flag()
            async let reading = readLive(store, until: finished)
            let journals = try await StoreWriters.write(options, count: 8, seed: seed, seconds: 4)
            finished.raise()
            let seen = try await reading
            let acknowledged = journals.filter { $0.hasPrefix("ack ") }

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
                let command = try #require(UUID(uuidString: String(words[1])))
                let recorded = positions[command]?.map(\.position)
                #expect(
                    recorded == Array(try #require(Int64(words[2]))...#require(Int64(words[3]))))
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
}

/// Raised once.
final class Flag: Sendable {
    private let bell = LocalBell()

    var isRaised: Bool { bell.rings > 0 }

    func raise() { bell.ring() }
}
