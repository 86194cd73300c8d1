internal import Postgres
internal import StoreCheck

/// Functions, triggers, rights and partitions, from PostgreSQL's catalog.
extension StoreDoctor {
    func functionCheck(on connection: Connection) async throws -> [Check] {
        let rows = try await connection.query(
            """
            select proname::text, prosrc, prosecdef, coalesce(proconfig, '{}') from pg_proc
            where pronamespace = 'patchflow'::regnamespace
            """)
        var functions: [String: FunctionCheck.Function] = [:]
        for row in rows {
            functions[try row.decode(at: 0)] = FunctionCheck.Function(
                body: try row.decode(at: 1), runsAsOwner: try row.decode(at: 2),
                settings: Set(try row.decode([String].self, at: 3)))
        }
        let files = embeddedSQL.filter { $0.key.hasPrefix("functions/") }
        let keyless = try await connection.query(
            """
            select relname::text from pg_class c
            where relnamespace = 'patchflow'::regnamespace and relkind in ('r', 'p')
                and not exists (
                    select from pg_index i
                    where i.indrelid = c.oid and i.indisprimary and i.indisvalid)
            """
        ).map { try $0.decode(String.self, at: 0) }
        return [FunctionCheck.judge(functions, files: files, tablesWithoutKey: keyless)]
    }

    func triggerCheck(on connection: Connection) async throws -> [Check] {
        // First: one that is attached meanwhile has its triggers already.
        let before = try await partitions(on: connection).map(\.name)
        let triggers = try await connection.query(
            """
            select c.relname::text,
                case when n.nspname = 'patchflow' then p.proname::text
                    else n.nspname || '.' || p.proname end,
                t.tgenabled in ('O', 'A'), t.tgtype, t.tgqual is not null, t.tgname::text
            from pg_trigger t
            join pg_class c on c.oid = t.tgrelid
            join pg_proc p on p.oid = t.tgfoid
            join pg_namespace n on n.oid = p.pronamespace
            where c.relnamespace = 'patchflow'::regnamespace and not t.tgisinternal
            """
        ).map { row in
            let type = Int(try row.decode(Int16.self, at: 3))
            // Bits of pg_trigger.tgtype; one that fires afterwards refuses as well as one before.
            let bits: [(Int, TriggerCheck.Event)] = [(8, .delete), (16, .update), (32, .truncate)]
            return TriggerCheck.Trigger(
                table: try row.decode(at: 0), name: try row.decode(at: 5),
                function: try row.decode(at: 1),
                isEnabled: try row.decode(at: 2),
                events: Set(bits.filter { type & $0.0 != 0 }.map(\.1)),
                isConditional: try row.decode(at: 4))
        }
        let settings = try await connection.query(
            """
            select concat_ws(' in ', nullif(s.setrole, 0)::regrole::text, d.datname::text)
            from pg_db_role_setting s left join pg_database d on d.oid = s.setdatabase
            where (d.datname is null or d.datname = current_database())
                and exists (
                    select from unnest(s.setconfig) c
                    where c like 'session_replication_role=%' and c not like '%=origin')
            """
        ).map { try $0.decode(String.self, at: 0) }
        let rules = try await connection.query(
            """
            select tablename || '.' || rulename from pg_rules where schemaname = 'patchflow'
            """
        ).map { try $0.decode(String.self, at: 0) }
        // Again: one that was archived meanwhile has none any more.
        let after = try await Set(partitions(on: connection).map(\.name))
        let partitions = before.filter(after.contains)
        return [
            TriggerCheck.judge(
                triggers, partitions: partitions, settings: settings, rules: rules)
        ]
    }

    func partitionCheck(on connection: Connection) async throws -> [Check] {
        let partitions = try await partitions(on: connection)
        let strays = try await connection.query(
            """
            select relname::text from pg_class
            where relnamespace = 'patchflow'::regnamespace and relkind in ('r', 'p')
                and not relispartition and relname like 'events\\_%'
            """
        ).map { try $0.decode(String.self, at: 0) }
        let head = try await connection.query(
            """
            select coalesce((
                select position from patchflow.events order by position desc limit 1), 0)
            """)
        let archived = try await connection.query(
            "select file, first_position, last_position from patchflow.archives"
        ).map { row in
            let (first, last): (Int64, Int64) = (try row.decode(at: 1), try row.decode(at: 2))
            return PartitionCheck.Partition(name: try row.decode(at: 0), range: first..<(last + 1))
        }
        return [
            PartitionCheck.judge(
                partitions + archived, strays: strays, head: try head[0].decode(at: 0))
        ]
    }

    private func partitions(
        on connection: Connection
    ) async throws -> [PartitionCheck.Partition] {
        try await connection.query(
            """
            select c.relname::text, b.bounds[1]::bigint, b.bounds[2]::bigint
            from pg_inherits i
            join pg_class c on c.oid = i.inhrelid
            left join lateral regexp_match(
                pg_get_expr(c.relpartbound, c.oid),
                'FROM \\(''?(\\d+)''?\\) TO \\(''?(\\d+)''?\\)') b(bounds) on true
            where i.inhparent = 'patchflow.events'::regclass and not i.inhdetachpending
            """
        ).map { row in
            let name: String = try row.decode(at: 0)
            guard let from = try row.decode(Int64?.self, at: 1),
                let to = try row.decode(Int64?.self, at: 2), from < to
            else { return PartitionCheck.Partition(name: name, range: nil) }
            return PartitionCheck.Partition(name: name, range: from..<to)
        }
    }

    // MARK: Rights

    func rightsCheck(on connection: Connection) async throws -> [Check] {
        var catalog = RightsCheck.Catalog()
        catalog.schemaOwner = try await connection.query(
            """
            select nspowner::regrole::text from pg_namespace where nspname = \(SchemaRights.schema)
            """)[0].decode(at: 0)
        let owners = try await connection.query(
            """
            select relname::text, pg_get_userbyid(relowner)::text from pg_class
            where relnamespace = 'patchflow'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
            union all
            select proname::text, pg_get_userbyid(proowner)::text from pg_proc
            where pronamespace = 'patchflow'::regnamespace
            """)
        for row in owners {
            catalog.owners[try row.decode(at: 0)] = try row.decode(String.self, at: 1)
        }
        for row in try await connection.query(Self.grants) {
            // Rights that a newer PostgreSQL knows are none of writing.
            guard let privilege = Privilege(rawValue: try row.decode(at: 1)) else { continue }
            catalog.grants.insert(
                Grant(
                    role: try row.decode(at: 0), privilege: privilege,
                    object: try row.decode(at: 2),
                    column: try row.decode(at: 3)))
        }
        catalog.roles = try await connection.query(
            """
            select r.rolname::text, r.rolcanlogin, array_remove(array[
                    case when r.rolsuper then 'superuser' end,
                    case when r.rolcreaterole then 'createrole' end,
                    case when r.rolcreatedb then 'createdb' end,
                    case when r.rolreplication then 'replication' end,
                    case when r.rolbypassrls then 'bypassrls' end], null),
                array(select pg_get_userbyid(m.roleid)::text from pg_auth_members m
                    where m.member = r.oid),
                exists (select from pg_database d where d.datdba = r.oid)
            from pg_roles r where r.rolname not like 'pg\\_%'
            """
        ).map { row in
            RightsCheck.Role(
                name: try row.decode(at: 0), mayLogIn: try row.decode(at: 1),
                powers: try row.decode(at: 2), memberOf: try row.decode(at: 3),
                ownsDatabase: try row.decode(at: 4))
        }
        return [RightsCheck.judge(catalog)]
    }

    /// What everybody but the owners may do with the schema and all that is in it.
    private static let grants: Query = """
        select coalesce(r.rolname::text, 'PUBLIC'), g.privilege_type, g.object, g.part
        from (
            select a.grantee, a.privilege_type, n.nspname::text as object, null::text as part,
                n.nspowner as owner
            from pg_namespace n, aclexplode(n.nspacl) a where n.nspname = 'patchflow'
            union all
            select a.grantee, a.privilege_type, c.relname::text, null, c.relowner
            from pg_class c, aclexplode(c.relacl) a
            where c.relnamespace = 'patchflow'::regnamespace
            union all
            select a.grantee, a.privilege_type, c.relname::text, t.attname::text, c.relowner
            from pg_class c
            join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
            where c.relnamespace = 'patchflow'::regnamespace
            union all
            select a.grantee, a.privilege_type, p.proname::text, null, p.proowner
            from pg_proc p,
                aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
            where p.pronamespace = 'patchflow'::regnamespace
        ) g
        left join pg_roles r on r.oid = g.grantee
        where g.grantee <> g.owner
        """
}
