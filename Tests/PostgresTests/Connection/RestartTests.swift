import Foundation
import Postgres
import PrivateCluster
import Support
import Testing

/// Servers that go away in the middle of something, and come back.
@Suite(.timeLimit(.minutes(2))) struct RestartTests {
    @Test func aTerminatedConnectionSaysWhetherItMayHaveWorked() async throws {
        try await withDatabase { options in
            let victim = try await Connection.open(options)
            let other = try await Connection.open(options)
            let running = Task { try await victim.query("select pg_sleep(60)") }
            try await Task.sleep(for: .milliseconds(50))
            let waiting = Task { try await victim.query("select 2") }
            try await Task.sleep(for: .milliseconds(20))
            try await other.query("select pg_terminate_backend(\(victim.backendPID), 5000)")
            let interrupted = await #expect(throws: PostgresError.self) { try await running.value }
            #expect(interrupted?.sqlState == .adminShutdown)
            #expect(interrupted?.mayHaveTakenEffect == true)
            let unsent = await #expect(throws: PostgresError.self) { try await waiting.value }
            #expect(unsent?.mayHaveTakenEffect == false)
            #expect(victim.isClosed)
            await other.close()
        }
    }

    @Test func aPoolReconnectsAfterAllItsConnectionsWereTerminated() async throws {
        try await withDatabase { options in
            let pool = ConnectionPool(options)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { _ = try await pool.query("select pg_sleep(0.05)") }
                }
                try await group.waitForAll()
            }
            let admin = try await Connection.open(options.with(database: "postgres"))
            let database = try #require(options.parameters["dbname"])
            let ended = try await admin.query(
                """
                select pg_terminate_backend(pid, 5000) from pg_stat_activity
                where datname = \(database)
                """)
            #expect(ended.count >= 2)
            await admin.close()
            while pool.counts.broken < pool.counts.idle { await Task.yield() }
            for number in 0..<20 {
                #expect(try await pool.query("select \(number)")[0][0] == number)
            }
            pool.close()
        }
    }

    @Test func aRestartInTheMiddleOfAQueryIsSurvived() async throws {
        try await withOwnCluster { cluster in
            let pool = ConnectionPool(cluster.options)
            try await pool.query("create table t (id int8)")
            try await pool.query("insert into t values (1)")
            let running = Task { try await pool.query("select pg_sleep(60)") }
            try await Task.sleep(for: .milliseconds(200))
            let postmaster = try #require(cluster.pid)
            #expect(kill(postmaster, SIGKILL) == 0)
            let interrupted = await #expect(throws: PostgresError.self) { try await running.value }
            #expect(interrupted?.isConnectionLoss == true)
            #expect(interrupted?.mayHaveTakenEffect == true)

            // Until it is back each try fails cleanly; then the same pool works again.
            var failures = 0
            while true {
                do {
                    #expect(try await pool.query("select count(*) from t")[0][0] == 1)
                    break
                } catch let error as PostgresError {
                    failures += 1
                    try #require(failures < 5000, "the server did not come back: \(error)")
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
            #expect(cluster.restarts == 1)
            pool.close()
        }
    }
}
