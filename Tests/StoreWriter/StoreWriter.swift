import EventSourcing
import Foundation
import PatchManagement
import Postgres
import PostgresStore

/// `store-writer HOST DATABASE SEED SECONDS JOURNAL [PAUSE]` appends events of assets, to streams of
/// its own and to ones that all writers share, and keeps a journal of what was sent and answered.
/// What an earlier process left without an answer is sent again first; with 0 seconds only that is
/// done. Each of its tasks waits up to PAUSE milliseconds between two commands (default 4).
@main
struct StoreWriter {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard (6...7).contains(arguments.count), let seed = UInt64(arguments[3]),
            let seconds = Double(arguments[4]),
            let pause = UInt64(arguments.count == 7 ? arguments[6] : "4"), pause > 0
        else {
            FileHandle.standardError.write(
                Data("usage: store-writer HOST DATABASE SEED SECONDS JOURNAL [PAUSE]\n".utf8))
            exit(2)
        }
        let store = PostgresEventStore(
            options: ConnectionOptions(parameters: [
                "host": arguments[1], "dbname": arguments[2], "user": "postgres",
            ]))
        let service = Task { try await store.run() }
        let journal = try WriterJournal(arguments[5])
        let end = ContinuousClock.now + .seconds(seconds)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<6 {
                group.addTask {
                    let random = SplitMix(seed &* 100 &+ UInt64(task))
                    var writer = Writer(
                        store: store, journal: journal, pause: pause * 1000, random: random)
                    for sent in journal.inDoubt.indices where sent % 6 == task {
                        try await writer.append(journal.inDoubt[sent], isNew: false)
                    }
                    try await writer.write(until: end)
                }
            }
            try await group.waitForAll()
        }
        service.cancel()
    }
}

private struct Writer {
    let store: PostgresEventStore
    let journal: WriterJournal
    /// Microseconds.
    let pause: UInt64
    var random: SplitMix
    private var own = WriterJournal.Share(stream: newAsset(), version: 0, events: 1)

    init(
        store: PostgresEventStore, journal: WriterJournal, pause: UInt64, random: SplitMix
    ) {
        self.store = store
        self.journal = journal
        self.pause = pause
        self.random = random
    }

    mutating func write(until end: ContinuousClock.Instant) async throws {
        while ContinuousClock.now < end {
            try await Task.sleep(for: .microseconds(random.next() % pause))
            let streams: [WriterJournal.Share]
            do {
                streams = try await shares()
            } catch let error as EventStoreError where error.isRetryable {
                // The database is away.
                continue
            }
            let sent = WriterJournal.Sent(command: UUID(), streams: streams)
            if try await append(sent, isNew: true) {
                own = WriterJournal.Share(stream: own.stream, version: own.version + 1, events: 1)
            }
            // A new stream now and then.
            if random.next() % 8 == 0 {
                own = WriterJournal.Share(stream: newAsset(), version: 0, events: 1)
            }
        }
    }

    /// One event on the own stream, and in every third command one to three on a shared one.
    private mutating func shares() async throws -> [WriterJournal.Share] {
        guard random.next() % 3 == 0 else { return [own] }
        let shared = registration("shared-\(random.next() % 5)").asset
        var version = 0
        while true {
            let page = try await store.read(shared, after: version, limit: 1000)
            version += page.count
            if page.count < 1000 { break }
        }
        let events = Int(1 + random.next() % 3)
        return [own, WriterJournal.Share(stream: shared, version: version, events: events)]
    }

    /// - Returns: Whether it was appended, now or before.
    @discardableResult
    func append(_ sent: WriterJournal.Sent, isNew: Bool) async throws -> Bool {
        if isNew { journal.send(sent.command, sent.streams) }
        while true {
            do {
                let receipt = try await store.append(try request(sent))
                journal.acknowledged(sent.command, receipt)
                return true
            } catch AppendRefusal.versionConflict {
                // Another writer was first on the shared stream.
                journal.lost(sent.command)
                return false
            } catch let error as EventStoreError where error.isRetryable {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func request(_ sent: WriterJournal.Sent) throws -> AppendRequest {
        AppendRequest(
            context: CommandContext(
                actor: Actor(id: "writer", role: "tester"), at: Timestamp(Date()),
                commandID: sent.command),
            requestDigest: Digest(of: "\(sent.command)"),
            streams: try sent.streams.map { share in
                StreamAppend(
                    stream: share.stream, expectedVersion: share.version,
                    events: try (0..<share.events).map { place in
                        try event(share.version + place, of: share.stream)
                    })
            })
    }

    private func event(_ version: Int, of stream: StreamID) throws -> NewEvent {
        guard version == 0 else {
            return try NewEvent(
                RebootObserved(before: "boot \(version - 1)", after: "boot \(version)"))
        }
        return try NewEvent(
            AssetRegistered(asset: stream, registration: registration(stream.text)))
    }
}

private func registration(_ name: String) -> AssetRegistration {
    AssetRegistration(name: name, address: "192.0.2.1")
}

private func newAsset() -> StreamID { StreamID(prefix: AssetDecider.prefix, UUID()) }

/// Random numbers from a seed. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators".
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
