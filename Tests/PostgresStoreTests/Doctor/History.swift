import EventSourcing
import Foundation
import Postgres
import PostgresStore
import StoreCheck
import Support
import TransparencyLog

/// A small store with something of everything: 600 sealed events in streams of several versions, a
/// document that an event names, work that is waiting, claimed and permitted, a timer, a subscriber.
enum History {
    /// The database is cloned for each test, and what was sealed is signed by one key.
    static let files = Result { try SignerFiles() }
    static let size: Int64 = 600
    /// Its first three versions lie at positions 1 to 3.
    static let stream = StreamID(
        prefix: "te", UUID(uuidString: "00000000-0000-4000-8000-00000000000a") ?? UUID())
    static let document = Document(mediaType: "text/plain", bytes: Array("a report".utf8))

    static func fill(_ options: ConnectionOptions) async throws {
        try await Schema.migrate(options)
        try await serving(options) { store in
            for version in 0..<3 { _ = try await store.append(request(stream, at: version)) }
            let asset = newStream("as")
            _ = try await store.append(request(asset))
            var naming = request(newStream(), body: #"{"document":"\#(document.digest)"}"#)
            naming.documents = [document]
            _ = try await store.append(naming)
            let dispatch = try await Dispatch(store)
            try await dispatch.control(ControlChange(scope: ControlChange.globe, capacity: 4))
            try await dispatch.intend(asset, try await dispatch.claim(asset))
            let timer = NewTimer(
                name: "soak", due: Timestamp(Date()) + .seconds(3600), data: Array("{}".utf8))
            _ = try await store.append(
                request(
                    newStream(), effects: [.schedule(install(on: asset)), .start(timer)]))
            _ = try await store.subscriptions.advance("runner", from: 0, to: 3, notes: [:])
            while try await store.head() < size - 10 {
                _ = try await store.append(request(newStream(), events: 7))
            }
            let rest = Int(size - (try await store.head()))
            _ = try await store.append(request(newStream(), events: rest))
            try await sealing(store, files.get()) { try await waitForCheckpoint(of: size, store) }
        }
    }

    /// Of events that name one as this history does.
    static let documentNames: StoreDoctor.DocumentNames = { entry in
        let text = String(decoding: entry.bytes, as: UTF8.self)
        return text.firstMatch(of: /"document":"([0-9a-f]{64})"/).flatMap { Digest(String($0.1)) }
    }
}

/// Runs `body` with a copy of the history, and its doctor.
func withHistory(
    _ body: (ConnectionOptions, StoreDoctor) async throws -> Void
) async throws {
    try await TestCluster.shared.makeTemplate("history_template") { try await History.fill($0) }
    let key = try History.files.get().verifier
    try await withDatabase(template: "history_template") { options in
        try await body(options, .auditing(options, keys: [key]))
    }
}

extension StoreDoctor {
    static func auditing(_ options: ConnectionOptions, keys: [VerifierKey]) -> StoreDoctor {
        StoreDoctor(
            options: options.with(user: DatabaseRole.auditor.name), keys: keys,
            documentNames: History.documentNames)
    }
}

extension StoreReport {
    /// Each finding with the name of its check before it.
    var words: [String] {
        checks.flatMap { check in
            check.findings.map {
                "\(check.name): \($0.kind.rawValue) \($0.position ?? 0): \($0.reason)"
            }
        }
    }
}
