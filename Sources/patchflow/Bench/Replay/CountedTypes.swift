internal import EventSourcing
internal import Postgres
internal import PostgresStore

/// The smallest read model there is: how many events of each type, in the same transaction as the
/// position that they were counted up to.
struct CountedTypes {
    let pool: ConnectionPool

    /// Counts the whole log anew.
    ///
    /// - Returns: How many events there are.
    func rebuild(from store: PostgresEventStore, page: Int) async throws -> Int {
        try await pool.query("drop table if exists counted_types, counted_to")
        try await pool.query(
            "create table counted_types (type text primary key, count bigint not null)")
        try await pool.query("create table counted_to as select 0::bigint as position")
        var position: Int64 = 0
        while true {
            let events = try await store.read(after: position, limit: page)
            guard let last = events.last else { break }
            var counts: [String: Int64] = [:]
            for event in events { counts[event.type, default: 0] += 1 }
            try await add(counts, from: position, to: last.position)
            position = last.position
        }
        let sum = try await pool.query("select sum(count)::bigint from counted_types").first?
            .decode(Int64.self, at: 0)
        guard sum == position else {
            throw BenchFailure(reason: "counted \(sum ?? 0) of \(position) events")
        }
        return Int(position)
    }

    private func add(_ counts: [String: Int64], from old: Int64, to new: Int64) async throws {
        let types = counts.keys.sorted()
        try await pool.withTransaction { connection in
            let moved = try await connection.execute(
                "update counted_to set position = \(new) where position = \(old)")
            guard moved == 1 else {
                throw BenchFailure(reason: "somebody else counts as well")
            }
            try await connection.execute(
                """
                insert into counted_types as c (type, count)
                select * from unnest(\(types), \(types.compactMap { counts[$0] }))
                on conflict (type) do update set count = c.count + excluded.count
                """)
        }
    }
}
