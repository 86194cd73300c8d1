internal import EventSourcing
package import Postgres

extension PostgresError {
    /// Whether the same may succeed a little later: the server is away, restarting, full, or chose
    /// this transaction to break a tie. The one place where that is decided.
    package var isPassing: Bool {
        switch code {
        case .connectionLost, .timedOut, .poolExhausted, .closed, .rolledBack,
            .committedInDoubt:
            return true
        case .protocolViolation, .decoding, .cancelled: return false
        case .server:
            guard let sqlState else { return false }
            // 08 connection, 40 rollback, 53 resources, 57 operator intervention, 55P03 lock
            return ["08", "40", "53", "57"].contains(sqlState.errorClass)
                || sqlState == .lockNotAvailable
        }
    }

    /// The same in the words of the store.
    var asStoreError: EventStoreError {
        if mayHaveTakenEffect { return EventStoreError(.inDoubt, description) }
        if code == .poolExhausted { return EventStoreError(.overloaded, description) }
        if sqlState == .readOnly { return EventStoreError(.readOnly, description) }
        if isPassing { return EventStoreError(.unavailable, description) }
        if code == .decoding || [.dataCorrupted, .indexCorrupted].contains(sqlState) {
            return EventStoreError(.corrupted, description)
        }
        return EventStoreError(.failed, description)
    }
}
