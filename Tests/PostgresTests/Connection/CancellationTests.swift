import Postgres
import PrivateCluster
import Support
import Testing

@Suite(.timeLimit(.minutes(1))) struct CancellationTests {
    @Test func aCancelledTaskStopsItsStatement() async throws {
        try await withConnection { connection in
            for _ in 0..<20 {
                let sleeping = Task { try await connection.query("select pg_sleep(60)") }
                try await waitUntilBusy(connection)
                sleeping.cancel()
                await #expect(throws: CancellationError.self) { try await sleeping.value }
                // The cancel request must not hit this one.
                #expect(try await connection.query("select \(1) as n")[0]["n"] == 1)
            }
        }
    }

    @Test func aWaitingStatementIsNeverSent() async throws {
        try await withConnection { connection in
            try await connection.query("create table t ()")
            let first = Task { try await connection.query("select pg_sleep(60)") }
            try await waitUntilBusy(connection)
            let second = Task { try await connection.query("insert into t default values") }
            try await Task.sleep(for: .milliseconds(20))
            second.cancel()
            await #expect(throws: CancellationError.self) { try await second.value }
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
            #expect(try await connection.query("select count(*) from t")[0][0] == 0)
        }
    }

    @Test func lateCancelsNeverHitTheNext() async throws {
        try await withConnection { connection in
            for round in 0..<100 {
                let task = Task { try await connection.query("select pg_sleep(0.0005)") }
                try await Task.sleep(for: .microseconds(100 * (round % 12)))
                task.cancel()
                switch await task.result {
                case .success: break
                case .failure(let error): #expect(error is CancellationError)
                }
                #expect(try await connection.query("select \(round) as n")[0]["n"] == round)
            }
        }
    }

    @Test func somebodyElsesCancelIsAnError() async throws {
        try await withDatabase { options in
            let connection = try await Connection.open(options)
            let other = try await Connection.open(options)
            let sleeping = Task { try await connection.query("select pg_sleep(60)") }
            try await waitUntilBusy(connection)
            try await other.query("select pg_cancel_backend(\(connection.backendPID))")
            let error = await #expect(throws: PostgresError.self) { try await sleeping.value }
            #expect(error?.sqlState == .queryCancelled)
            await connection.close()
            await other.close()
        }
    }

    @Test func aConnectionThatAppendsIsNeverCancelled() async throws {
        try await withDatabase { options in
            var appending = options
            appending.cancellable = false
            let connection = try await Connection.open(appending)
            try await connection.query("create table t (id int8)")
            let append = Task {
                try await connection.query("insert into t select 1 from pg_sleep(1)")
            }
            try await waitUntilBusy(connection)
            append.cancel()
            #expect(try await append.value.affectedRows == 1)
            await connection.close()
        }
    }

    @Test func aCancelledTransactionRollsBack() async throws {
        try await withConnection { connection in
            try await connection.query("create table t (id int8)")
            let task = Task {
                try await connection.withTransaction { inside in
                    try await inside.query("insert into t values (1)")
                    try await inside.query("select pg_sleep(60)")
                }
            }
            try await waitUntilBusy(connection, with: "pg_sleep")
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await connection.query("select count(*) from t")[0][0] == 0)
        }
    }

    /// Seen from another connection, so this one isn't touched.
    private func waitUntilBusy(_ connection: Connection, with text: String = "") async throws {
        let cluster = try await TestCluster.shared.cluster()
        let observer = try await Connection.open(cluster.options)
        while true {
            let rows = try await observer.query(
                """
                select 1 from pg_stat_activity where pid = \(connection.backendPID)
                and state = 'active' and query like \("%" + text + "%")
                """)
            if !rows.isEmpty { break }
            try await Task.sleep(for: .milliseconds(2))
        }
        await observer.close()
    }
}
