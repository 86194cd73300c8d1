import Postgres
import PostgresStore
import StoreCheck
import Support
import Testing

/// Each role may do what `SchemaRights` says and nothing else (I11, security): tried statement by
/// statement as that role, on every table with its partitions, on every column and function.
@Suite(.timeLimit(.minutes(3))) struct RightsTests {
    static let roles = DatabaseRole.allCases.filter { $0 != .owner }

    @Test func theTableOfRightsNamesEverythingThatThereIs() async throws {
        try await withStoreDatabase { options in
            let objects = try await withSQL(options) { try await SchemaObjects(on: $0) }
            #expect(Set(objects.tables.keys) == Set(SchemaRights.tables))
            #expect(objects.sequences == SchemaRights.sequences)
            #expect(objects.functions.map(\.name) == SchemaRights.functions)
            let known = SchemaRights.tables + SchemaRights.sequences + SchemaRights.functions
            let named = Set(SchemaRights.grants.map(\.object))
            #expect(named.subtracting(known) == [SchemaRights.schema])
        }
    }

    @Test(arguments: roles)
    func aRoleMayDoWhatTheTableSaysAndNothingElse(role: DatabaseRole) async throws {
        try await withStoreDatabase { options in
            let objects = try await withSQL(options) { owner in
                // Partitions that are made later are tried as well.
                try await owner.query("select patchflow.ensure_event_partitions(20000000)")
                return try await SchemaObjects(on: owner)
            }
            #expect(objects.partitions.count > 3)
            try await connected(as: role, options) { connection in
                for attempt in objects.attempts {
                    let expected = attempt.isGranted(to: role)
                    let mayDo = try await isAllowed(attempt.sql, connection)
                    #expect(
                        mayDo == expected,
                        "\(role.name): \(attempt.sql): \(mayDo ? "allowed" : "refused")")
                }
            }
        }
    }

    @Test(arguments: roles)
    func noRoleChangesTheSchemaOrBecomesAnother(role: DatabaseRole) async throws {
        try await withStoreDatabase { options in
            let objects = try await withSQL(options) { try await SchemaObjects(on: $0) }
            try await connected(as: role, options) { connection in
                for sql in objects.changes(by: role) {
                    let mayDo = try await isAllowed(sql, connection)
                    #expect(!mayDo, "\(role.name): \(sql)")
                }
            }
        }
    }

    @Test func nobodyConnectsAsARoleThatOnlyOwns() async throws {
        try await withStoreDatabase { options in
            for role in DatabaseRole.allCases where !role.mayLogIn {
                let error = await #expect(throws: PostgresError.self) {
                    try await withSQL(options.with(user: role.name)) { _ in }
                }
                #expect(error?.message.contains("not permitted to log in") == true)
            }
        }
    }

    /// A function that runs with its owner's rights must not be led to somebody else's tables, and a
    /// function that runs with the schema owner's is none that writes events.
    @Test func functionsWithTheirOwnersRightsHaveAFixedPathAndTheLeastOwner() async throws {
        try await withStoreDatabase { options in
            let rows = try await withSQL(options) { connection in
                try await connection.query(
                    """
                    select proname::text, proowner::regrole::text,
                        'search_path=patchflow, pg_temp' = any(proconfig)
                    from pg_proc
                    where pronamespace = 'patchflow'::regnamespace and prosecdef order by 1
                    """)
            }
            var owners: [String: String] = [:]
            for row in rows {
                let name: String = try row.decode(at: 0)
                owners[name] = try row.decode(at: 1)
                #expect(try row.decode(Bool?.self, at: 2) == true, "\(name)")
            }
            #expect(
                owners == [
                    "add_cosignature": "patchflow_seal_writer",
                    "append_events": "patchflow_log_writer",
                    "name_streams": "patchflow_log_writer",
                    "seal_log": "patchflow_seal_writer", "store_note": "patchflow_seal_writer",
                    "ensure_event_partitions": "patchflow_owner",
                    "forget_old_rows": "patchflow_owner",
                ])
        }
    }

    // MARK: Trying

    private func connected(
        as role: DatabaseRole, _ options: ConnectionOptions,
        _ body: (Connection) async throws -> Void
    ) async throws {
        if role.mayLogIn { return try await withSQL(options.with(user: role.name), body) }
        try await withSQL(options) { connection in
            try await connection.execute("set session authorization \(identifier: role.name)")
            try await body(connection)
        }
    }

    /// Whether a statement fails for any other reason than its user's rights, or for none. Nothing
    /// of it stays.
    private func isAllowed(_ sql: String, _ connection: Connection) async throws -> Bool {
        struct RollBack: Error {}
        do {
            try await connection.withTransaction { transaction in
                try await transaction.query(Query(unsafe: sql))
                throw RollBack()
            }
            return true
        } catch is RollBack {
            return true
        } catch let error as PostgresError {
            return error.sqlState != .insufficientPrivilege
        }
    }
}

/// What there is in the schema, from the catalog, and what can be tried on it.
struct SchemaObjects {
    struct Attempt {
        let sql: String
        let object: String
        let privilege: Privilege
        var column: String?

        func isGranted(to role: DatabaseRole) -> Bool {
            [nil, column].contains { column in
                SchemaRights.grants.contains(
                    Grant(role: role.name, privilege: privilege, object: object, column: column))
            }
        }
    }

    /// The columns of each table.
    private(set) var tables: [String: [String]] = [:]
    private(set) var partitions: [String: [String]] = [:]
    private(set) var sequences: [String] = []
    /// With a call that names the types of the parameters.
    private(set) var functions: [(name: String, call: String)] = []

    init(on connection: Connection) async throws {
        for row in try await connection.query(
            """
            select c.relname::text, c.relispartition, array_agg(a.attname::text order by a.attnum)
            from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'patchflow'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
                and a.attnum > 0 and not a.attisdropped
            group by 1, 2
            """)
        {
            let name: String = try row.decode(at: 0)
            if try row.decode(Bool.self, at: 1) {
                partitions[name] = try row.decode(at: 2)
            } else {
                tables[name] = try row.decode(at: 2)
            }
        }
        sequences = try await connection.query(
            """
            select c.relname::text from pg_class c
            where c.relnamespace = 'patchflow'::regnamespace and c.relkind = 'S'
            order by 1
            """
        ).map { try $0.decode(at: 0) }
        functions = try await connection.query(
            """
            select p.proname::text, coalesce((
                select string_agg('null::' || format_type(t.type, null), ', ' order by t.place)
                from unnest(p.proargtypes) with ordinality t(type, place)), '')
            from pg_proc p where p.pronamespace = 'patchflow'::regnamespace order by 1
            """
        ).map { row in
            let name: String = try row.decode(at: 0)
            return (name, "select patchflow.\(name)(\(try row.decode(String.self, at: 1)))")
        }
    }

    /// Every use of everything: what is refused for want of a right is refused before it begins.
    var attempts: [Attempt] {
        let onTables = tables.merging(partitions) { $1 }.flatMap { table, columns in
            let name = "patchflow.\(table)"
            return [
                Attempt(sql: "select from \(name) limit 0", object: table, privilege: .select),
                Attempt(
                    sql: "insert into \(name) default values", object: table, privilege: .insert),
                Attempt(
                    sql: "delete from \(name) where false", object: table, privilege: .delete),
                Attempt(sql: "truncate \(name)", object: table, privilege: .truncate),
            ]
                + columns.map { column in
                    Attempt(
                        sql: "update \(name) set \"\(column)\" = default where false",
                        object: table, privilege: .update, column: column)
                }
        }
        let onSequences = sequences.flatMap { name in
            [
                Attempt(
                    sql: "select last_value from patchflow.\(name)", object: name,
                    privilege: .select),
                Attempt(
                    sql: "select nextval('patchflow.\(name)')", object: name, privilege: .usage),
                Attempt(
                    sql: "select setval('patchflow.\(name)', 1)", object: name, privilege: .update),
            ]
        }
        let onFunctions = functions.map {
            Attempt(sql: $0.call, object: $0.name, privilege: .execute)
        }
        return onTables + onSequences + onFunctions
    }

    /// What nobody may do who doesn't own the schema.
    func changes(by role: DatabaseRole) -> [String] {
        let others = DatabaseRole.allCases.filter { $0 != role }.map { "set role \($0.name)" }
        let onTables = (Array(tables.keys) + partitions.keys).sorted().flatMap { table in
            [
                "alter table patchflow.\(table) add column x integer",
                "alter table patchflow.\(table) disable trigger all",
                "alter table patchflow.\(table) owner to \(role.name)",
                "create trigger x before insert on patchflow.\(table) execute function "
                    + "pg_catalog.suppress_redundant_updates_trigger()",
                "create rule x as on insert to patchflow.\(table) do instead nothing",
                "create index on patchflow.\(table) ((1))",
                "drop table patchflow.\(table) cascade",
            ]
        }
        let onFunctions = functions.filter {
            SchemaRights.functionOwners[$0.name] != role
        }.flatMap { name, _ in
            [
                "alter function patchflow.\(name) owner to \(role.name)",
                "alter function patchflow.\(name) set search_path = pg_temp, patchflow",
                "drop function patchflow.\(name) cascade",
            ]
        }
        return others + onTables + onFunctions + [
            "set role postgres", "set session_replication_role = replica",
            "create table patchflow.mine ()", "create table public.mine ()",
            "create function patchflow.mine() returns integer language sql as 'select 1'",
            "create schema mine", "drop schema patchflow cascade", "create role mine",
            "alter role \(role.name) superuser", "grant patchflow_owner to \(role.name)",
            // Without the right to grant it is only a warning: what counts is what it comes to.
            """
            do $$ begin
                grant update on patchflow.events to \(role.name);
                update patchflow.events set position = 1 where false;
            end $$
            """,
            "alter table patchflow.events detach partition patchflow.events_000000000001",
            "drop trigger events_append_only on patchflow.events",
            "copy patchflow.migrations to program 'true'", "select pg_read_file('PG_VERSION')",
        ]
    }
}
