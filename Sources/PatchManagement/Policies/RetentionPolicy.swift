package import EventSourcing

/// For how long what happened is kept where. The log is one for all, so that only the policy of the
/// account says it.
package struct RetentionPolicy: Sendable, Equatable {
    /// Events stay in the database for so long before they may be archived.
    package let onlineSeconds: Int
    /// Evidence is kept for so long. Nothing deletes any yet: what counts is kept and shown.
    package let evidenceSeconds: Int

    /// Evidence is kept for at least three years.
    package static let leastEvidence: Int64 = 3 * 366 * 86_400

    /// Until when events stay in the database of which the youngest was recorded at `moment`; nil when
    /// they may be archived now.
    package func staysOnline(recorded moment: Timestamp, at now: Timestamp) -> Timestamp? {
        let end = moment + .seconds(onlineSeconds)
        return now < end ? end : nil
    }
}
