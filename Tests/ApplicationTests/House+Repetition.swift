import Application
import EventSourcing
import PatchManagement
import Postgres
import Testing

/// What processes that read the log do when they are told all of it again.
extension House {
    /// I10, I11: a process that died before it noted how far it had come says all of it again, and
    /// nothing new comes of it.
    ///
    /// - Parameter subscriber: As its place in the log is kept: `coordinator`, `exceptions`.
    func expectNothingRepeated(
        by subscriber: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await settle(subscriber)
        _ = try await database.query(
            "delete from patchflow.subscription_notes where name = \(subscriber)")
        _ = try await database.query(
            "update patchflow.subscriptions set position = 0 where name = \(subscriber)")
        let last = try await useCases.watchFeed(
            FeedRegistration(name: "debian", kind: .osv, team: "others"), order(alice))
        try await settle(subscriber)
        let head = try await store.head()
        #expect(head == last.position, sourceLocation: sourceLocation)
    }

    /// Waits until the log stands still and the subscriber has read all of it.
    private func settle(_ subscriber: String) async throws {
        try await wait("the log to stand still") {
            let head = try await store.head()
            try await Task.sleep(for: .milliseconds(500))
            let rows = try await database.query(
                "select position from patchflow.subscriptions where name = \(subscriber)")
            let reached = try rows.first?.decode(Int64.self, at: 0)
            return try await store.head() == head && reached == head
        }
    }
}
