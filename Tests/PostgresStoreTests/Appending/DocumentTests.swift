import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Testing

@Suite(.timeLimit(.minutes(1))) struct DocumentTests {
    @Test func documentsComeWithTheirCommandAndOnce() async throws {
        try await withStore { store, options in
            let large = Document(
                mediaType: "application/json", bytes: (0..<1_000_000).map { UInt8($0 % 251) })
            var first = request(newStream())
            first.documents = [large, Document(mediaType: "text/plain", bytes: [1])]
            _ = try await store.append(first)
            var second = request(newStream())
            second.documents = [large]
            _ = try await store.append(second)
            #expect(try await store.document(large.digest) == large)
            #expect(try await store.document(Digest(of: "never stored")) == nil)
            let count = try await withSQL(options) {
                try await $0.query("select count(*) from patchflow.documents")
            }
            #expect(try count[0][0] == 2)
        }
    }

    @Test(arguments: Backend.allCases)
    func aRefusedCommandLeavesNoDocument(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let document = Document(mediaType: "text/plain", bytes: Array("secret".utf8))
            var refused = request(newStream(), at: 7)
            refused.documents = [document]
            await #expect(throws: AppendRefusal.self) { try await store.append(refused) }
            let stored = try await store.document(document.digest)
            #expect(stored == nil)
        }
    }

    @Test func aDocumentThatWasTamperedWithIsNotHandedOut() async throws {
        try await withStore { store, options in
            let document = Document(mediaType: "text/plain", bytes: Array("evidence".utf8))
            var command = request(newStream())
            command.documents = [document]
            _ = try await store.append(command)
            try await withSQL(options) {
                try await $0.execute("update patchflow.documents set bytes = 'forged'::bytea")
            }
            let error = await #expect(throws: EventStoreError.self) {
                try await store.document(document.digest)
            }
            #expect(error?.code == .corrupted)
        }
    }
}
