import Application
import EventSourcing
import Foundation
import JSON
import Logging
import PatchManagement
import PostgresStore
import Testing

@testable import Orchestration

/// What the monitor takes up when it starts.
@Suite("The monitor starts with what it kept, whatever that was", .timeLimit(.minutes(2)))
struct RestoredNotesTests {
    /// The notes of a monitor from before they told environments.
    private func oldNotes(
        _ subscriptions: some SubscriptionStore, _ house: House
    ) async throws -> [String: [UInt8]?] {
        try await house.wait("five notes") {
            try await subscriptions.notes(of: "findings", after: "as_", limit: 5).count == 5
        }
        var old: [String: [UInt8]?] = [:]
        for (key, note) in try await subscriptions.notes(of: "findings", after: "as_", limit: 5) {
            guard case .object(var members) = try CanonicalJSON.decode(JSONValue.self, from: note)
            else { continue }
            members["environment"] = nil
            members["group"] = nil
            old[key] = try CanonicalJSON.encode(JSONValue.object(members))
        }
        return old
    }

    @Test("Old notes are completed once; a stream that can't be read is passed over")
    func completed() async throws {
        try await withHouse { house in
            try await house.discover()
            let subscriptions = PostgresSubscriptionStore(
                store: try #require(house.store as? PostgresEventStore))
            var old = try await oldNotes(subscriptions, house)
            #expect(old.count == 5)
            let nonsense = StreamID(prefix: AssetDecider.prefix, UUID())
            old[nonsense.text] = Array("[]".utf8)
            #expect(try await subscriptions.advance("old", from: 0, to: 1, notes: old))

            let damaged = UnreadableStream(store: house.store, stream: House.asset("web-2"))
            var books = try await FindingBooks(
                store: damaged, subscriptions, name: "old", logger: Logger(label: "test"))
            for name in ["web-1", "web-2"] {
                let watched = try #require(books.monitor.watched(asset: House.asset(name)))
                #expect(watched.lacksGroup == (name == "web-2"))
            }
            let notes = try #require(try books.takeCompletedNotes())
            #expect(notes.count == 4)
            #expect(try books.takeCompletedNotes() == nil)
            #expect(try await subscriptions.advance("old", from: 1, to: 1, notes: notes))

            // Nothing but the one that could not be read is left to be done.
            var again = try await FindingBooks(
                store: house.store, subscriptions, name: "old", logger: Logger(label: "test"))
            #expect(
                try again.takeCompletedNotes()?.keys.sorted() == [House.asset("web-2").text])
        }
    }

    /// As after an upgrade from a program that watched no patches.
    @Test("Patches from before they were watched are taken up from the log, once")
    func patches() async throws {
        try await withHouse { house in
            let patch = try await house.acquired()
            let subscriptions = PostgresSubscriptionStore(
                store: try #require(house.store as? PostgresEventStore))
            let head = try await house.store.head()
            #expect(try await subscriptions.advance("old", from: 0, to: head, notes: [:]))
            var books = try await FindingBooks(
                store: house.store, subscriptions, name: "old", upTo: head,
                logger: Logger(label: "test"))
            #expect(books.monitor.watched(patch: patch) != nil)
            let reports = books.takeFlawReports(at: house.clock.now)
            #expect(reports.map(\.patch) == [patch])
            let notes = try books.takeAllNotes()
            #expect(notes[patch.text] != nil && notes.count == 2)
            #expect(try await subscriptions.advance("old", from: head, to: head, notes: notes))
            var again = try await FindingBooks(
                store: house.store, subscriptions, name: "old", upTo: head,
                logger: Logger(label: "test"))
            #expect(again.monitor.watched(patch: patch) != nil)
            #expect(again.takeFlawReports(at: house.clock.now).isEmpty, "told before")
            #expect(try again.takeAllNotes().isEmpty)
        }
    }
}

/// The real store, in which one stream is damaged.
private struct UnreadableStream: EventStore {
    let store: any EventStore
    let stream: StreamID

    func append(_ request: AppendRequest) async throws -> AppendReceipt {
        try await store.append(request)
    }

    func receipt(for commandID: UUID, requestDigest: Digest) async throws -> AppendReceipt? {
        try await store.receipt(for: commandID, requestDigest: requestDigest)
    }

    func read(
        _ stream: StreamID, after version: Int, limit: Int
    ) async throws -> [RecordedEvent] {
        if stream == self.stream { throw EventStoreError(.corrupted, "a damaged page") }
        return try await store.read(stream, after: version, limit: limit)
    }

    func read(after position: Int64, limit: Int) async throws -> [RecordedEvent] {
        try await store.read(after: position, limit: limit)
    }

    func head() async throws -> Int64 { try await store.head() }

    func document(_ digest: Digest) async throws -> Document? {
        try await store.document(digest)
    }

    var eventBell: any Bell { store.eventBell }
}
