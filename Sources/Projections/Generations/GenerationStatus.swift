package import EventSourcing
internal import Postgres

/// A generation of the read models, for people who run patchflow.
package struct GenerationStatus: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        /// Readers read it, and a projector keeps it up.
        case live
        /// A rebuild is at work on it.
        case building
        /// The rebuild that made it has gone: of no use, dropped by the next one.
        case abandoned
        /// Was live, and is kept for a way back.
        case former
    }

    package let generation: Int
    /// Of the fold that made it.
    package let definition: Int
    package let state: State
    package let position: Int64
    /// How many events the log is ahead of it.
    package let lag: Int64
    /// How long ago the first of those was recorded, in seconds; 0 when there is none.
    package let lagSeconds: Int64
    /// What it is being built for, and where that is to get to.
    package let building: Purpose?
    package let target: Int64?
    package let startedAt: Timestamp
    package let advancedAt: Timestamp?
    package let replacedAt: Timestamp?
    /// How many events could not be folded.
    package let parked: Int
    /// Up to where it was found equal to another fold of the log.
    package let verified: StateHash?
    package let verifiedAt: Timestamp?

    /// What a generation is built for.
    package enum Purpose: String, Sendable {
        /// To take the place of the live one.
        case replace
        /// To prove the live one; dropped afterwards.
        case verify
    }

    package var isLive: Bool { state == .live }

    static let query: Query = """
        select p.generation, p.definition,
            case when p.live then 'live' when p.building is null then 'former'
                when exists (
                    select from pg_locks l
                    where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
                        and l.database = (
                            select oid from pg_database where datname = current_database())
                        and ((l.classid::bigint << 32) | l.objid::bigint)
                            = hashtextextended('patchflow/rebuild/' || p.generation, 0)
                ) then 'building' else 'abandoned' end,
            p.position, greatest(0, h.head - p.position),
            coalesce(greatest(0, extract(epoch from clock_timestamp() - n.recorded_at))::bigint, 0),
            p.building, p.target, p.started_at, p.advanced_at, p.replaced_at, (
                select count(*) from patchflow.projection_parked k
                where k.generation = p.generation),
            p.verified_position, p.verified_hash, p.verified_at
        from patchflow.projections p
        cross join (
            select coalesce(max(position), 0) as head from (
                select position from patchflow.events order by position desc limit 1) e) h
        -- The first that is left: those before it may be archived.
        left join lateral (
            select recorded_at from patchflow.events e where e.position > p.position
            order by e.position limit 1) n on true
        """

    init(_ row: Row) throws {
        generation = Int(try row.decode(Int32.self, at: 0))
        definition = Int(try row.decode(Int32.self, at: 1))
        let word: String = try row.decode(at: 2)
        guard let state = State(rawValue: word) else {
            preconditionFailure("'\(word)' is no state of a generation, and the query says it")
        }
        self.state = state
        position = try row.decode(at: 3)
        lag = try row.decode(at: 4)
        lagSeconds = try row.decode(at: 5)
        building = try row.decode(String?.self, at: 6).flatMap(Purpose.init)
        target = try row.decode(at: 7)
        startedAt = Timestamp(try row.decode(PostgresTimestamp.self, at: 8))
        advancedAt = try row.decode(PostgresTimestamp?.self, at: 9).map(Timestamp.init)
        replacedAt = try row.decode(PostgresTimestamp?.self, at: 10).map(Timestamp.init)
        parked = Int(try row.decode(Int64.self, at: 11))
        let verifiedPosition: Int64? = try row.decode(at: 12)
        let verifiedHash = try row.decode([UInt8]?.self, at: 13).flatMap(Digest.init(bytes:))
        if let verifiedPosition, let verifiedHash {
            verified = StateHash(position: verifiedPosition, digest: verifiedHash)
        } else {
            verified = nil
        }
        verifiedAt = try row.decode(PostgresTimestamp?.self, at: 14).map(Timestamp.init)
    }
}

/// An event that could not be folded, and why.
package struct ParkedEvent: Sendable, Equatable {
    package let generation: Int
    package let position: Int64
    /// Not known of an event that can't be read.
    package let stream: String?
    package let type: String?
    package let reason: String
    package let at: Timestamp
    /// Tries by hand since then.
    package let retries: Int
    package let retriedAt: Timestamp?

    static let query: Query = """
        select generation, position, stream, type, reason, parked_at, retries, retried_at
        from patchflow.projection_parked
        """

    init(_ row: Row) throws {
        generation = Int(try row.decode(Int32.self, at: 0))
        position = try row.decode(at: 1)
        stream = try row.decode(at: 2)
        type = try row.decode(at: 3)
        reason = try row.decode(at: 4)
        at = Timestamp(try row.decode(PostgresTimestamp.self, at: 5))
        retries = Int(try row.decode(Int32.self, at: 6))
        retriedAt = try row.decode(PostgresTimestamp?.self, at: 7).map(Timestamp.init)
    }
}

extension Timestamp {
    init(_ moment: PostgresTimestamp) { self.init(microseconds: moment.microseconds) }
}
