import Postgres
import Support
import Testing

@Suite(.timeLimit(.minutes(1))) struct ScriptTests {
    @Test func severalStatementsRunInOrder() async throws {
        try await withConnection { connection in
            try await connection.script(
                """
                create table t (id int8); -- a comment; with a semicolon
                insert into t values (1);
                insert into t select id + 1 from t;
                do $$ begin insert into t values (3); end $$;
                """)
            // The pipeline goes on afterwards, prepared statements included.
            for _ in 0..<2 {
                #expect(try await connection.query("select count(*) from t")[0][0] == 3)
            }
        }
    }

    @Test func aFailureTakesTheWholeTextBack() async throws {
        try await withConnection { connection in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.script("create table t (); select 1/0; create table u ();")
            }
            #expect(error?.sqlState == "22012")
            let rows = try await connection.query(
                "select to_regclass('t') is null and to_regclass('u') is null")
            #expect(try rows[0][0] == true)
        }
    }

    @Test func aCancelledScriptStops() async throws {
        try await withConnection { connection in
            let script = Task { try await connection.script("select pg_sleep(60); select 1;") }
            try await Task.sleep(for: .milliseconds(50))
            script.cancel()
            await #expect(throws: CancellationError.self) { try await script.value }
            #expect(try await connection.query("select 1")[0][0] == 1)
        }
    }
}
