import Postgres
import Support
import Testing

@Suite struct TransactionTests {
    struct Stop: Error {}

    @Test func aThrownErrorRollsBack() async throws {
        try await withConnection { connection in
            try await connection.query("create table t (id int8)")
            await #expect(throws: Stop.self) {
                try await connection.withTransaction { inside in
                    try await inside.query("insert into t values (\(1))")
                    throw Stop()
                }
            }
            try await connection.withTransaction { inside in
                try await inside.query("insert into t values (\(2))")
            }
            let rows = try await connection.query("select id from t")
            #expect(try rows.map { try $0.decode(Int.self, at: 0) } == [2])
        }
    }

    @Test func othersWaitUntilItEnds() async throws {
        try await withConnection { connection in
            try await connection.query("create table t (id int8)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        try await connection.withTransaction { inside in
                            try await inside.query("insert into t values (\(number))")
                            await Task.yield()
                            let rows = try await inside.query("select count(*) from t where id < 0")
                            #expect(try rows[0][0] == 0)
                            try await inside.query("update t set id = -1 - id where id = \(number)")
                            await Task.yield()
                            try await inside.query("update t set id = -1 - id where id < 0")
                        }
                    }
                    group.addTask {
                        // Never sees a transaction of the same connection half-done.
                        let rows = try await connection.query("select count(*) from t where id < 0")
                        #expect(try rows[0][0] == 0)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await connection.query("select count(*) from t")[0][0] == 10)
        }
    }

    @Test func aSwallowedFailureIsNotReportedAsCommitted() async throws {
        try await withConnection { connection in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.withTransaction { inside in
                    _ = try? await inside.query("select 1/0")
                }
            }
            #expect(error?.code == .rolledBack)
            let rows = try await connection.query("select 1")
            #expect(rows.count == 1)
        }
    }

    @Test func theConnectionOfAnEndedTransactionIsRefused() async throws {
        try await withConnection { connection in
            let kept = try await connection.withTransaction { $0 }
            let error = await #expect(throws: PostgresError.self) {
                try await kept.query("select 1")
            }
            #expect(error?.code == .closed)
        }
    }

    @Test func isolationIsWhatWasAskedFor() async throws {
        try await withConnection { connection in
            for isolation in [Isolation.readCommitted, .repeatableRead, .serializable] {
                let shown = try await connection.withTransaction(isolation: isolation) { inside in
                    try await inside.query("show transaction_isolation")[0].decode(
                        String.self, at: 0)
                }
                #expect(shown == isolation.rawValue)
            }
            let error = await #expect(throws: PostgresError.self) {
                try await connection.withTransaction(readOnly: true) { inside in
                    try await inside.query("create table t ()")
                }
            }
            #expect(error?.sqlState == "25006")
        }
    }
}
