internal import EventSourcing
package import Postgres

/// The generations of the read models: which there are, which is live, what they lack.
package struct Generations: Sendable {
    let pool: ConnectionPool

    package init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// All there are, the latest first, and how far they are behind the log.
    package func all() async throws -> [GenerationStatus] {
        var query = GenerationStatus.query
        query.append(" order by p.generation desc")
        return try await pool.query(query).map(GenerationStatus.init)
    }

    package func status(of generation: Int) async throws -> GenerationStatus? {
        var query = GenerationStatus.query
        query.append(" where p.generation = \(Int32(clamping: generation))")
        return try await pool.query(query).first.map(GenerationStatus.init)
    }

    /// The events that could not be folded into a generation, in order.
    package func parked(in generation: Int) async throws -> [ParkedEvent] {
        var query = ParkedEvent.query
        query.append(" where generation = \(Int32(clamping: generation)) order by position")
        return try await pool.query(query).map(ParkedEvent.init)
    }

    /// The digest of all rows of a generation as of a position.
    package func stateHash(of generation: Int, at position: Int64) async throws -> StateHash {
        try await Generation(number: Int32(clamping: generation), definition: 0, pool: pool)
            .stateHash(at: position)
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

    func generation(_ row: Row) throws -> Generation {
        Generation(
            number: try row.decode(at: 0), definition: Int(try row.decode(Int32.self, at: 1)),
            pool: pool)
    }

    // MARK: Changing over

    enum Flip: Equatable {
        case done
        /// The live one has come further meanwhile; readers must not be set back.
        case isBehind
        /// Another one was made live meanwhile.
        case isLate
        /// It could not fold so many events that the live one has.
        case lacks(Int)
    }

    /// Makes `next` the live one in place of `live`, in one transaction; the one before stays for a
    /// way back.
    ///
    /// - Parameter acceptingParked: Also when it lacks events that the live one has. What that one has
    ///   is seen here, where nobody folds late: it may have got some since they were compared.
    func flip(
        from live: Generation, to next: Generation, acceptingParked: Bool
    ) async throws -> Flip {
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
            if !acceptingParked {
                let lacking = try await parkedCount(
                    in: next, butNotIn: live, upTo: old, on: connection)
                guard lacking == 0 else { return .lacks(lacking) }
            }
            try await connection.execute(
                """
                update patchflow.projections set live = false, replaced_at = clock_timestamp()
                where generation = \(live.number)
                """)
            try await connection.execute(
                """
                update patchflow.projections
                set live = true, building = null, target = null, replaced_at = null
                where generation = \(next.number)
                """)
            return .done
        }
    }

    /// Remembers that `generation` equals another fold of the log up to where `hash` was taken.
    ///
    /// - Parameter stand: From before that; nothing is remembered when an event was folded late since.
    func remember(
        _ hash: StateHash, of generation: Generation, since stand: Generation.Stand
    ) async throws {
        try await pool.query(
            """
            update patchflow.projections
            set verified_position = \(hash.position), verified_hash = \(hash.digest.bytes),
                verified_at = clock_timestamp()
            where generation = \(generation.number) and late_folds = \(stand.lateFolds)
            """)
    }

    // MARK: Comparing

    /// How many events up to `position` could not be folded into `generation`.
    func parkedCount(in generation: Generation, upTo position: Int64) async throws -> Int {
        let rows = try await pool.query(
            """
            select count(*) from patchflow.projection_parked
            where generation = \(generation.number) and position <= \(position)
            """)
        return Int(try rows.first?.decode(Int64.self, at: 0) ?? 0)
    }

    /// How many events `generation` could not fold and `other` could.
    private func parkedCount(
        in generation: Generation, butNotIn other: Generation, upTo position: Int64,
        on connection: Connection
    ) async throws -> Int {
        let rows = try await connection.query(
            """
            select count(*) from (
                select position from patchflow.projection_parked
                where generation = \(generation.number) and position <= \(position)
                except
                select position from patchflow.projection_parked
                where generation = \(other.number)) p
            """)
        return Int(try rows.first?.decode(Int64.self, at: 0) ?? 0)
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
