import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct SubscriptionTests {
    @Test(arguments: Backend.allCases)
    func checkpointAndNotesMoveTogetherOrNotAtAll(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let subscriptions = store.subscriptions
            let note = Array(#"{"seen":1}"#.utf8)
            #expect(try await subscriptions.checkpoint(of: "runner") == 0)
            #expect(try await subscriptions.note(of: "runner", key: "a") == nil)
            #expect(
                try await subscriptions.advance(
                    "runner", from: 0, to: 5, notes: ["a": note, "b": note]))
            #expect(try await subscriptions.checkpoint(of: "runner") == 5)
            #expect(try await subscriptions.note(of: "runner", key: "a") == note)
            #expect(try await subscriptions.note(of: "other", key: "a") == nil)

            // Somebody who still stands at 0 changes nothing.
            let stale = try await subscriptions.advance(
                "runner", from: 0, to: 9, notes: ["a": Array("{}".utf8)])
            #expect(!stale)
            #expect(try await subscriptions.checkpoint(of: "runner") == 5)
            #expect(try await subscriptions.note(of: "runner", key: "a") == note)

            #expect(
                try await subscriptions.advance(
                    "runner", from: 5, to: 6, notes: ["a": [UInt8]?.none]))
            #expect(try await subscriptions.note(of: "runner", key: "a") == nil)
            #expect(try await subscriptions.note(of: "runner", key: "b") == note)
        }
    }

    @Test(arguments: Backend.allCases)
    func ofManyWhoAdvanceOneWins(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let subscriptions = store.subscriptions
            for start in 0..<10 {
                let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 0..<6 {
                        group.addTask {
                            try await subscriptions.advance(
                                "runner", from: Int64(start), to: Int64(start + 1), notes: [:])
                        }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(won == 1)
            }
        }
    }

    @Test(arguments: Backend.allCases)
    func oneLeadsAtATimeAndTheNextFollows(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let subscriptions = store.subscriptions
            let terms = Terms()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await subscriptions.lead("runner") {
                            terms.begin()
                            try await Task.sleep(for: .milliseconds(50))
                            terms.end()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(terms.ended == 3)
            #expect(terms.mostAtOnce == 1)
        }
    }

    /// The other process hears of it by NOTIFY, at once.
    @Test func anotherProcessIsWokenByNotify() async throws {
        try await withStore { writing, options in
            try await serving(options) { reading in
                // It rings once when it begins to listen.
                try await eventually { reading.eventBell.rings > 0 && reading.workBell.rings > 0 }
                for round in 0..<10 {
                    let seen = reading.eventBell.rings
                    let work = reading.workBell.rings
                    let waiting = Task { await reading.eventBell.wait(past: seen) }
                    let effects: [Effect] = round % 2 == 0 ? [.schedule(install())] : []
                    _ = try await writing.append(request(newStream(), effects: effects))
                    await waiting.value
                    let log = try await reading.read(after: Int64(round), limit: 10)
                    #expect(log.count == 1)
                    if round % 2 == 0 { try await eventually { reading.workBell.rings > work } }
                }
            }
        }
    }

    @Test func listeningGoesOnAfterItsConnectionWasTerminated() async throws {
        try await withStore { writing, options in
            try await serving(options) { reading in
                try await eventually {
                    reading.eventBell.rings > 0 && writing.eventBell.rings > 0
                }
                let before = reading.eventBell.rings
                try await withSQL(options) { admin in
                    let ended = try await admin.query(
                        """
                        select pg_terminate_backend(pid, 5000) from pg_stat_activity
                        where datname = current_database() and query ilike 'listen%'
                        """)
                    #expect(ended.count == 2)
                }
                // It rings by itself when it listens again, since it may have missed something.
                try await eventually { reading.eventBell.rings > before }
                let seen = reading.eventBell.rings
                _ = try await writing.append(request(newStream()))
                try await eventually { reading.eventBell.rings > seen }
            }
        }
    }

    /// NOTIFY is only a hint: what was written without one is found by polling.
    @Test func whoPollsFindsWhatNobodyAnnounced() async throws {
        try await withStoreDatabase { options in
            // Not served, so it neither listens nor announces.
            let deaf = PostgresEventStore(options: options)
            try await serving(options) { writing in
                let stream = newStream()
                _ = try await writing.append(request(stream))
                #expect(deaf.eventBell.rings == 0)
                #expect(try await deaf.read(after: 0, limit: 10).map(\.stream) == [stream])
            }
        }
    }
}

/// Counts leaders.
private final class Terms: Sendable {
    private let counts = Mutex((now: 0, most: 0, ended: 0))

    var ended: Int { counts.withLock { $0.ended } }
    var mostAtOnce: Int { counts.withLock { $0.most } }

    func begin() {
        counts.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
    }

    func end() {
        counts.withLock {
            $0.now -= 1
            $0.ended += 1
        }
    }
}
