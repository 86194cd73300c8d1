import Postgres
import Support
import Testing

@Suite struct QueryTests {
    @Test func valuesBecomeParametersNeverText() async throws {
        try await withConnection { connection in
            try await connection.query("create table people (name text)")
            let evil = "x'); drop table people; --"
            try await connection.query("insert into people values (\(evil))")
            let rows = try await connection.query("select name from people where name = \(evil)")
            #expect(try rows[0]["name"] == evil)
            let query: Query = "select \(evil)"
            #expect(query.sql == "select $1")
        }
    }

    @Test func identifiersAreQuoted() async throws {
        try await withConnection { connection in
            let name = "odd \"name\"; drop table x"
            try await connection.query("create table \(identifier: name) (\(identifier: name) int)")
            try await connection.query("insert into \(identifier: name) values (\(Int32(3)))")
            let rows = try await connection.query("select * from \(identifier: name)")
            #expect(rows[0].columnNames == [name])
            #expect(try rows[0][name] == 3)
        }
    }

    @Test func piecesKeepTheirValuesInOrder() async throws {
        let condition: Query = "a = \(1) and b = \("x")"
        var query: Query = "select \(0) where \(query: condition) or c = \(true)"
        query.append("limit \(5)")
        #expect(query.sql == "select $1 where a = $2 and b = $3 or c = $4limit $5")
    }

    @Test func fiftyConcurrentQueriesGetTheirOwnAnswers() async throws {
        try await withConnection { connection in
            try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let rows = try await connection.query("select \(number) * 2 as double")
                        return (number, try rows[0]["double"])
                    }
                }
                for try await (number, double) in group { #expect(double == number * 2) }
            }
        }
    }

    @Test func aFailureSaysWhatTheServerSaid() async throws {
        try await withConnection { connection in
            try await connection.query("create table t (id int8 constraint one_of_each unique)")
            try await connection.query("insert into t values (\(1))")
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("insert into t values (\(1))")
            }
            #expect(error?.code == .server)
            #expect(error?.sqlState == .uniqueViolation)
            #expect(error?.constraint == "one_of_each")
            #expect(error?.table == "t")
            #expect(error?.statement == "insert into t values ($1)")
            #expect(error?.mayHaveTakenEffect == false)
            #expect(try await connection.query("select 1 as n")[0]["n"] == 1)
        }
    }

    @Test func noticesComeWithTheirStatement() async throws {
        try await withConnection { connection in
            let result = try await connection.query(
                "do $$ begin raise warning 'look %', 1 using detail = 'there'; raise notice 'b'; end $$"
            )
            #expect(result.notices.map(\.severity) == ["WARNING", "NOTICE"])
            #expect(result.notices.first?.message == "look 1")
            #expect(result.notices.first?.detail == "there")
            #expect(result.notices.first?.sqlState == "01000")
            #expect(try await connection.query("select 1").notices.isEmpty)
        }
    }

    @Test func aStatementIsPreparedOnceAndTheCacheIsBounded() async throws {
        try await withDatabase { options in
            var options = options
            options.preparedStatementLimit = 3
            let connection = try await Connection.open(options)
            for _ in 0..<3 { try await connection.query("select \(1)") }
            #expect(try await prepared(connection) == 2)
            for number in 0..<10 {
                try await connection.query("select \(1), \(unsafe: String(number))")
            }
            #expect(try await prepared(connection) <= 4)
            // A failed preparation isn't remembered.
            for _ in 0..<2 {
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.query("select * from later")
                }
                #expect(error?.sqlState == .undefinedTable)
            }
            try await connection.query("create table later ()")
            try await connection.query("select * from later")
            await connection.close()
        }
    }

    private func prepared(_ connection: Connection) async throws -> Int {
        try await connection.query("select count(*) from pg_prepared_statements")[0][0]
    }

    @Test func aChangedTableIsPreparedAnew() async throws {
        try await withConnection { connection in
            try await connection.query("create table t (a int4)")
            try await connection.query("select * from t")
            try await connection.query("alter table t add column b text")
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("select * from t")
            }
            #expect(error?.sqlState == .featureNotSupported)
            #expect(try await connection.query("select * from t").columnNames == ["a", "b"])
        }
    }

    @Test func aClosedConnectionSaysSo() async throws {
        try await withDatabase { options in
            let connection = try await Connection.open(options)
            await connection.close()
            #expect(connection.isClosed)
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("select 1")
            }
            #expect(error?.code == .closed)
            #expect(error?.mayHaveTakenEffect == false)
        }
    }

    @Test func aPlaceWithoutServerIsAConnectionLoss() async throws {
        let nowhere = ConnectionOptions(parameters: ["host": "/var/tmp/no-such-directory"])
        let error = await #expect(throws: PostgresError.self) {
            try await Connection.open(nowhere)
        }
        #expect(error?.isConnectionLoss == true)
        #expect(error?.message.contains("/var/tmp/no-such-directory") == true)
    }
}
