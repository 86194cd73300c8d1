internal import ArgumentParser
internal import EventSourcing
internal import Foundation
internal import Postgres
internal import PostgresStore

/// W4: how many activities two workers get through, each completed durably with its event; and how
/// soon a single one starts.
struct DispatchBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dispatch",
        abstract: "W4: activities claimed, run as a no-op, and completed durably with an event.")

    @Option(help: "disk, slow or both: how the disk's flush is paid for.")
    var flush = "disk"
    @Option(help: "How many activities.")
    var activities = 40_000
    @Option(help: "How many worker processes.")
    var workers = 2
    @Option(help: "How many single ones for the latency, 20 ms apart.")
    var singles = 150

    func validate() throws {
        guard flush == "both" || FlushMode(rawValue: flush) != nil else {
            throw ValidationError("--flush '\(flush)': choose disk, slow or both")
        }
        guard (1...1_000_000).contains(activities), (1...16).contains(workers), singles > 0 else {
            throw ValidationError("--activities 1 to 1000000, --workers 1 to 16, --singles above 0")
        }
    }

    func run() async throws {
        for mode in FlushMode.allCases where flush == "both" || flush == mode.rawValue {
            try await BenchCluster.with(flush: mode) { cluster in
                try await measureThroughput(cluster, mode)
                try await measureLatency(cluster, mode)
            }
        }
    }

    private func measureThroughput(_ cluster: BenchCluster, _ mode: FlushMode) async throws {
        let options = try await cluster.database("dispatch")
        let stamp = Date().timeIntervalSince1970
        try await DispatchWork.enqueue(activities, on: options, at: stamp)
        let maintenance = try await Connection.open(options)
        try await maintenance.query("checkpoint")
        await maintenance.close()
        let reports = try await withThrowingTaskGroup(of: DispatchReport.self) { group in
            for number in 1...workers {
                group.addTask {
                    try await DispatchWorker.run(options, number: number, until: .empty)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let done = reports.reduce(0) { $0 + $1.done }
        guard done == activities else {
            throw ValidationError("\(done) activities were done instead of \(activities)")
        }
        let begin = reports.map(\.firstStart).min() ?? 0
        let end = reports.map(\.lastEnd).max() ?? 0
        printFigure(
            "W4", "execute_\(workers)w\(mode.suffix)", Double(done) / (end - begin), "jobs/s")
        let size = reports.map(\.residentMiB).max() ?? 0
        printFigure("W4", "worker_rss\(mode.suffix)", size, "MiB")
    }

    private func measureLatency(_ cluster: BenchCluster, _ mode: FlushMode) async throws {
        let options = try await cluster.database("latency")
        async let report = DispatchWorker.run(options, number: 1, until: .done(singles))
        // Until the worker listens.
        try await Task.sleep(for: .seconds(1))
        let store = PostgresEventStore(options: options)
        let service = Task { try await store.run() }
        defer { service.cancel() }
        for _ in 0..<singles {
            _ = try await store.append(DispatchWork.request(at: Date().timeIntervalSince1970))
            try await Task.sleep(for: .milliseconds(20))
        }
        let latencies = try await report.latencies
        printFigure("W4", "defer_to_start_p50\(mode.suffix)", percentile(latencies, 0.5), "ms")
        printFigure("W4", "defer_to_start_p99\(mode.suffix)", percentile(latencies, 0.99), "ms")
    }
}

/// The activities of `DispatchBenchmark`: each on a stream of its own, scheduled by an event.
enum DispatchWork {
    static func request(at seconds: Double) -> AppendRequest {
        let id = UUID.timeOrdered()
        let stream = StreamID(prefix: "bd", id)
        var request = AppendRequest(
            context: CommandContext(
                actor: Actor(id: "bench", role: "workflow"), at: .now, commandID: id),
            requestDigest: Digest(of: id.text),
            streams: [
                StreamAppend(
                    stream: stream, expectedVersion: 0,
                    events: [
                        NewEvent(
                            type: "BenchQueued", schemaVersion: 1, data: Array("{}".utf8))
                    ])
            ])
        request.effects = [
            ScheduledEffect(
                stream: stream, eventID: AppendRequest.eventID(commandID: id, index: 0), index: 0,
                effect: .schedule(
                    NewActivity(
                        kind: "noop",
                        data: Array(#"{"at":"\#(Int64(seconds * 1_000_000))"}"#.utf8))))
        ]
        return request
    }

    static func enqueue(
        _ count: Int, on options: ConnectionOptions, at seconds: Double
    ) async throws {
        let store = PostgresEventStore(options: options)
        let service = Task { try await store.run() }
        defer { service.cancel() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                if number >= 512 { try await group.next() }
                group.addTask { _ = try await store.append(request(at: seconds)) }
            }
            try await group.waitForAll()
        }
    }
}
