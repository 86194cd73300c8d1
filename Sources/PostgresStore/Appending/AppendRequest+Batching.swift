internal import EventSourcing
internal import FoundationEssentials
internal import Postgres

// What decides with which others a request may share a batch.

extension AppendRequest {
    /// The activity and the timer that it needs to be there.
    var uses: [UUID] {
        [claim?.claim.activity, timer?.id].compactMap { $0 }
    }

    var changesControl: Bool {
        effects.contains {
            switch $0.effect {
            case .control, .calendar: true
            case .schedule, .start, .cancelPending, .endAttempt: false
            }
        }
    }
}

extension PostgresError {
    /// The same command id comes through another process at this moment, and they met on no stream:
    /// asked again, it is answered as repeated or refused as reused.
    var isTwin: Bool { sqlState == .uniqueViolation }
}
