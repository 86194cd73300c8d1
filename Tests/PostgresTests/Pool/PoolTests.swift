import Postgres
import PrivateCluster
import Support
import Testing

@Suite(.timeLimit(.minutes(1))) struct PoolTests {
    @Test func neverMoreThanTheMaximum() async throws {
        try await withPool(maximum: 3) { pool in
            let pids = try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<60 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            try await connection.query("select pg_sleep(0.002)")
                            return connection.backendPID
                        }
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(pids.count <= 3)
            #expect(pool.counts.total == pids.count)
            #expect(pool.counts.waiting == 0)
        }
    }

    @Test func waitingIsBoundedInTimeAndNumber() async throws {
        var settings = ConnectionPool.Settings()
        settings.queueTimeout = .milliseconds(100)
        settings.queueLimit = 1
        try await withPool(maximum: 1, settings) { pool in
            try await pool.withConnection { _ in
                let first = Task { try await pool.query("select 1") }
                while pool.counts.waiting == 0 { await Task.yield() }
                let refused = await #expect(throws: PostgresError.self) {
                    try await pool.query("select 1")
                }
                #expect(refused?.code == .poolExhausted)
                let late = await #expect(throws: PostgresError.self) { try await first.value }
                #expect(late?.code == .timedOut)
            }
            #expect(try await pool.query("select 1")[0][0] == 1)
        }
    }

    @Test func whoIsCancelledLeavesTheQueue() async throws {
        try await withPool(maximum: 1) { pool in
            try await pool.withConnection { _ in
                let waiting = Task { try await pool.query("select 1") }
                while pool.counts.waiting == 0 { await Task.yield() }
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
                #expect(pool.counts.waiting == 0)
            }
        }
    }

    @Test func aTerminatedConnectionIsReplaced() async throws {
        try await withPool(maximum: 1) { pool in
            let first = try await pool.withConnection { $0.backendPID }
            let error = await #expect(throws: PostgresError.self) {
                try await pool.query("select pg_terminate_backend(pg_backend_pid()), pg_sleep(5)")
            }
            #expect(error?.isConnectionLoss == true)
            #expect(error?.sqlState == .adminShutdown)
            #expect(error?.mayHaveTakenEffect == true)
            // Prepared statements are prepared anew on the new connection.
            let second = try await pool.withConnection { $0.backendPID }
            #expect(first != second)
        }
    }

    @Test func aConnectionThatEndsWhileIdleIsNotLent() async throws {
        try await withPool(maximum: 1) { pool in
            try await pool.query("select \(1)")
            let pid = try await pool.withConnection { $0.backendPID }
            let cluster = try await TestCluster.shared.cluster()
            let other = try await Connection.open(cluster.options)
            try await other.query("select pg_terminate_backend(\(pid), 5000)")
            await other.close()
            while pool.counts.broken == 0 { await Task.yield() }
            #expect(try await pool.query("select \(2)")[0][0] == 2)
        }
    }

    @Test func anOpenTransactionDoesNotComeBack() async throws {
        try await withPool(maximum: 1) { pool in
            let first = try await pool.withConnection { connection in
                try await connection.query("begin")
                return connection
            }
            let second = try await pool.withConnection { $0.backendPID }
            #expect(first.backendPID != second)
            let error = await #expect(throws: PostgresError.self) {
                try await first.query("select 1")
            }
            #expect(error?.code == .closed)
        }
    }

    @Test func aClosedPoolRefuses() async throws {
        try await withPool(maximum: 1) { pool in
            try await pool.withConnection { _ in
                let waiting = Task { try await pool.query("select 1") }
                while pool.counts.waiting == 0 { await Task.yield() }
                pool.close()
                let error = await #expect(throws: PostgresError.self) { try await waiting.value }
                #expect(error?.code == .closed)
            }
            #expect(pool.counts.total == 0)
        }
    }

    @Test func aPlaceIsNotLostWhenOpeningFails() async throws {
        try await withDatabase { options in
            var settings = ConnectionPool.Settings()
            settings.maximum = 1
            let pool = ConnectionPool(options.with(database: "no_such"), settings: settings)
            for _ in 0..<3 {
                let error = await #expect(throws: PostgresError.self) {
                    try await pool.query("select 1")
                }
                #expect(error?.isConnectionLoss == true)
            }
            #expect(pool.counts.total == 0)
        }
    }

    private func withPool(
        maximum: Int, _ settings: ConnectionPool.Settings = ConnectionPool.Settings(),
        _ body: (ConnectionPool) async throws -> Void
    ) async throws {
        try await withDatabase { options in
            var settings = settings
            settings.maximum = maximum
            let pool = ConnectionPool(options, settings: settings)
            try await body(pool)
            pool.close()
        }
    }
}
