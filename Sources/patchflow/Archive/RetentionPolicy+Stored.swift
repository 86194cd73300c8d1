internal import EventSourcing
internal import PatchManagement
internal import PostgresStore

extension RetentionPolicy {
    /// The one that counts now, from the stream of the account's policy: never from a view, which may
    /// be behind.
    static func current(in store: PostgresEventStore) async throws -> RetentionPolicy {
        var policy = PolicyDecider.initialState
        var version = 0
        let page = 1000
        while true {
            let events = try await store.read(
                PolicyScope.account.policy, after: version, limit: page)
            for event in events {
                PolicyDecider.evolve(
                    &policy,
                    try PolicyEvent(
                        type: event.type, schemaVersion: event.schemaVersion, data: event.data))
                version = event.version
            }
            if events.count < page { break }
        }
        let book = PolicyBook(policy.published.map { [$0] } ?? [])
        return book.effective(for: PolicyPath()).retention
    }

    /// Until when the events of a partition stay in the database; nil when they may be archived now.
    func staysOnline(
        _ range: ClosedRange<Int64>, in store: PostgresEventStore, at now: Timestamp
    ) async throws -> Timestamp? {
        guard let last = try await store.read(after: range.upperBound - 1, limit: 1).first else {
            return nil
        }
        return staysOnline(recorded: last.recordedAt, at: now)
    }
}
