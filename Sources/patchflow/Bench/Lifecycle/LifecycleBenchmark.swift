internal import Application
internal import ArgumentParser
internal import EventSourcing
internal import Foundation
internal import Postgres
internal import PostgresStore

/// W3: seven transitions of a patch, each its own durable commit and acknowledgement; and how soon
/// a killed worker's patches go on.
struct LifecycleBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lifecycle",
        abstract: "W3: patches through seven states, each transition committed and acknowledged.")

    @Option(help: "How long each figure is measured.")
    var seconds = 2.0
    @Option(help: "disk, slow or both: how the disk's flush is paid for.")
    var flush = "disk"
    @Option(parsing: .upToNextOption, help: "Numbers of patches under way at once.")
    var streams = [1, 8, 32, 256]
    @Option(help: "How many patches wait when the worker is killed; 0 leaves recovery out.")
    var recover = 200

    func validate() throws {
        guard flush == "both" || FlushMode(rawValue: flush) != nil else {
            throw ValidationError("--flush '\(flush)': choose disk, slow or both")
        }
        guard seconds > 0, streams.allSatisfy({ (1...10_000).contains($0) }) else {
            throw ValidationError("--seconds must be above 0, --streams from 1 to 10000")
        }
    }

    func run() async throws {
        for mode in FlushMode.allCases where flush == "both" || flush == mode.rawValue {
            try await BenchCluster.with(flush: mode) { cluster in
                for count in streams { try await measure(cluster, count, mode) }
                if recover > 0 {
                    let milliseconds = try await RecoveryMeasurement(
                        cluster: cluster, patches: recover
                    ).run()
                    printFigure(
                        "W3", "recover_\(recover)_pending_from_exec\(mode.suffix)", milliseconds,
                        "ms")
                }
            }
        }
    }

    private func measure(_ cluster: BenchCluster, _ count: Int, _ mode: FlushMode) async throws {
        let store = PostgresEventStore(options: try await cluster.database("lifecycle"))
        let service = Task { try await store.run() }
        defer { service.cancel() }
        let bus = CommandBus(store: store)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(0.2 + seconds)
        let begin = end - .seconds(seconds)
        let samples = try await withTaskExecutorPreference(Reactor.shared) {
            try await withThrowingTaskGroup(of: [Double].self) { group in
                for _ in 0..<count {
                    group.addTask { try await Self.keepGoing(bus, from: begin, until: end) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
        let suffix = "c\(count)\(mode.suffix)"
        let transitions = Double(samples.count) / seconds
        printFigure(
            "W3", "lifecycle7_\(suffix)", transitions / Double(BenchLifecycle.states.count),
            "workflows/s")
        printFigure("W3", "transitions_\(suffix)", transitions, "transitions/s")
        printFigure("W3", "transition_p50_\(suffix)", percentile(samples, 0.5), "ms")
        printFigure("W3", "transition_p99_\(suffix)", percentile(samples, 0.99), "ms")
    }

    /// One patch after another; the milliseconds of each transition within the time.
    private static func keepGoing(
        _ bus: CommandBus, from begin: ContinuousClock.Instant, until end: ContinuousClock.Instant
    ) async throws -> [Double] {
        let clock = ContinuousClock()
        var samples: [Double] = []
        while true {
            let stream = StreamID(prefix: BenchLifecycle.prefix, .timeOrdered())
            for number in 1...BenchLifecycle.states.count {
                let start = clock.now
                _ = try await bus.send(
                    .reach(number, worked: false), to: stream, as: BenchLifecycle.self,
                    CommandContext(
                        actor: Actor(id: "bench", role: "workflow"), at: .now,
                        commandID: .timeOrdered()))
                let now = clock.now
                if now >= end { return samples }
                if now >= begin { samples.append((now - start).milliseconds) }
            }
        }
    }
}

extension Duration {
    var milliseconds: Double {
        Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
    }
}
