internal import ArgumentParser
internal import EventSourcing
internal import Foundation
internal import Logging
internal import Postgres
internal import PostgresStore
internal import Signing
internal import Synchronization

/// W8: how long after an event is sent a signed checkpoint holds it, at a steady pace.
struct SealBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "W8: the time from sending an event to a signed checkpoint that anybody can read."
    )

    @Option(help: "How long events are sent.")
    var seconds = 20.0
    @Option(help: "Events a second, at even distances.")
    var rate = 500
    @Option(help: "disk, slow or both: how the disk's flush is paid for.")
    var flush = "disk"

    func validate() throws {
        guard flush == "both" || FlushMode(rawValue: flush) != nil else {
            throw ValidationError("--flush '\(flush)': choose disk, slow or both")
        }
        guard seconds > 0, (1...10_000).contains(rate) else {
            throw ValidationError("--seconds must be above 0, --rate from 1 to 10000")
        }
    }

    func run() async throws {
        for mode in FlushMode.allCases where flush == "both" || flush == mode.rawValue {
            try await BenchCluster.with(flush: mode) { cluster in
                try await measure(try await cluster.database("seal"), cluster.directory, mode)
            }
        }
    }

    private func measure(
        _ options: ConnectionOptions, _ directory: URL, _ mode: FlushMode
    ) async throws {
        let files = (
            key: directory.appending(path: "bench.key").path,
            memory: directory.appending(path: "bench.memory").path
        )
        _ = try CheckpointSigner.make(
            origin: "patchflow.example/bench", keyFile: files.key, memoryFile: files.memory)
        let signer = try CheckpointSigner(keyFile: files.key, memoryFile: files.memory)
        let store = PostgresEventStore(options: options)
        let sealer = Sealer(
            store: store, signer: signer, logger: Logger(label: "patchflow.bench"))
        let services = [Task { try await store.run() }, Task { try await sealer.run() }]
        defer { services.forEach { $0.cancel() } }
        let delays = try await SealDelays(store: store, options: options).take(
            rate: rate, seconds: seconds)
        printFigure("W8", "seal_delay_p50\(mode.suffix)", percentile(delays, 0.5), "ms")
        printFigure("W8", "seal_delay_p99\(mode.suffix)", percentile(delays, 0.99), "ms")
        printFigure("W8", "seal_delay_max\(mode.suffix)", delays.max() ?? .nan, "ms")
    }
}

/// Sends events at an even pace and looks when each is in a signed checkpoint.
private final class SealDelays: Sendable {
    private static let look: Duration = .milliseconds(2)

    private let store: PostgresEventStore
    private let options: ConnectionOptions
    /// When the event at each position was sent, from position 1 on.
    private let sent = Mutex<[Int64: ContinuousClock.Instant]>([:])

    init(store: PostgresEventStore, options: ConnectionOptions) {
        self.store = store
        self.options = options
    }

    /// - Returns: The milliseconds of every event.
    func take(rate: Int, seconds: Double) async throws -> [Double] {
        let count = Int64(max(1, Double(rate) * seconds))
        async let signed = times(upTo: count)
        try await send(count, every: .seconds(1) / rate)
        let moments = try await signed
        let starts = sent.withLock { $0 }
        guard starts.count == Int(count), moments.count == Int(count) else {
            throw ValidationError("\(starts.count) of \(count) events were acknowledged")
        }
        return moments.enumerated().compactMap { index, moment in
            starts[Int64(index) + 1].map { (moment - $0).milliseconds }
        }
    }

    private func send(_ count: Int64, every gap: Duration) async throws {
        let begin = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                try await Task.sleep(until: begin + gap * Int(number), tolerance: .zero)
                group.addTask { [self] in
                    let start = ContinuousClock.now
                    let receipt = try await store.append(BenchEvent.request(events: 1))
                    sent.withLock { $0[receipt.firstPosition] = start }
                }
            }
            try await group.waitForAll()
        }
    }

    /// When each event up to `last` was first seen below a signed checkpoint.
    private func times(upTo last: Int64) async throws -> [ContinuousClock.Instant] {
        let connection = try await Connection.open(options)
        var moments: [ContinuousClock.Instant] = []
        while moments.count < Int(last) {
            try await Task.sleep(for: Self.look)
            let size =
                try await connection.query(
                    """
                    select size from patchflow.checkpoints where note is not null
                    order by size desc limit 1
                    """
                ).first?.decode(Int64.self, at: 0) ?? 0
            let now = ContinuousClock.now
            while moments.count < Int(min(size, last)) { moments.append(now) }
        }
        await connection.close()
        return moments
    }
}
