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
}
