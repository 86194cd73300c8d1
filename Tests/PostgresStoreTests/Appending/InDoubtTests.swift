import EventSourcing
import Foundation
import Postgres
import PostgresStore
import PrivateCluster
import Support
import Synchronization
import Testing

/// I9: acknowledged means in the log exactly once, whatever breaks meanwhile.
@Suite(.timeLimit(.minutes(3))) struct InDoubtTests {
    @Test func connectionsThatAreTerminatedLoseAndDoubleNothing() async throws {
        try await withStore { store, options in
            let finished = Flag()
            let killing = Task {
                let admin = try await Connection.open(options)
                var ended = 0
                while !finished.isRaised {
                    let rows = try await admin.query(
                        """
                        select pg_terminate_backend(pid) from pg_stat_activity
                        where datname = current_database() and pid <> pg_backend_pid()
                        """)
                    ended += rows.count
                    try await Task.sleep(for: .milliseconds(150))
                }
                await admin.close()
                return ended
            }
            let acknowledged = try await Acknowledged.appending(to: store, for: .seconds(5))
            finished.raise()
            let ended = try await killing.value
            print("\(acknowledged.count) acknowledged, \(ended) connections terminated")
            #expect(ended >= 3)
            try await expectOnce(acknowledged, options)
        }
    }

    @Test func aPostmasterThatIsKilledLosesAndDoublesNothing() async throws {
        try await withOwnCluster { cluster in
            let options = cluster.options
            try await Schema.migrate(options)
            try await serving(options) { store in
                let killing = Task {
                    for _ in 0..<3 {
                        try await Task.sleep(for: .milliseconds(700))
                        let killed = cluster.pid
                        if let killed { #expect(kill(killed, SIGKILL) == 0) }
                        // It is back when it lets somebody in, not when its process is there.
                        try await eventually {
                            guard let pid = cluster.pid, pid != killed else { return false }
                            do {
                                try await Connection.open(options).close()
                                return true
                            } catch is PostgresError {
                                return false
                            }
                        }
                    }
                }
                let acknowledged = try await Acknowledged.appending(to: store, for: .seconds(4))
                try await killing.value
                print("\(acknowledged.count) acknowledged, \(cluster.restarts) restarts")
                #expect(cluster.restarts >= 1)
                try await expectOnce(acknowledged, options)
            }
        }
    }

    /// The flush of an append waits for a synchronous standby. Cancelling that wait must not make
    /// anybody believe that the standby has it.
    @Test func aCancelledWaitForAStandbyAcknowledgesNothing() async throws {
        try await withOwnCluster { cluster in
            let options = cluster.options
            try await Schema.migrate(options)
            let admin = try await Connection.open(options)
            try await admin.query("alter system set synchronous_standby_names = 'nobody'")
            try await admin.query("select pg_reload_conf()")
            try await serving(options) { store in
                let acknowledged = Flag()
                let command = request(newStream())
                let appending = Task {
                    let receipt = try await store.append(command)
                    acknowledged.raise()
                    return receipt
                }
                var cancelled: Set<String> = []
                for _ in 0..<3 {
                    try await eventually {
                        let waiting = try await admin.query(
                            """
                            select pid, query_start::text as since from pg_stat_activity
                            where wait_event = 'SyncRep'
                            """)
                        // Each flush that begins to wait is cancelled once.
                        guard let row = waiting.first else { return false }
                        let since: String = try row["since"]
                        guard cancelled.insert(since).inserted else { return false }
                        let pid: Int32 = try row["pid"]
                        try await admin.query("select pg_cancel_backend(\(pid))")
                        return true
                    }
                    #expect(!acknowledged.isRaised)
                }
                try await admin.query("alter system reset synchronous_standby_names")
                try await admin.query("select pg_reload_conf()")
                let receipt = try await appending.value
                #expect(receipt.firstPosition == 1)
                let log = try await store.wholeLog()
                #expect(log.map(\.commandID) == [command.context.commandID])
            }
            await admin.close()
        }
    }

    /// Without patience the sender is told that it is in doubt, and asking again resolves it.
    @Test func whoIsToldThatItIsInDoubtAsksAgain() async throws {
        try await withStoreDatabase { options in
            let admin = try await Connection.open(options)
            // Commits, and then never gets to say so.
            try await admin.script(
                """
                create function public.linger() returns trigger language plpgsql as $$
                begin perform pg_sleep(0.3); return null; end $$;
                create constraint trigger linger after insert on patchflow.commands
                deferrable initially deferred for each row execute function public.linger();
                """)
            let store = PostgresEventStore(options: options, patience: .zero)
            let service = Task { try await store.run() }
            let command = request(newStream())
            let appending = Task { try await store.append(command) }
            try await eventually {
                try await !admin.query(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and state = 'active'
                        and query like '%append_events%' and pid <> pg_backend_pid()
                    """
                ).isEmpty
            }
            let error = await #expect(throws: EventStoreError.self) { try await appending.value }
            #expect(error?.code == .inDoubt)
            #expect(error?.isRetryable == true)

            try await admin.script("drop trigger linger on patchflow.commands")
            let again = try await store.append(command)
            #expect(again.firstPosition == 1)
            #expect(try await store.head() == 1)
            service.cancel()
            try await service.value
            await admin.close()
        }
    }

    private func expectOnce(
        _ acknowledged: [UUID: Int64], _ options: ConnectionOptions
    ) async throws {
        // A store of its own, whose connections nobody has touched.
        let log = try await PostgresEventStore(options: options).wholeLog()
        expectDense(log)
        let recorded = Dictionary(grouping: log, by: \.commandID)
        #expect(acknowledged.count > 5, "nothing much was tried")
        #expect(recorded.count == acknowledged.count)
        for (command, position) in acknowledged {
            #expect(recorded[command]?.map(\.position) == [position])
        }
    }
}

enum Acknowledged {
    /// Appends from many tasks; every append must be acknowledged in the end.
    static func appending(
        to store: PostgresEventStore, for time: Duration
    ) async throws -> [UUID: Int64] {
        let end = ContinuousClock.now + time
        return try await withThrowingTaskGroup(of: [UUID: Int64].self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let stream = newStream()
                    var positions: [UUID: Int64] = [:]
                    while ContinuousClock.now < end {
                        let command = request(stream, at: positions.count)
                        let receipt = try await store.append(command)
                        positions[command.context.commandID] = receipt.firstPosition
                    }
                    return positions
                }
            }
            return try await group.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
    }
}
