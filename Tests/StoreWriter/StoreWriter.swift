import EventSourcing
import Foundation
import Postgres
import PostgresStore

/// `store-writer HOST DATABASE SEED SECONDS` appends to streams of its own and to ones that all
/// writers share, and prints a line `COMMAND FIRST LAST` for each command that was acknowledged.
@main
struct StoreWriter {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let seed = UInt64(arguments[3]),
            let seconds = Double(arguments[4])
        else {
            FileHandle.standardError.write(
                Data("usage: store-writer HOST DATABASE SEED SECONDS\n".utf8))
            exit(2)
        }
        let store = PostgresEventStore(
            options: ConnectionOptions(parameters: [
                "host": arguments[1], "dbname": arguments[2], "user": "postgres",
            ]))
        let service = Task { try await store.run() }
        let end = ContinuousClock.now + .seconds(seconds)
        let lines = try await withThrowingTaskGroup(of: [String].self) { group in
            for task in 0..<6 {
                group.addTask {
                    var writer = Writer(store: store, random: SplitMix(seed &* 100 &+ UInt64(task)))
                    return try await writer.write(until: end)
                }
            }
            var lines: [String] = []
            for try await more in group { lines += more }
            return lines
        }
        service.cancel()
        FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}

private struct Writer {
    let store: PostgresEventStore
    var random: SplitMix
    private var own: (stream: StreamID, version: Int)

    init(store: PostgresEventStore, random: SplitMix) {
        self.store = store
        self.random = random
        own = (StreamID(prefix: "ow", UUID()), 0)
    }

    mutating func write(until end: ContinuousClock.Instant) async throws -> [String] {
        var lines: [String] = []
        while ContinuousClock.now < end {
            try await Task.sleep(for: .microseconds(random.next() % 4000))
            let command = UUID()
            do {
                let receipt = try await store.append(try await request(command))
                lines.append("\(command) \(receipt.firstPosition) \(receipt.lastPosition)")
                own.version += 1
                // A new stream now and then.
                if random.next() % 8 == 0 { own = (StreamID(prefix: "ow", UUID()), 0) }
            } catch AppendRefusal.versionConflict {
                // Another writer was first on the shared stream: read again.
            }
        }
        return lines
    }

    /// One event on the own stream, and in every third command one to three on a shared one.
    private mutating func request(_ command: UUID) async throws -> AppendRequest {
        var streams = [
            StreamAppend(stream: own.stream, expectedVersion: own.version, events: [event()])
        ]
        if random.next() % 3 == 0 {
            let number = random.next() % 5
            let shared = StreamID(
                prefix: "sh", .version5(namespace: Self.namespace, name: "\(number)"))
            let version = try await store.read(shared, after: 0, limit: 1_000_000).count
            let events = (0...(random.next() % 3)).map { _ in event() }
            streams.append(
                StreamAppend(stream: shared, expectedVersion: version, events: events))
        }
        return AppendRequest(
            context: CommandContext(
                actor: Actor(id: "writer", role: "tester"), at: Timestamp(Date()),
                commandID: command),
            requestDigest: Digest(of: "\(command)"), streams: streams)
    }

    private func event() -> NewEvent {
        NewEvent(type: "Written", schemaVersion: 1, data: Array(#"{"by":"store-writer"}"#.utf8))
    }

    private static let namespace = UUID(
        uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
}

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
