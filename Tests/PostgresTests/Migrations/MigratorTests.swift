import Postgres
import Support
import Testing

@Suite(.timeLimit(.minutes(1))) struct MigratorTests {
    private static let first = Migration(
        version: 1, name: "orders",
        sql: "create table shop.orders (id int8 primary key); insert into shop.orders values (1);")
    private static let second = Migration(
        version: 2, name: "customers", sql: "create table shop.customers (name text);")

    @Test func appliesWhatIsMissingOnce() async throws {
        try await withDatabase { options in
            let old = Migrator(schema: "shop", migrations: [Self.first])
            #expect(try await old.plan(options) == [Self.first])
            let now = try await old.migrate(options)
            #expect(now == [Self.first])
            #expect(try await old.plan(options) == [])
            #expect(try await old.migrate(options) == [])

            let new = Migrator(schema: "shop", migrations: [Self.second, Self.first])
            #expect(try await new.plan(options) == [Self.second])
            #expect(try await new.migrate(options) == [Self.second])
            #expect(try await applied(options) == ["orders", "customers"])
        }
    }

    @Test func planningChangesNothing() async throws {
        try await withDatabase { options in
            _ = try await Migrator(schema: "shop", migrations: [Self.first]).plan(options)
            let rows = try await query(options, "select to_regnamespace('shop') is null")
            #expect(try rows[0][0] == true)
        }
    }

    @Test func functionsAreAppliedEachTimeAndAfterMigrations() async throws {
        try await withDatabase { options in
            func migrator(_ answer: Int) -> Migrator {
                Migrator(
                    schema: "shop", migrations: [Self.first],
                    reapplied: [
                        Migrator.Reapplied(
                            name: "answer.sql",
                            sql: """
                                create or replace function shop.answer() returns int8 language sql
                                as 'select \(answer) + count(*) from shop.orders';
                                """)
                    ])
            }
            try await migrator(41).migrate(options)
            #expect(try await query(options, "select shop.answer()")[0][0] == 42)
            try await migrator(99).migrate(options)
            #expect(try await query(options, "select shop.answer()")[0][0] == 100)
        }
    }

    @Test func anEditedMigrationIsRefused() async throws {
        try await withDatabase { options in
            try await Migrator(schema: "shop", migrations: [Self.first]).migrate(options)
            let edited = Migration(version: 1, name: "orders", sql: Self.first.sql + " ")
            let migrator = Migrator(schema: "shop", migrations: [edited, Self.second])
            await #expect(throws: MigrationError.edited(edited)) {
                try await migrator.plan(options)
            }
            let error = await #expect(throws: MigrationError.self) {
                try await migrator.migrate(options)
            }
            #expect(error?.description.contains("0001_orders was edited") == true)
            #expect(try await applied(options) == ["orders"])
        }
    }

    @Test func aNewerSchemaIsRefused() async throws {
        try await withDatabase { options in
            try await Migrator(schema: "shop", migrations: [Self.first, Self.second]).migrate(
                options)
            let old = Migrator(schema: "shop", migrations: [Self.first])
            await #expect(throws: MigrationError.unknown(version: 2, name: "customers")) {
                try await old.migrate(options)
            }
        }
    }

    @Test func aMigrationBetweenAppliedOnesIsRefused() async throws {
        try await withDatabase { options in
            let third = Migration(version: 3, name: "late", sql: "select 1")
            try await Migrator(schema: "shop", migrations: [Self.first, third]).migrate(options)
            let all = Migrator(schema: "shop", migrations: [Self.first, Self.second, third])
            await #expect(throws: MigrationError.outOfOrder(Self.second, newest: 3)) {
                try await all.migrate(options)
            }
        }
    }

    @Test func aFailingMigrationLeavesNothing() async throws {
        try await withDatabase { options in
            let bad = Migration(
                version: 2, name: "bad",
                sql: "create table shop.half (); insert into shop.orders values (1);")
            let migrator = Migrator(schema: "shop", migrations: [Self.first, bad, Self.second3])
            let error = await #expect(throws: MigrationError.self) {
                try await migrator.migrate(options)
            }
            guard case .failed(bad, let cause) = error else {
                Issue.record("\(String(describing: error)) does not name the migration")
                return
            }
            #expect(cause.sqlState == .uniqueViolation)
            // The one before it stays, nothing of it and of those after it.
            #expect(try await applied(options) == ["orders"])
            let rows = try await query(
                options,
                "select to_regclass('shop.half') is null, to_regclass('shop.third') is null")
            #expect(try rows[0][0] == true)
            #expect(try rows[0][1] == true)
        }
    }

    private static let second3 = Migration(
        version: 3, name: "third", sql: "create table shop.third ();")

    @Test func aMigrationMayNotEndItsTransaction() async throws {
        try await withDatabase { options in
            let sneaky = Migration(
                version: 1, name: "sneaky", sql: "create table shop.x (); commit;")
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator(schema: "shop", migrations: [sneaky]).migrate(options)
            }
            #expect(error?.description.contains("take out its COMMIT") == true)
            let recorded = try await applied(options)
            #expect(recorded == [])
        }
    }

    @Test func severalAtOnceApplyEachMigrationOnce() async throws {
        try await withDatabase { options in
            let slow = (1...5).map { number in
                Migration(
                    version: number, name: "step_\(number)",
                    sql: "select pg_sleep(0.02); create table shop.t\(number) ();")
            }
            let migrator = Migrator(schema: "shop", migrations: slow)
            let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
                for _ in 0..<6 { group.addTask { try await migrator.migrate(options) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied == slow)
        }
    }

    @Test func waitingForAnotherMigratorIsBounded() async throws {
        try await withDatabase { options in
            let slow = Migrator(
                schema: "shop",
                migrations: [Migration(version: 1, name: "slow", sql: "select pg_sleep(60)")])
            let hasty = Migrator(
                schema: "shop", migrations: [Self.first], patience: .milliseconds(50))
            let working = Task { try await slow.migrate(options) }
            let held: Query = """
                select from pg_locks join pg_database d on d.oid = database
                where locktype = 'advisory' and d.datname = current_database() and granted
                """
            while try await query(options, held).isEmpty {
                try await Task.sleep(for: .milliseconds(2))
            }
            await #expect(throws: MigrationError.locked(after: .milliseconds(50))) {
                try await hasty.migrate(options)
            }
            working.cancel()
            await #expect(throws: (any Error).self) { try await working.value }
        }
    }

    private func applied(_ options: ConnectionOptions) async throws -> [String] {
        try await query(options, "select name from shop.migrations order by version")
            .map { try $0.decode(String.self, at: 0) }
    }

    private func query(_ options: ConnectionOptions, _ query: Query) async throws -> QueryResult {
        let connection = try await Connection.open(options)
        let result = try await connection.query(query)
        await connection.close()
        return result
    }
}
