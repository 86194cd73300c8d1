internal import EventSourcing
internal import Postgres

/// Checkpoints and notes of subscribers on PostgreSQL: see `SubscriptionStore`.
package struct PostgresSubscriptionStore: SubscriptionStore {
    private let store: PostgresEventStore

    package init(store: PostgresEventStore) {
        self.store = store
    }

    package func checkpoint(of name: String) async throws -> Int64 {
        let rows = try await store.read(
            "select position from patchflow.subscriptions where name = \(name)")
        return try rows.first?.decode(Int64.self, at: 0) ?? 0
    }

    package func note(of name: String, key: String) async throws -> [UInt8]? {
        let rows = try await store.read(
            """
            select note from patchflow.subscription_notes
            where name = \(name) and key = \(key)
            """)
        return try rows.first?.decode(JSONText.self, at: 0).bytes
    }

    package func notes(
        of name: String, after key: String, limit: Int
    ) async throws -> [(key: String, note: [UInt8])] {
        try await store.read(
            """
            select key, note from patchflow.subscription_notes
            where name = \(name) and key > \(key) order by key limit \(limit)
            """
        ).map { (try $0.decode(at: 0), try $0.decode(JSONText.self, at: 1).bytes) }
    }

    package func advance(
        _ name: String, from old: Int64, to new: Int64, notes: [String: [UInt8]?]
    ) async throws -> Bool {
        let kept = notes.sorted { $0.key < $1.key }
        let keys = kept.map(\.key)
        let texts = kept.map { $0.value.map { TextBytes($0) } }
        do {
            // One statement, so one transaction: nothing is stored when another was first.
            let rows = try await store.pool.query(
                """
                with moved as (
                    insert into patchflow.subscriptions as s (name, position)
                    values (\(name), \(new))
                    on conflict (name) do update set position = excluded.position
                    where s.position = \(old)
                    returning 1
                ), given as materialized (
                    select * from unnest(\(keys), \(texts)) g(key, note)
                    where exists (select from moved)
                ), removed as (
                    delete from patchflow.subscription_notes n using given g
                    where n.name = \(name) and n.key = g.key and g.note is null
                ), stored as (
                    insert into patchflow.subscription_notes (name, key, note)
                    select \(name), key, note::json from given where note is not null
                    on conflict (name, key) do update set note = excluded.note
                )
                select from moved
                """)
            return !rows.isEmpty
        } catch let error as PostgresError {
            throw error.asStoreError
        }
    }

    package func lead(_ name: String, _ body: @Sendable () async throws -> Void) async throws {
        let connection = try await Connection.open(store.pool.options)
        // Held by the session: it goes with this process, however that ends.
        let key = "patchflow/lead/\(name)"
        while true {
            let rows = try await connection.query(
                "select pg_try_advisory_lock(hashtextextended(\(key), 0))")
            if try rows.first?.decode(Bool.self, at: 0) == true { break }
            try await Task.sleep(for: .seconds(1))
        }
        do {
            try await body()
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }
}
