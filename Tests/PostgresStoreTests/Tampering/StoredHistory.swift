import Audit
import EventSourcing
import Foundation
import PatchManagement
import Postgres
import PostgresStore
import Signing
import StoreCheck
import Support
import TransparencyLog

@testable import SimulatedFleet

/// A log of some thousand events, of hosts that were patched twice, as it stands in a real PostgreSQL:
/// sealed, signed, folded into read models, with the keys of people beside it.
struct StoredHistory {
    let log: [RecordedEvent]
    /// How many events each stream has.
    let lengths: [StreamID: Int]
    let documents: [Digest: Document]
    /// Those of them that an event names.
    let named: [Digest]
    let files: SignerFiles
    /// Of the people of whom an event says something encrypted.
    let keys: SubjectKeyDirectory
    let subjects: [StreamID]

    var size: Int64 { Int64(log.count) }
    var shortest: Int { lengths.values.min() ?? 0 }

    private static let made = Task { try await make() }

    static func told() async throws -> StoredHistory { try await made.value }

    private static func make() async throws -> StoredHistory {
        var history = try SimulatedHistory(FleetSettings(seed: 11), assets: 120)
        let keys = SubjectKeyDirectory(path: try makeTestDirectory("people") + "/keys")
        var subjects: [StreamID] = []
        func person(_ number: UInt64) -> StreamID {
            StreamID(
                prefix: "pe",
                .version7(at: Timestamp(seconds: 1_767_225_600), random: (9, number)))
        }
        let administrator = Actor(id: person(99).text, role: Role.administrator.rawValue)
        try history.send(
            .grantRole(.administrator, person: person(99)), to: person(99), PersonDecider.self,
            by: .service(.installer))
        for number in 1...10 {
            let person = person(UInt64(number))
            let key = try await keys.makeKey(of: person)
            var random = SystemRandomNumberGenerator()
            let reason = PersonalText.encrypted(
                key.encrypt("left", in: RoleRevoked.reason(of: person), using: &random))
            for command in [
                PersonCommand.grantRole(.viewer, person: person),
                .revokeRole(.viewer, reason: reason),
            ] {
                try history.send(command, to: person, PersonDecider.self, by: administrator)
            }
            subjects.append(person)
        }
        try history.rollOut()
        try history.rollOut()
        let documents = history.documents
        let named = try history.log.compactMap { event in
            NamedDocuments.digest(namedBy: try LogEntry(event))
        }.filter { documents[$0] != nil }
        return StoredHistory(
            log: history.log,
            lengths: history.log.reduce(into: [:]) { $0[$1.stream] = $1.version },
            documents: documents, named: Set(named).sorted(),
            files: try SignerFiles(), keys: keys, subjects: subjects)
    }

    /// Writes all of it into an empty store, past the appender, as it was recorded.
    func fill(_ options: ConnectionOptions) async throws {
        try await Schema.migrate(options)
        try await withSQL(options) { connection in
            try await connection.query(
                "select patchflow.ensure_event_partitions(\(Int64(log.count)))")
            try await insertStreams(connection)
            for start in stride(from: 0, to: log.count, by: 1000) {
                try await insert(log[start..<min(start + 1000, log.count)], connection)
            }
            for document in documents.values {
                try await connection.execute(
                    """
                    insert into patchflow.documents (sha256, media_type, bytes)
                    values (\(document.digest.bytes), \(document.mediaType), \(document.bytes))
                    """)
            }
        }
        try await serving(options) { store in
            try await sealing(store, files) { try await waitForCheckpoint(of: size, store) }
        }
    }

    private func insertStreams(_ connection: Connection) async throws {
        var extents: [StreamID: (first: Int64, last: Int64, version: Int)] = [:]
        var commands: [UUID: (first: RecordedEvent, last: Int64)] = [:]
        for event in log {
            let first = extents[event.stream]?.first ?? event.position
            extents[event.stream] = (first, event.position, event.version)
            commands[event.commandID] = (
                commands[event.commandID]?.first ?? event, event.position
            )
        }
        let streams = extents.sorted { $0.value.first < $1.value.first }
        try await connection.execute(
            """
            insert into patchflow.streams (key, version, first_position, last_position)
            select * from unnest(
                \(streams.map(\.key.text)), \(streams.map { Int32($0.value.version) }),
                \(streams.map(\.value.first)), \(streams.map(\.value.last)))
            """)
        let all = commands.values.sorted { $0.last < $1.last }
        try await connection.execute(
            """
            insert into patchflow.commands
            select id, sha256(''), first, last, at from unnest(
                \(all.map(\.first.commandID)), \(all.map(\.first.position)), \(all.map(\.last)),
                \(all.map { PostgresTimestamp(microseconds: $0.first.recordedAt.microseconds) })
            ) c(id, first, last, at)
            """)
    }

    private func insert(
        _ events: ArraySlice<RecordedEvent>, _ connection: Connection
    ) async throws {
        try await connection.execute(
            """
            insert into patchflow.events (
                position, stream_id, version, id, type, schema_version, occurred_at,
                recorded_at, actor, actor_role, on_behalf_of, command_id, correlation_id,
                causation_id, data)
            select position, s.id, e.version, e.id, type, schema_version, occurred_at,
                recorded_at, actor, actor_role, on_behalf_of, command_id, correlation_id,
                causation_id, data::json
            from unnest(
                \(events.map(\.position)), \(events.map(\.stream.text)),
                \(events.map { Int32($0.version) }), \(events.map(\.id)),
                \(events.map(\.type)), \(events.map { Int16($0.schemaVersion) }),
                \(events.map { PostgresTimestamp(microseconds: $0.occurredAt.microseconds) }),
                \(events.map { PostgresTimestamp(microseconds: $0.recordedAt.microseconds) }),
                \(events.map(\.actor.id)), \(events.map(\.actor.role)),
                \(events.map(\.actor.onBehalfOf)), \(events.map(\.commandID)),
                \(events.map(\.correlationID)), \(events.map(\.causationID)),
                \(events.map { String(decoding: $0.data, as: UTF8.self) })
            ) e(position, key, version, id, type, schema_version, occurred_at, recorded_at,
                actor, actor_role, on_behalf_of, command_id, correlation_id, causation_id, data)
            join patchflow.streams s using (key)
            """)
    }
}

extension SignerFiles {
    /// A key and a memory of their own that are what those of `files` are.
    init(copying files: SignerFiles) throws {
        directory = try makeTestDirectory("signer")
        key = directory + "/key"
        memory = directory + "/memory"
        verifier = files.verifier
        for (from, to) in [(files.key, key), (files.memory, memory)] {
            try FileManager.default.copyItem(atPath: from, toPath: to)
        }
    }
}

/// What `patchflow audit export` reads, without the server in between.
struct StoreSource: BundleSource {
    let store: PostgresEventStore

    private func file(_ path: String) async throws -> [UInt8] {
        guard let bytes = try await PostgresSealedLog(store: store).file(path) else {
            throw EventStoreError(.corrupted, "\(path) is not there")
        }
        return bytes
    }

    func tile(_ tile: TileID) async throws -> [UInt8] { try await file(tile.description) }

    func entries(_ bundle: BundleID) async throws -> [UInt8] {
        try await file(bundle.description)
    }

    func document(_ digest: Digest) async throws -> [UInt8]? {
        try await store.document(digest)?.bytes
    }
}
