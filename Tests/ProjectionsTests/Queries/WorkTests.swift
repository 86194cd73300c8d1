import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import PostgresStore
import Testing

@testable import Projections

/// Activities and workers, live from the queue.
@Suite struct WorkTests {
    @Test func workIsShownAsItIsDueClaimedAndPutBack() async throws {
        try await withBooks { books in
            let queue = PostgresActivityQueue(store: books.postgres)
            let assets = (1...3).map {
                AssetRegistration(name: "web-\($0)", address: "10.0.0.\($0)")
            }
            for asset in assets {
                try await tell(.register(asset), asset, books)
                try await tell(.requestScan(.inventory), asset, books)
            }
            #expect(try await activities(books).map(\.state) == ["due", "due", "due"])
            #expect(try await activities(books).allSatisfy { $0.attempt == 0 && $0.worker == nil })

            let worker = UUID()
            try await queue.heartbeat(worker: worker, name: "one", lease: .seconds(60))
            let claimed = try await queue.claim(worker: worker, queues: ["default"], limit: 2)
            #expect(claimed.count == 2)
            let held = try await activities(books, state: "claimed")
            #expect(held.count == 2)
            #expect(held.allSatisfy { $0.worker == worker.text && $0.attempt == 1 })
            #expect(Set(held.compactMap(\.fence)) == Set(claimed.map(\.claim.fence)))
            #expect(held.allSatisfy { $0.leaseUntil != nil && $0.kind == "inventory" })

            try await queue.release(claimed[0].claim, after: .seconds(600), reason: "busy")
            let delayed = try await activities(books, state: "delayed")
            #expect(delayed.map(\.id) == [claimed[0].id.text])
            #expect(delayed.map(\.lastReason) == ["busy"])
            #expect(try await activities(books, state: "due").count == 1)

            var request = ListRequest(.activity)
            request.parent = claimed[1].stream.text
            let own = try await books.reads.list(request).views
            #expect(own.map(\.id) == [claimed[1].id.text])
            let key = ViewKey(.activity, claimed[1].id.text)
            #expect(try await books.reads.find(key, asOf: nil) == own.first)
            #expect(try await books.reads.find(ViewKey(.activity, "no-id"), asOf: nil) == nil)

            request = ListRequest(.activity)
            request.limit = 1
            #expect(try await books.wholeList(request).count == 3)
        }
    }

    @Test func workersAreShownWithWhatTheyHold() async throws {
        try await withBooks { books in
            let queue = PostgresActivityQueue(store: books.postgres)
            let asset = AssetRegistration(name: "web-1", address: "10.0.0.1")
            try await tell(.register(asset), asset, books)
            try await tell(.requestScan(.inventory), asset, books)
            let one = UUID()
            let two = UUID()
            try await queue.heartbeat(worker: one, name: "one", lease: .seconds(60))
            try await queue.heartbeat(worker: two, name: "two", lease: .milliseconds(1))
            _ = try await queue.claim(worker: one, queues: ["default"], limit: 5)
            try await Task.sleep(for: .milliseconds(5))
            var request = ListRequest(.worker)
            request.limit = 1
            let workers = try await books.wholeList(request).map {
                try ViewJSON.decode(WorkerDocument.self, from: $0.document)
            }
            #expect(workers.map(\.name) == ["one", "two"])
            #expect(workers.map(\.state) == ["live", "expired"])
            #expect(workers.map(\.held) == [1, 0])
            request.state = "expired"
            #expect(try await books.wholeList(request).map(\.id) == [two.text])
        }
    }

    @Test(arguments: [ViewKind.activity, .worker, .projection])
    func whatHasNoPastSaysSo(kind: ViewKind) async throws {
        try await withBooks { books in
            var request = ListRequest(kind)
            request.asOf = 0
            await #expect(throws: InvalidInput.self) { try await books.reads.list(request) }
            request.asOf = nil
            request.fields = ["colour": "red"]
            await #expect(throws: InvalidInput.self) { try await books.reads.list(request) }
            request.fields = [:]
            request.state = "purple"
            await #expect(throws: InvalidInput.self) { try await books.reads.list(request) }
        }
    }

    private func activities(
        _ books: Books, state: String? = nil
    ) async throws -> [ActivityDocument] {
        var request = ListRequest(.activity)
        request.state = state
        return try await books.wholeList(request).map {
            try ViewJSON.decode(ActivityDocument.self, from: $0.document)
        }
    }

    private func tell(
        _ command: AssetCommand, _ asset: AssetRegistration, _ books: Books
    ) async throws {
        _ = try await books.bus.send(
            command, to: asset.asset, as: AssetDecider.self,
            CommandContext(
                actor: Actor(id: "pe_1", role: "vendorWatch"),
                at: Timestamp(seconds: 1_767_225_600), commandID: UUID()))
    }
}
