import EventSourcing
import Postgres
import PostgresStore
import StoreCheck
import Support
import Testing

/// I11: the log only grows, by triggers against its owner and by privileges against all others,
/// on every partition.
@Suite(.timeLimit(.minutes(1))) struct AppendOnlyTests {
    @Test func nobodyChangesAnEventNotEvenTheOwner() async throws {
        try await withStore { store, options in
            _ = try await store.append(request(newStream(), events: 3))
            let before = try await store.wholeLog()
            try await withSQL(options) { owner in
                try await expectUnchangeable(
                    partitions(owner) + ["patchflow.events"], owner)
            }
            #expect(try await store.wholeLog() == before)
        }
    }

    @Test func othersMayNotEvenTry() async throws {
        try await withStore { store, options in
            _ = try await store.append(request(newStream()))
            try await withSQL(options) { owner in
                let rows = try await owner.query("select current_database()")
                let role = "guest_of_" + (try rows[0].decode(String.self, at: 0))
                try await owner.script(
                    "create role \(role); grant usage on schema patchflow to \(role);")
                for table in try await partitions(owner) + ["patchflow.events"] {
                    for change in [
                        "update \(table) set data = '{}'", "delete from \(table)",
                        "truncate \(table)", "insert into \(table) default values",
                    ] {
                        let error = await #expect(throws: PostgresError.self, "\(change)") {
                            try await owner.withTransaction { transaction in
                                try await transaction.script("set local role \(role)")
                                try await transaction.execute(Query(unsafe: change))
                            }
                        }
                        // Insufficient privilege.
                        #expect(error?.sqlState == "42501")
                    }
                }
                try await owner.script("drop owned by \(role); drop role \(role);")
            }
        }
    }

    @Test func partitionsAreMadeAheadWhileOthersReadAndWrite() async throws {
        try await withStore { store, options in
            _ = try await store.append(request(newStream(), events: 5))
            try await withSQL(options) { owner in
                let before = try await partitions(owner)
                // A long reader must not hold it up, nor it the appends.
                try await withSQL(options) { reader in
                    try await reader.withTransaction(isolation: .repeatableRead) { reading in
                        try await reading.query("select count(*) from patchflow.events")
                        try await owner.script("set lock_timeout = '5s'")
                        let made = try await owner.query(
                            "select patchflow.ensure_event_partitions(30000000)")
                        #expect(try made[0][0] == Int32(5))
                        _ = try await store.append(request(newStream()))
                    }
                }
                let again = try await owner.query(
                    "select patchflow.ensure_event_partitions(30000000)")
                #expect(try again[0][0] == Int32(0))
                let after = try await partitions(owner)
                #expect(after.count == before.count + 5)
                // Each has what guards it.
                for partition in after {
                    let guards = try await owner.query(
                        """
                        select
                            (select count(*) from pg_trigger where tgrelid = \(partition)::regclass
                                and tgfoid = 'patchflow.refuse_change'::regproc),
                            (select count(*) from pg_index where indrelid = \(partition)::regclass
                                and indisunique)
                        """)
                    #expect(try guards[0][0] == 2)
                    #expect(try guards[0][1] == 2)
                }
            }
        }
    }

    /// A process that was taken over may not drown the catalog in partitions.
    @Test(arguments: ["2000000000", "10, 1", "10, 2000000000", "null", "-1"])
    func partitionsBeyondAllMeasureAreRefused(arguments: String) async throws {
        try await withStoreDatabase { options in
            try await withSQL(options.with(user: DatabaseRole.appender.name)) { appender in
                let refused = await #expect(throws: PostgresError.self) {
                    try await appender.script(
                        "select patchflow.ensure_event_partitions(\(arguments))")
                }
                #expect(refused?.sqlState == "22023", "\(String(describing: refused))")
            }
        }
    }

    @Test func positionsGoOnOverTheEndOfAPartition() async throws {
        try await withDatabase { options in
            // Partitions of five positions.
            var small = embeddedSQL
            let path = "functions/ensure_event_partitions.sql"
            small[path] = small[path]?
                .replacing("default 10000000", with: "default 10")
                .replacing("default 5000000", with: "default 5")
                .replacing("size not between 1000000", with: "size not between 1")
            try await Schema.migrate(options, files: small)
            try await serving(options) { store in
                let stream = newStream()
                for version in 0..<9 {
                    _ = try await store.append(request(stream, at: version))
                }
                let full = await #expect(throws: EventStoreError.self) {
                    try await store.append(request(newStream(), events: 2))
                }
                #expect(full?.code == .failed)
                try await withSQL(options) {
                    try await $0.query("select patchflow.ensure_event_partitions()")
                }
                _ = try await store.append(request(stream, at: 9, events: 8))
                let log = try await store.wholeLog()
                expectDense(log)
                #expect(try await store.read(stream, after: 0, limit: 100) == log)
                #expect(log.count == 17)
                // What was made later is guarded as well.
                try await withSQL(options) { owner in
                    try await expectUnchangeable(
                        partitions(owner).filter { $0 > "patchflow.events_000000000010" },
                        owner)
                }
                #expect(try await store.wholeLog() == log)
            }
        }
    }

    private func expectUnchangeable(_ tables: [String], _ owner: Connection) async throws {
        #expect(!tables.isEmpty)
        for table in tables {
            for change in [
                "update \(table) set data = '{}' where true", "delete from \(table)",
                "truncate \(table)",
            ] {
                // Rows are needed to fire a row trigger; empty partitions have none to lose.
                let isEmpty = try await owner.query(
                    Query(unsafe: "select from \(table) limit 1")
                ).isEmpty
                if isEmpty, !change.hasPrefix("truncate") { continue }
                let error = await #expect(throws: PostgresError.self, "\(change)") {
                    try await owner.execute(Query(unsafe: change))
                }
                #expect(error?.sqlState == "PF001")
            }
        }
    }

    private func partitions(_ connection: Connection) async throws -> [String] {
        try await connection.query(
            """
            select inhrelid::regclass::text from pg_inherits
            where inhparent = 'patchflow.events'::regclass order by 1
            """
        ).map { try $0.decode(String.self, at: 0) }
    }
}
