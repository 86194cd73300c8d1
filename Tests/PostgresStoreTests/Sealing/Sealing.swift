import EventSourcing
import Foundation
import Logging
import Postgres
import PostgresStore
import Signing
import Support
import Synchronization
import Testing
import TransparencyLog

/// A signer's key and memory in a directory of their own.
struct SignerFiles {
    let directory: String
    let key: String
    let memory: String
    let verifier: VerifierKey

    init(_ origin: String = "example.org/log") throws {
        directory = try makeTestDirectory("signer")
        key = directory + "/key"
        memory = directory + "/memory"
        verifier = try CheckpointSigner.make(origin: origin, keyFile: key, memoryFile: memory)
    }

    var signer: CheckpointSigner {
        get throws { try CheckpointSigner(keyFile: key, memoryFile: memory) }
    }

    func remove() throws { try FileManager.default.removeItem(atPath: directory) }
}

/// Runs `body` while a sealer works on `store`.
func sealing(
    _ store: PostgresEventStore, _ files: SignerFiles, interval: Duration = .milliseconds(20),
    log: CapturedLog = CapturedLog(), _ body: () async throws -> Void
) async throws {
    var settings = Sealer.Settings()
    settings.interval = interval
    settings.poll = .milliseconds(50)
    settings.pauseAfterHalt = .milliseconds(50)
    let sealer = Sealer(
        store: store, signer: try files.signer, settings: settings, logger: log.logger)
    let service = Task { try await sealer.run() }
    let outcome: Result<Void, any Error>
    do {
        outcome = .success(try await body())
    } catch {
        outcome = .failure(error)
    }
    service.cancel()
    try await service.value
    try outcome.get()
}

/// Waits until the log is sealed and signed for up to `size`.
func waitForCheckpoint(
    of size: Int64, _ store: PostgresEventStore, within limit: Duration = .seconds(20)
) async throws {
    let log = PostgresSealedLog(store: store)
    try await eventually(within: limit) {
        try await log.checkpoint(of: nil)?.size ?? 0 >= size
    }
}

/// The hashes of all entries, made by PostgreSQL itself from its rows: the canonical JSON written in
/// SQL, and hashed there.
func leavesBySQL(_ options: ConnectionOptions) async throws -> [TreeHash] {
    try await withSQL(options) { connection in
        let time = """
            'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
            """
        return try await connection.query(
            """
            select sha256('\\x00'::bytea || convert_to(
                '{"actor":{"id":' || to_json(e.actor)
                || coalesce(',"on_behalf_of":' || to_json(e.on_behalf_of), '')
                || ',"role":' || to_json(e.actor_role) || '}'
                || coalesce(',"causation_id":"' || e.causation_id || '"', '')
                || ',"command_id":"' || e.command_id
                || '","correlation_id":"' || e.correlation_id || '","data":' || e.data
                || ',"id":"' || e.id || '","occurred_at":"'
                || to_char(e.occurred_at at time zone 'UTC', \(unsafe: time))
                || '","position":' || e.position || ',"recorded_at":"'
                || to_char(e.recorded_at at time zone 'UTC', \(unsafe: time))
                || '","schema_version":' || e.schema_version || ',"stream":' || to_json(s.key)
                || ',"type":' || to_json(e.type) || ',"version":' || e.version || '}', 'UTF8'))
            from patchflow.events e join patchflow.streams s on s.id = e.stream_id
            order by e.position
            """
        ).map { row in try #require(TreeHash(bytes: row.decode([UInt8].self, at: 0))) }
    }
}

/// I11: every stored checkpoint is the head of the events up to its size, and signed by the key;
/// the tiles are those of the latest one.
func expectSound(
    _ options: ConnectionOptions, _ store: PostgresEventStore, _ files: SignerFiles
) async throws {
    let leaves = try await leavesBySQL(options)
    var roots: [Int64: TreeHash] = [0: .empty]
    var frontier = TreeFrontier()
    for leaf in leaves {
        frontier.append(leaf)
        roots[frontier.size] = frontier.root
    }
    let rows = try await withSQL(options) {
        try await $0.query("select size, root, note from patchflow.checkpoints order by size")
    }
    for row in rows {
        let size: Int64 = try row.decode(at: 0)
        #expect(try row.decode([UInt8].self, at: 1) == roots[size]?.bytes, "root of \(size)")
        guard let text = try row.decode(String?.self, at: 2) else { continue }
        let checkpoint = try Checkpoint(
            opening: SignedNote(Array(text.utf8)), from: files.verifier.name, by: [files.verifier])
        #expect(checkpoint.head == TreeHead(size: size, root: try #require(roots[size])))
    }
    let latest = try #require(rows.last).decode(Int64.self, at: 0)
    var builder = TileBuilder()
    let tiles = builder.append(leaves.prefix(Int(latest)))
    let stored = try await withSQL(options) {
        try await $0.query("select level, index, hashes from patchflow.tiles order by level, index")
    }.map { row in
        let bytes = try row.decode([UInt8].self, at: 2)
        return try Tile(
            TileID(
                level: Int(row.decode(Int16.self, at: 0)), index: row.decode(at: 1),
                width: bytes.count / 32), bytes: bytes)
    }
    #expect(stored == tiles)
}

/// What was logged at the level critical.
final class CapturedLog: Sendable {
    private let lines = Mutex<[String]>([])

    var critical: [String] { lines.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(log: self) }
    }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .critical

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.lines.withLock { $0.append("\(event.message)") }
        }
    }
}
