import Postgres
import Support
import Testing

@Suite struct PipelineTests {
    @Test func eachGroupHasItsOwnOutcome() async throws {
        try await withConnection { connection in
            try await connection.query("create table t (id int8 primary key)")
            let outcomes = await connection.pipeline([
                ["insert into t values (\(1))", "insert into t values (\(2))"],
                ["insert into t values (\(3))", "insert into t values (\(1))", "select \(4)"],
                ["insert into t values (\(5))", "select count(*) as n from t"],
            ])
            #expect(try outcomes[0].get().map(\.affectedRows) == [1, 1])
            let error = #expect(throws: PostgresError.self) { try outcomes[1].get() }
            #expect(error?.sqlState == .uniqueViolation)
            // The failed group left nothing behind, the third came after it.
            #expect(try outcomes[2].get()[1][0]["n"] == 3)
        }
    }

    /// What fails only when its transaction commits has failed all the same.
    @Test func aFailureAtTheImplicitCommitIsAFailure() async throws {
        try await withConnection { connection in
            try await connection.script(
                """
                create table t (id int8 unique deferrable initially deferred);
                insert into t values (1);
                """)
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("insert into t values (1)")
            }
            #expect(error?.sqlState == .uniqueViolation)
            let outcomes = await connection.pipeline([
                ["insert into t values (2)"], ["insert into t values (2)"],
                ["select count(*) as n from t"],
            ])
            #expect(try outcomes[0].get()[0].affectedRows == 1)
            #expect(throws: PostgresError.self) { try outcomes[1].get() }
            #expect(try outcomes[2].get()[0][0]["n"] == 2)
            var rows = connection.stream("insert into t values (1) returning id")
                .makeAsyncIterator()
            let first = try await rows.next()
            #expect(first != nil)
            await #expect(throws: PostgresError.self) { try await rows.next() }
            #expect(try await connection.query("select count(*) from t")[0][0] == 2)
        }
    }

    /// A warning at COMMIT, such as that of a cancelled wait for a standby, may come long after the
    /// last answer of its group. So many of them don't come in one piece with it.
    @Test func noticesAtTheImplicitCommitAreKept() async throws {
        try await withConnection { connection in
            try await connection.script(
                """
                create table t (id int8);
                create function warn() returns trigger language plpgsql as $$
                begin
                    for number in 1..100 loop
                        raise warning '% at commit %', number, new.id using detail = repeat('x', 900);
                    end loop;
                    return null;
                end $$;
                create constraint trigger warn after insert on t
                deferrable initially deferred for each row execute function warn();
                """)
            let outcomes = await connection.pipeline([
                ["do $$ begin raise notice 'before'; end $$", "insert into t values (1)"],
                ["insert into t values (2)"], ["select 1"],
            ])
            let notices = try outcomes.map { try $0.get().map { $0.notices.map(\.message) } }
            let warnings = (1...2).map { id in (1...100).map { "\($0) at commit \(id)" } }
            #expect(notices == [[["before"], warnings[0]], [warnings[1]], [[]]])
        }
    }

    /// The shape of an append: the flush outside the lock, in one go with what it flushes.
    @Test(arguments: [false, true])
    func aBatchAndItsFlush(fails: Bool) async throws {
        try await withConnection { connection in
            try await connection.query("create table t (id int8 check (id > 0))")
            for round in 1...3 {
                let outcomes = await connection.pipeline([
                    [
                        "begin", "set local synchronous_commit = off",
                        "insert into t values (\(fails ? -1 : round))", "commit",
                    ],
                    ["rollback"],
                    ["select pg_logical_emit_message(true, 'patchflow', '')"],
                ])
                if fails {
                    #expect(throws: PostgresError.self) { try outcomes[0].get() }
                } else {
                    #expect(try outcomes[0].get().last?.commandTag == "COMMIT")
                }
                #expect(try outcomes[2].get().count == 1)
            }
            let rows = try await connection.query("select count(*) from t")
            #expect(try rows[0][0] == (fails ? 0 : 3))
        }
    }

    @Test func oneTextInSeveralGroupsSurvivesAFailureBeforeIt() async throws {
        try await withConnection { connection in
            let outcomes = await connection.pipeline([
                ["select 1/0", "select \(7) as seven"],
                ["select \(7) as seven"],
                ["select \(7) as seven", "select \(7) as seven"],
            ])
            #expect(throws: PostgresError.self) { try outcomes[0].get() }
            let sevens = try outcomes[1].get()
            #expect(try sevens[0][0]["seven"] == 7)
            #expect(try outcomes[2].get()[1][0]["seven"] == 7)
            #expect(try await connection.query("select \(8) as seven")[0]["seven"] == 8)
        }
    }

    @Test func moreThanTheSocketHoldsGoesThrough() async throws {
        try await withConnection { connection in
            let large = String(repeating: "x", count: 3_000_000)
            let outcomes = await connection.pipeline(
                (0..<10).map { _ in ["select \(large) as large"] })
            for outcome in outcomes {
                let row = try outcome.get()[0][0]
                #expect(try row.decode(String.self, "large").utf8.count == 3_000_000)
            }
        }
    }

    @Test func twoConnectionsWorkAtOnce() async throws {
        try await withDatabase { options in
            let first = try await Connection.open(options)
            let second = try await Connection.open(options)
            // Each waits for a lock that the other's statement lets go: only both together end.
            async let waiting = first.query("select pg_advisory_xact_lock(1), pg_sleep(0.05)")
            async let other = second.pipeline([["select pg_sleep(0.05)"], ["select 2 as two"]])
            _ = try await waiting
            #expect(try await other[1].get()[0][0]["two"] == 2)
            await first.close()
            await second.close()
        }
    }
}
