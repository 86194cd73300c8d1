internal import EventSourcing
internal import Foundation
internal import Postgres

/// Events that were made elsewhere, put into an empty log past the appender.
enum RecordedLog {
    private static let page = 1000

    static func write(_ log: [RecordedEvent], on connection: Connection) async throws {
        var extents: [StreamID: (first: Int64, last: Int64, version: Int)] = [:]
        for event in log {
            let first = extents[event.stream]?.first ?? event.position
            extents[event.stream] = (first, event.position, event.version)
        }
        try await connection.query(
            "select patchflow.ensure_event_partitions(\(Int64(log.count)))")
        let streams = extents.sorted { $0.value.first < $1.value.first }
        try await connection.execute(
            """
            insert into patchflow.streams (key, version, first_position, last_position)
            select * from unnest(
                \(streams.map(\.key.text)), \(streams.map { Int32($0.value.version) }),
                \(streams.map(\.value.first)), \(streams.map(\.value.last)))
            """)
        for start in stride(from: 0, to: log.count, by: page) {
            let events = log[start..<min(start + page, log.count)]
            try await connection.execute(
                """
                insert into patchflow.events (
                    position, stream_id, version, id, type, schema_version, occurred_at,
                    recorded_at, actor, actor_role, on_behalf_of, command_id, correlation_id,
                    causation_id, data)
                select position, s.id, e.version, e.id, type, schema_version, occurred_at,
                    recorded_at, actor, actor_role, on_behalf_of, command_id, correlation_id,
                    causation_id, data::json
                from unnest(
                    \(events.map(\.position)), \(events.map(\.stream.text)),
                    \(events.map { Int32($0.version) }), \(events.map(\.id)),
                    \(events.map(\.type)), \(events.map { Int16($0.schemaVersion) }),
                    \(events.map { PostgresTimestamp(microseconds: $0.occurredAt.microseconds) }),
                    \(events.map { PostgresTimestamp(microseconds: $0.recordedAt.microseconds) }),
                    \(events.map(\.actor.id)), \(events.map(\.actor.role)),
                    \(events.map(\.actor.onBehalfOf)), \(events.map(\.commandID)),
                    \(events.map(\.correlationID)), \(events.map(\.causationID)),
                    \(events.map { String(decoding: $0.data, as: UTF8.self) })
                ) e(position, key, version, id, type, schema_version, occurred_at, recorded_at,
                    actor, actor_role, on_behalf_of, command_id, correlation_id, causation_id, data)
                join patchflow.streams s using (key)
                """)
        }
    }
}
