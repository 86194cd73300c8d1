internal import Application
internal import EventSourcing
private import Foundation
internal import Postgres

/// One fold of the log in the database: its rows, and how far it has come.
struct Generation: Sendable {
    let number: Int32
    /// Of the fold that made it.
    let definition: Int
    let pool: ConnectionPool

    /// A version of a row that came to be at `from`, and was replaced at `to` within the same
    /// stretch of events; nil when it is current.
    struct Version: Sendable {
        let key: ViewKey
        let view: View
        let from: Int64
        var to: Int64?
    }

    /// What its rows are the fold of: whoever reads rows and stores what he makes of them stores
    /// nothing when it isn't the same any more.
    struct Stand: Equatable {
        let position: Int64
        /// How often an event was folded late: each time, rows that were read before may be others.
        let lateFolds: Int64
    }

    /// - Returns: nil when the generation isn't there any more.
    func stand() async throws -> Stand? {
        try await pool.query(
            "select position, late_folds from patchflow.projections where generation = \(number)"
        ).first.map {
            Stand(position: try $0.decode(at: 0), lateFolds: try $0.decode(at: 1))
        }
    }

    func position() async throws -> Int64? { try await stand()?.position }

    /// The current rows of `keys`; those that don't exist are left out.
    func current(_ keys: [ViewKey]) async throws -> [ViewKey: View] {
        try await pool.withConnection { try await current(keys, on: $0) }.views
    }

    /// The same, and the latest position from which on one of them is as it is.
    func current(
        _ keys: [ViewKey], on connection: Connection
    ) async throws -> (views: [ViewKey: View], latest: Int64) {
        let rows = try await connection.query(
            """
            select r.kind, r.id, r.parent, r.state, r.sort_key, r.document, r.from_position
            from unnest(\(keys.map(\.kind.rawValue)), \(keys.map(\.id))) k(kind, id)
            join patchflow.projection_rows r
                on r.generation = \(number) and r.kind = k.kind and r.id = k.id
                and r.to_position is null
            """)
        var views: [ViewKey: View] = [:]
        var latest: Int64 = 0
        for row in rows {
            latest = max(latest, try row.decode(at: 6))
            guard let kind = ViewKind(rawValue: try row.decode(at: 0)) else { continue }
            let id: String = try row.decode(at: 1)
            views[ViewKey(kind, id)] = View(
                id: id, parent: try row.decode(at: 2), state: try row.decode(at: 3),
                sortKey: try row.decode(at: 4),
                document: try row.decode(JSONText.self, at: 5).bytes)
        }
        return (views, latest)
    }

    /// Stores what the events above `old` up to `new` came to, in one transaction.
    ///
    /// - Returns: false when another projector was first, or an event was folded late meanwhile.
    func store(
        _ versions: [Version], parked: [Folding.Parked], from old: Stand, to new: Int64
    ) async throws -> Bool {
        try await pool.withTransaction { connection in
            let moved = try await connection.execute(
                """
                update patchflow.projections
                set position = \(new), advanced_at = clock_timestamp()
                where generation = \(number) and position = \(old.position)
                    and late_folds = \(old.lateFolds)
                """)
            guard moved == 1 else { return false }
            try await write(versions, on: connection)
            if !parked.isEmpty {
                try await connection.execute(
                    """
                    insert into patchflow.projection_parked (
                        generation, position, stream, type, reason)
                    select \(number), position, stream, type, reason
                    from unnest(
                        \(parked.map(\.position)), \(parked.map { $0.stream?.text }),
                        \(parked.map(\.type)), \(parked.map(\.reason))
                    ) p(position, stream, type, reason)
                    on conflict do nothing
                    """)
            }
            return true
        }
    }

    func write(_ versions: [Version], on connection: Connection) async throws {
        if versions.isEmpty { return }
        var firsts: [ViewKey: Int64] = [:]
        for version in versions where firsts[version.key] == nil {
            firsts[version.key] = version.from
        }
        let keys = firsts.keys.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
        try await connection.execute(
            """
            update patchflow.projection_rows r set to_position = k.from_position
            from unnest(
                \(keys.map(\.kind.rawValue)), \(keys.map(\.id)), \(keys.compactMap { firsts[$0] })
            ) k(kind, id, from_position)
            where r.generation = \(number) and r.kind = k.kind and r.id = k.id
                and r.to_position is null
            """)
        let texts = versions.map { String(decoding: $0.view.document, as: UTF8.self) }
        try await connection.execute(
            """
            insert into patchflow.projection_rows (
                generation, kind, id, from_position, to_position, parent, state, sort_key, document)
            select \(number), kind, id, from_position, to_position, parent, state, sort_key,
                document::json
            from unnest(
                \(versions.map(\.key.kind.rawValue)), \(versions.map(\.key.id)),
                \(versions.map(\.from)), \(versions.map(\.to)), \(versions.map(\.view.parent)),
                \(versions.map(\.view.state)), \(versions.map(\.view.sortKey)), \(texts)
            ) v(kind, id, from_position, to_position, parent, state, sort_key, document)
            """)
    }
}
