internal import EventSourcing
internal import FoundationEssentials
internal import Postgres

// The values of EventSourcing as PostgreSQL keeps them.

extension Timestamp {
    var postgres: PostgresTimestamp { PostgresTimestamp(microseconds: microseconds) }

    init(_ moment: PostgresTimestamp) {
        self.init(microseconds: moment.microseconds)
    }
}

extension StreamID {
    /// - Throws: `EventStoreError.corrupted` for a key that isn't one.
    init(stored text: String) throws {
        guard let id = StreamID(text) else {
            throw EventStoreError(.corrupted, "'\(text)' in the database is not a stream's id")
        }
        self = id
    }
}

extension Digest {
    init(stored bytes: [UInt8]) throws {
        guard let digest = Digest(bytes: bytes) else {
            throw EventStoreError(.corrupted, "a digest in the database has \(bytes.count) bytes")
        }
        self = digest
    }
}
