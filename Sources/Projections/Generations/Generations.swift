internal import EventSourcing
package import Postgres

/// The generations of the read models: which is live, building another beside it, comparing.
package struct Generations: Sendable {
    private let pool: ConnectionPool

    package init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// All there are, the latest first, and how far they are behind the log.
    package func all() async throws -> [GenerationStatus] {
        try await pool.query(
            """
            select p.generation, p.definition, p.live, p.position, h.head - p.position,
                p.started_at, count(k.position)
            from patchflow.projections p
            cross join (
                select coalesce(max(position), 0) as head from (
                    select position from patchflow.events order by position desc limit 1) e) h
            left join patchflow.projection_parked k using (generation)
            group by p.generation, h.head
            order by p.generation desc
            """
        ).map(GenerationStatus.init)
    }

    /// The events that could not be folded into a generation, in order.
    package func parked(in generation: Int) async throws -> [ParkedEvent] {
        try await pool.query(
            """
            select position, reason, parked_at from patchflow.projection_parked
            where generation = \(Int32(clamping: generation)) order by position
            """
        ).map(ParkedEvent.init)
    }

    /// The live generation; the first one is made here.
    func live(definition: Int) async throws -> Generation {
        let found: Query =
            "select generation, definition from patchflow.projections where live"
        if let row = try await pool.query(found).first { return try generation(row) }
        try await pool.query(
            """
            insert into patchflow.projections (definition, live) values (\(Int32(definition)), true)
            on conflict do nothing
            """)
        guard let row = try await pool.query(found).first else {
            throw EventStoreError(.failed, "there is no live generation of the read models")
        }
        return try generation(row)
    }

    /// A new, empty generation that isn't live.
    func begin(definition: Int) async throws -> Generation {
        let rows = try await pool.query(
            """
            insert into patchflow.projections (definition) values (\(Int32(definition)))
            returning generation, definition
            """)
        guard let row = rows.first else {
            throw EventStoreError(.failed, "a generation of the read models could not be made")
        }
        return try generation(row)
    }

    private func generation(_ row: Row) throws -> Generation {
        Generation(
            number: try row.decode(at: 0), definition: Int(try row.decode(Int32.self, at: 1)),
            pool: pool)
    }

    enum Flip {
        case done
        /// The live one has come further meanwhile; readers must not be set back.
        case isBehind
        /// Another one was made live meanwhile.
        case isLate
    }

    /// Makes `next` the live one in place of `live`, in one transaction; the one before stays for a
    /// way back.
    func flip(from live: Generation, to next: Generation) async throws -> Flip {
        try await pool.withTransaction { connection in
            let rows = try await connection.query(
                """
                select generation, live, position from patchflow.projections
                where generation = any(\([live.number, next.number])) order by generation for update
                """)
            var reached: [Int32: Int64] = [:]
            var liveOne: Int32?
            for row in rows {
                let number: Int32 = try row.decode(at: 0)
                if try row.decode(Bool.self, at: 1) { liveOne = number }
                reached[number] = try row.decode(at: 2)
            }
            guard liveOne == live.number, let old = reached[live.number],
                let new = reached[next.number]
            else { return .isLate }
            guard new >= old else { return .isBehind }
            try await connection.execute(
                """
                update patchflow.projections set live = false where generation = \(live.number)
                """)
            try await connection.execute(
                "update patchflow.projections set live = true where generation = \(next.number)")
            return .done
        }
    }

    func drop(_ generation: Generation) async throws {
        try await pool.query(
            "delete from patchflow.projections where generation = \(generation.number)")
    }

    /// Rows that differ between two generations as they were at `position`, at most `limit`.
    func differences(
        _ one: Generation, _ other: Generation, at position: Int64, limit: Int
    ) async throws -> [String] {
        func rows(_ generation: Int32) -> Query {
            """
            select kind, id, from_position,
                case when to_position <= \(position) then to_position end as to_position,
                parent, state, sort_key, document::text as document
            from patchflow.projection_rows
            where generation = \(generation) and from_position <= \(position)
            """
        }
        var query: Query = "select distinct kind, id, from_position from ((("
        query.append(rows(one.number))
        query.append(") except (")
        query.append(rows(other.number))
        query.append(")) union all ((")
        query.append(rows(other.number))
        query.append(") except (")
        query.append(rows(one.number))
        query.append("))) d order by kind, id, from_position limit \(Int32(clamping: limit))")
        return try await pool.query(query).map { row in
            let kind: String = try row.decode(at: 0)
            let id: String = try row.decode(at: 1)
            let from: Int64 = try row.decode(at: 2)
            return "\(kind) \(id) from position \(from)"
        }
    }
}
