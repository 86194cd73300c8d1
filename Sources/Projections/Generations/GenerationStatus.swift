package import EventSourcing
internal import Postgres

/// A generation of the read models, for people who run patchflow.
package struct GenerationStatus: Sendable, Equatable {
    package let generation: Int
    /// Of the fold that made it.
    package let definition: Int
    package let isLive: Bool
    package let position: Int64
    /// How many events the log is ahead of it.
    package let lag: Int64
    package let startedAt: Timestamp
    /// How many events could not be folded.
    package let parked: Int

    init(_ row: Row) throws {
        generation = Int(try row.decode(Int32.self, at: 0))
        definition = Int(try row.decode(Int32.self, at: 1))
        isLive = try row.decode(at: 2)
        position = try row.decode(at: 3)
        lag = try row.decode(at: 4)
        let moment: PostgresTimestamp = try row.decode(at: 5)
        startedAt = Timestamp(microseconds: moment.microseconds)
        parked = Int(try row.decode(Int64.self, at: 6))
    }
}

/// An event that could not be folded, and why.
package struct ParkedEvent: Sendable, Equatable {
    package let position: Int64
    package let reason: String
    package let at: Timestamp

    init(_ row: Row) throws {
        position = try row.decode(at: 0)
        reason = try row.decode(at: 1)
        let moment: PostgresTimestamp = try row.decode(at: 2)
        at = Timestamp(microseconds: moment.microseconds)
    }
}
