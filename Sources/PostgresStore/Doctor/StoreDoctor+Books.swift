internal import EventSourcing
internal import Postgres
internal import StoreCheck

/// Streams, documents, work and read models: what is kept beside the events.
extension StoreDoctor {
    func streamCheck(on connection: Connection) async throws -> [Check] {
        var streams = StreamCheck()
        var last: Int64 = 0
        while true {
            let page = try await connection.query(
                "select id, key from patchflow.streams where id > \(last) order by id limit 500"
            ).map { (id: try $0.decode(Int64.self, at: 0), key: try $0.decode(String.self, at: 1)) }
            guard let end = page.last else { break }
            last = end.id
            try await look(at: page, &streams, on: connection)
        }
        streams.finish()
        return [streams.check]
    }

    /// Those whose events PostgreSQL can't read are found by halves.
    private func look(
        at page: [(id: Int64, key: String)], _ streams: inout StreamCheck,
        on connection: Connection
    ) async throws {
        do {
            // One statement, so the row and its events are of one moment.
            let rows = try await connection.query(
                """
                select s.id, s.key, s.version::bigint, s.first_position, s.last_position, e.*
                from patchflow.streams s
                cross join lateral (
                    select count(*), min(version)::bigint, max(version)::bigint, min(position),
                        max(position), min(position) filter (where not follows)
                    from (
                        select version, position,
                            version = coalesce(lag(version) over w, 0) + 1
                                and position > coalesce(lag(position) over w, 0) as follows
                        from (
                            select version, position from patchflow.events where stream_id = s.id
                            union all
                            select a.first_version + p.number::integer - 1,
                                a.first_position + p.place
                            from patchflow.archived_streams a
                            cross join lateral
                                unnest(a.places) with ordinality p(place, number)
                            where a.stream_id = s.id
                        ) whole
                        window w as (order by version, position)
                    ) v
                ) e
                where s.id = any(\(page.map(\.id)))
                order by s.id
                """)
            for row in rows { streams.take(try StreamCheck.Row(row)) }
        } catch let error as PostgresError where error.sqlState?.errorClass == "XX" {
            guard page.count > 1 else {
                return streams.unreadable(page[0].key, error.description)
            }
            let middle = page.count / 2
            try await look(at: Array(page[..<middle]), &streams, on: connection)
            try await look(at: Array(page[middle...]), &streams, on: connection)
        }
    }

    /// Rehashed by PostgreSQL, so that their bytes need not travel.
    func documentCheck(on connection: Connection) async throws -> [Check] {
        var check = Check("documents")
        var total: Int64 = 0
        var last: [UInt8] = []
        while true {
            let keys = try await connection.query(
                """
                select sha256 from patchflow.documents where sha256 > \(last)
                order by sha256 limit 100
                """
            ).map { try $0.decode([UInt8].self, at: 0) }
            guard let end = keys.last else { break }
            last = end
            total += Int64(keys.count)
            for (key, fault) in try await wrongDocuments(keys, on: connection) {
                check.damaged(
                    "the document \(try Digest(stored: key)) \(fault)",
                    action: "bring it back from a backup: its name is the SHA-256 of its bytes")
            }
        }
        check.hasLooked(at: "\(counted(total, "document")) hashed again")
        return [check]
    }

    private func wrongDocuments(
        _ keys: [[UInt8]], on connection: Connection
    ) async throws -> [([UInt8], String)] {
        do {
            return try await connection.query(
                """
                select sha256 from patchflow.documents
                where sha256 = any(\(keys)) and sha256(bytes) <> sha256
                """
            ).map { (try $0.decode([UInt8].self, at: 0), "holds other bytes than its name says") }
        } catch let error as PostgresError where error.sqlState?.errorClass == "XX" {
            if keys.count == 1 { return [(keys[0], "can't be read: \(error)")] }
            var found: [([UInt8], String)] = []
            for key in keys { found += try await wrongDocuments([key], on: connection) }
            return found
        }
    }

    // MARK: Work

    /// What is to be done, and who may, follows from streams that there are.
    private static let work: [(query: Query, action: String)] = [
        (
            """
            select 'the activity ' || a.id || ' is for the stream ' || a.stream
                || ', which has no event'
            from patchflow.activities a
            where not exists (
                select from patchflow.streams s where s.key = a.stream and s.version > 0)
            """, "find out how it came about; remove it by hand when nobody needs it"
        ),
        (
            """
            select 'the timer ' || t.name || ' is for the stream ' || t.stream
                || ', which has no event'
            from patchflow.timers t
            where not exists (
                select from patchflow.streams s where s.key = t.stream and s.version > 0)
            """, "find out how it came about; remove it by hand when nobody needs it"
        ),
        (
            """
            select 'the activity ' || a.id || ' is claimed by the worker ' || a.worker
                || ', which there is not'
            from patchflow.activities a
            where a.worker is not null
                and not exists (select from patchflow.workers w where w.id = a.worker)
            """, "none: the next worker takes it over; find out who removed the other"
        ),
        (
            """
            select 'the slot ' || s.number || ' of ' || s.scope || ' is held by the attempt '
                || s.attempt || ', which no asset has'
            from patchflow.slots s
            where s.attempt is not null and not exists (
                select from patchflow.asset_attempt a where a.attempt = s.attempt)
            """, "it is never freed: update patchflow.slots by hand when no such attempt runs"
        ),
        (
            """
            select 'the asset ' || a.asset || ' is held by the attempt ' || a.attempt
                || ', and has no event'
            from patchflow.asset_attempt a
            where a.attempt is not null and not exists (
                select from patchflow.streams s where s.key = a.asset and s.version > 0)
            """, "find out how it came about"
        ),
        (
            """
            select 'the fence ' || f.fence || ' of ' || f.holder
                || ' is higher than any that was given out'
            from (
                select fence, 'the asset ' || asset as holder from patchflow.asset_attempt
                union all
                select fence, 'the activity ' || id from patchflow.activities
            ) f
            where f.fence > (select max(number) from patchflow.incarnation) * 1099511627776
                + (select last_value from patchflow.fences)
            """,
            "workers with lower fences are refused: raise them with 'patchflow audit incarnation', "
                + "which is for a restored backup"
        ),
        (
            """
            select 'the subscriber ' || s.name || ' has come to position ' || s.position
                || ', beyond the end of the log'
            from patchflow.subscriptions s
            where s.position > coalesce((
                select position from patchflow.events order by position desc limit 1), 0)
            """, "it would miss what comes: set it back by hand to the end of the log"
        ),
    ]

    func workCheck(on connection: Connection) async throws -> [Check] {
        var check = Check("work")
        for (query, action) in Self.work {
            var query = query
            query.append(" limit \(Int32(Check.most + 1))")
            for row in try await connection.query(query) {
                check.damaged(try row.decode(at: 0), action: action)
            }
        }
        let counts = try await connection.query(
            """
            select (select count(*) from patchflow.activities),
                (select count(*) from patchflow.timers),
                (select count(*) from patchflow.asset_attempt where attempt is not null),
                (select count(*) from patchflow.slots where attempt is not null),
                (select count(*) from patchflow.incarnation)
            """)[0]
        if try counts.decode(Int64.self, at: 4) != 1 {
            check.damaged(
                "the table incarnation has not one row: no fence can be given out",
                action: "put the number of the last incarnation back")
        }
        check.hasLooked(
            at: [
                counted(try counts.decode(Int64.self, at: 0), "activity", plural: "activities"),
                counted(try counts.decode(Int64.self, at: 1), "timer"),
                counted(try counts.decode(Int64.self, at: 2), "attempt"),
                counted(try counts.decode(Int64.self, at: 3), "slot") + " in use",
            ].joined(separator: ", "))
        return [check]
    }

    // MARK: Read models

    /// Their form, and how far they are; what is in them is compared by 'projection verify', which
    /// writes.
    func projectionCheck(on connection: Connection) async throws -> [Check] {
        var check = Check("read models")
        let rebuild = "run 'patchflow projection rebuild'"
        let rows = try await connection.query(
            """
            select p.generation, p.live, p.position, h.head, (
                select count(*) from patchflow.projection_rows r where r.generation = p.generation),
                (select count(*) from patchflow.projection_parked k
                    where k.generation = p.generation),
                (select min(k.position) from patchflow.projection_parked k
                    where k.generation = p.generation)
            from patchflow.projections p
            cross join (
                select coalesce(max(position), 0) as head from (
                    select position from patchflow.events order by position desc limit 1) e) h
            order by p.generation
            """)
        var words: [String] = []
        for row in rows where try row.decode(Bool.self, at: 1) {
            let position: Int64 = try row.decode(at: 2)
            let head: Int64 = try row.decode(at: 3)
            words.append(
                "\(counted(try row.decode(Int64.self, at: 4), "row")) as of position \(position), "
                    + "\(max(0, head - position)) behind")
            if position > head {
                check.damaged(
                    "the read models have seen position \(position), beyond the end of the log",
                    at: head, action: rebuild)
            }
            let parked: Int64 = try row.decode(at: 5)
            if parked > 0 {
                check.attention(
                    "\(counted(parked, "event")) could not be folded into the read models",
                    at: try row.decode(at: 6),
                    action: "see 'patchflow projection parked'; once the cause is gone, run "
                        + "'patchflow projection retry --all', which says when a rebuild is needed")
            }
        }
        try await lookForAbandoned(&check, on: connection)
        if words.isEmpty {
            let head = try rows.first?.decode(Int64.self, at: 3) ?? 0
            if head > 0 {
                check.damaged("none of the read models is live", action: "start 'project'")
            }
            words = ["none yet"]
        }
        for row in try await connection.query(Self.overlaps) {
            check.damaged(
                "the read models have two versions of \(try row.decode(String.self, at: 0)) at once",
                at: try row.decode(at: 1), action: rebuild)
        }
        check.hasLooked(at: words.joined(separator: ", "))
        return [check]
    }

    /// What a rebuild left whose process has gone takes space, and nothing else.
    private func lookForAbandoned(_ check: inout Check, on connection: Connection) async throws {
        let rows = try await connection.query(
            """
            select p.generation
            from patchflow.projections p
            where p.building is not null and not exists (
                select from pg_locks l
                where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
                    and l.database = (
                        select oid from pg_database where datname = current_database())
                    and ((l.classid::bigint << 32) | l.objid::bigint)
                        = hashtextextended('patchflow/rebuild/' || p.generation, 0))
            order by p.generation
            """)
        for row in rows {
            check.attention(
                "generation \(try row.decode(Int32.self, at: 0)) of the read models was left by a "
                    + "rebuild that has ended",
                action: "run 'patchflow projection drop --former'; the next rebuild does it as well"
            )
        }
    }

    private static let overlaps: Query = """
        select kind || ' ' || id, from_position
        from (
            select kind, id, from_position,
                lag(coalesce(to_position, 9223372036854775807)) over (
                    partition by generation, kind, id order by from_position) as until
            from patchflow.projection_rows
        ) r
        where until > from_position
        limit 21
        """
}

extension StreamCheck.Row {
    init(_ row: Row) throws {
        self.init(
            key: try row.decode(at: 1), version: try row.decode(at: 2),
            firstPosition: try row.decode(at: 3), lastPosition: try row.decode(at: 4),
            events: try row.decode(at: 5), lowestVersion: try row.decode(at: 6),
            highestVersion: try row.decode(at: 7), lowestPosition: try row.decode(at: 8),
            highestPosition: try row.decode(at: 9), disorderedAt: try row.decode(at: 10))
    }
}
