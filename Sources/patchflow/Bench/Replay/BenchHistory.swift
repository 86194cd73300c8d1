internal import EventSourcing
internal import Foundation
internal import PatchManagement
internal import Postgres
internal import SimulatedFleet

/// A simulated history in a database, put there past the appender: for workloads that only read.
struct BenchHistory {
    /// The stream that is loaded again and again, and how many events it has.
    let longStream: StreamID
    let longStreamLength: Int
    let count: Int

    private static let page = 1000

    /// Fills the empty log of `options` with `entries` events or a few more, and one asset's stream
    /// of `length` events behind them.
    init(
        _ options: ConnectionOptions, entries: Int, assets: Int, seed: UInt64, length: Int = 1000
    ) async throws {
        var history = try SimulatedHistory(FleetSettings(seed: seed), assets: assets)
        while history.log.count < entries { try history.rollOut() }
        let long = try Self.long(history.log, length)
        var log = history.log
        log += long
        let connection = try await Connection.open(options)
        try await Self.write(log, on: connection)
        try await connection.query("vacuum analyze patchflow.events")
        try await connection.query("vacuum analyze patchflow.streams")
        try await connection.query("checkpoint")
        await connection.close()
        longStream = long[0].stream
        longStreamLength = long.count
        count = log.count
    }

    /// An asset that is scanned again and again.
    private static func long(_ log: [RecordedEvent], _ length: Int) throws -> [RecordedEvent] {
        guard let last = log.last,
            let registered = log.first(where: { $0.stream.prefix == AssetDecider.prefix[...] })
        else { throw BenchFailure(reason: "the history has no asset") }
        let own = log.filter { $0.stream == registered.stream }
        guard let repeated = own.last else {
            throw BenchFailure(reason: "an asset has no event")
        }
        let stream = StreamID(prefix: AssetDecider.prefix, .timeOrdered())
        return (1...length).map { version in
            let event = version <= own.count ? own[version - 1] : repeated
            return RecordedEvent(
                position: last.position + Int64(version), stream: stream, version: version,
                id: .timeOrdered(), type: event.type, schemaVersion: event.schemaVersion,
                occurredAt: last.occurredAt, recordedAt: last.recordedAt, actor: event.actor,
                commandID: event.commandID, correlationID: event.correlationID,
                causationID: event.causationID, data: event.data)
        }
    }

    private static func write(_ log: [RecordedEvent], on connection: Connection) async throws {
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
