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
        try await RecordedLog.write(log, on: connection)
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
}
