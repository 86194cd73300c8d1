import EventSourcing
import Postgres
import PostgresStore
import Support
import Testing

@Suite(.timeLimit(.minutes(1))) struct SchemaTests {
    @Test func migratingMakesEverythingOnce() async throws {
        try await withDatabase { options in
            let planned = try await Schema.plan(options)
            #expect(planned.map(\.version) == Array(1...planned.count))
            #expect(planned.first?.name == "event_store")
            let applied = try await Schema.migrate(options)
            #expect(applied == planned)
            let again = try await Schema.migrate(options)
            #expect(again == [])
            let rest = try await Schema.plan(options)
            #expect(rest == [])

            let connection = try await Connection.open(options)
            let partitions = try await connection.query(
                "select count(*) from pg_inherits where inhparent = 'patchflow.events'::regclass")
            #expect(try partitions[0].decode(Int.self, at: 0) >= 2)
            await connection.close()
        }
    }

    @Test func severalProcessesMayMigrateAtOnce() async throws {
        try await withDatabase { options in
            let applied = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await Schema.migrate(options).count } }
                return try await group.reduce(0, +)
            }
            #expect(applied == embeddedSQL.keys.count { $0.hasPrefix("migrations/") })
        }
    }

    @Test func anOlderProgramLeavesANewerDatabaseAlone() async throws {
        try await withDatabase { options in
            var newer = embeddedSQL
            newer["migrations/9999_later.sql"] = "create table patchflow.later ();"
            try await Schema.migrate(options, files: newer)
            let error = await #expect(throws: EventStoreError.self) {
                try await Schema.migrate(options)
            }
            #expect(error?.code == .schemaTooNew)
            #expect(error?.message.contains("9999 'later'") == true)
        }
    }

    @Test func aFileWithoutANumberIsNamed() async throws {
        try await withDatabase { options in
            let error = await #expect(throws: EventStoreError.self) {
                try await Schema.plan(options, files: ["migrations/oops.sql": ""])
            }
            #expect(error?.message.contains("sql/migrations/oops.sql") == true)
        }
    }

    /// What is forgotten is old, and held by nobody.
    @Test func oldCommandsAndDeadWorkersAreForgotten() async throws {
        try await withStore { store, options in
            let (old, new) = (request(newStream()), request(newStream()))
            for command in [old, new] { _ = try await store.append(command) }
            _ = try await TestWorker(store)
            let gone = try await TestWorker(store)
            let holding = try await TestWorker(store)
            _ = try await store.append(
                request(newStream(), effects: [.schedule(install(on: newStream("as")))]))
            #expect(try await holding.claim().count == 1)
            try await withSQL(options) { owner in
                try await owner.query(
                    """
                    update patchflow.commands set recorded_at = recorded_at - interval '31 days'
                    where command_id = \(old.context.commandID)
                    """)
                try await owner.query(
                    """
                    update patchflow.workers set lease_until = lease_until - interval '2 days'
                    where id in (\(gone.id), \(holding.id))
                    """)
                try await owner.query("select patchflow.forget_old_rows()")
                let left = try await owner.query(
                    """
                    select (select count(*) from patchflow.commands),
                        (select count(*) from patchflow.workers),
                        (select count(*) from patchflow.workers where id = \(gone.id))
                    """)
                #expect(try left[0][0] == 2)
                #expect(try left[0][1] == 2)
                #expect(try left[0][2] == 0)
            }
        }
    }
}
