internal import EventSourcing
package import Postgres
private import Foundation

/// The generations of the read models: which is live, building another beside it, comparing.
package struct Generations: Sendable {
    private let pool: ConnectionPool

    package init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// The live generation; the first one is made here.
    func live(definition: Int) async throws -> Generation {
        let found: Query = "select generation from patchflow.projections where live"
        if let row = try await pool.query(found).first {
            return Generation(number: try row.decode(at: 0), pool: pool)
        }
        try await pool.query(
            """
            insert into patchflow.projections (definition, live) values (\(Int32(definition)), true)
            on conflict do nothing
            """)
        guard let row = try await pool.query(found).first else {
            throw EventStoreError(.failed, "there is no live generation of the read models")
        }
        return Generation(number: try row.decode(at: 0), pool: pool)
    }

    /// A new, empty generation that isn't live.
    func begin(definition: Int) async throws -> Generation {
        let rows = try await pool.query(
            """
            insert into patchflow.projections (definition) values (\(Int32(definition)))
            returning generation
            """)
        guard let row = rows.first else {
            throw EventStoreError(.failed, "a generation of the read models could not be made")
        }
        return Generation(number: try row.decode(at: 0), pool: pool)
    }

    /// Makes `generation` the live one; the one before stays for a way back.
    func flip(to generation: Generation) async throws {
        try await pool.withTransaction { connection in
            try await connection.execute(
                "update patchflow.projections set live = false where live")
            try await connection.execute(
                """
                update patchflow.projections set live = true
                where generation = \(generation.number)
                """)
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
        var query: Query = "select kind, id, from_position from ((("
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
