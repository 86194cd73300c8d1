internal import ArgumentParser
internal import EventSourcing
internal import Foundation
internal import Postgres
internal import PostgresStore

/// W1: events appended a second, each acknowledged when it is durable.
struct AppendBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append",
        abstract: "W1: submitters that append an event each and wait for its acknowledgement.")

    @Option(help: "How long each figure is measured.")
    var seconds = 2.0
    @Option(help: "disk, slow or both: how the disk's flush is paid for.")
    var flush = "both"
    @Option(
        parsing: .upToNextOption,
        help: "Numbers of submitters in one process.")
    var submitters = [1, 8, 32, 256]
    @Flag(help: "Leaves out the runs over 2 and 4 processes.")
    var singleProcess = false

    func validate() throws {
        guard flush == "both" || FlushMode(rawValue: flush) != nil else {
            throw ValidationError("--flush '\(flush)': choose disk, slow or both")
        }
        guard seconds > 0, submitters.allSatisfy({ (1...10_000).contains($0) }) else {
            throw ValidationError("--seconds must be above 0, --submitters from 1 to 10000")
        }
    }

    func run() async throws {
        for mode in FlushMode.allCases where flush == "both" || flush == mode.rawValue {
            try await BenchCluster.with(flush: mode) { try await measure($0, mode) }
        }
    }

    private func measure(_ cluster: BenchCluster, _ mode: FlushMode) async throws {
        for count in submitters {
            let rate = try await rate(cluster, processes: 1, submitters: count, events: 1)
            printFigure("W1", "append1_c\(count)\(mode.suffix)", rate, "events/s")
        }
        let hundred = try await rate(cluster, processes: 1, submitters: 1, events: 100)
        printFigure("W1", "append100_c1\(mode.suffix)", hundred, "events/s")
        guard !singleProcess else { return }
        for processes in [1, 2, 4] {
            let rate = try await rate(
                cluster, processes: processes, submitters: 256 / processes, events: 1)
            printFigure("W1", "append1_c256_p\(processes)\(mode.suffix)", rate, "events/s")
        }
    }

    /// Events a second over all processes, within the seconds in which all of them ran.
    private func rate(
        _ cluster: BenchCluster, processes: Int, submitters: Int, events: Int
    ) async throws -> Double {
        let options = try await cluster.database("append")
        let start = Date().timeIntervalSince1970 + 0.3 + 0.2 * Double(processes)
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<processes {
                group.addTask {
                    try await AppendBenchmarkProcess.launch(
                        options, submitters: submitters, events: events, start: start,
                        seconds: seconds)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return Double(counts.reduce(0, +)) / seconds
    }
}

/// One process of `AppendBenchmark`: prints how many of its events were acknowledged in time.
struct AppendBenchmarkProcess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append-process", shouldDisplay: false)

    @OptionGroup var target: BenchDatabaseOptions
    @Option var submitters: Int
    @Option var events: Int
    @Option var start: Double
    @Option var seconds: Double

    static func launch(
        _ options: ConnectionOptions, submitters: Int, events: Int, start: Double, seconds: Double
    ) async throws -> Int {
        let printed = try await BenchProcess.output(
            ["bench", "append-process"] + BenchDatabaseOptions.arguments(options) + [
                "--submitters", "\(submitters)", "--events", "\(events)", "--start", "\(start)",
                "--seconds", "\(seconds)",
            ])
        guard let count = Int(printed.trimmingCharacters(in: .newlines)) else {
            throw ValidationError("a benchmark process printed '\(printed)'")
        }
        return count
    }

    func run() async throws {
        let store = PostgresEventStore(options: target.connection)
        let service = Task { try await store.run() }
        let window = start..<(start + seconds)
        let events = events
        let acknowledged = try await withTaskExecutorPreference(Reactor.shared) {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<submitters {
                    group.addTask {
                        var acknowledged = 0
                        while true {
                            _ = try await store.append(BenchEvent.request(events: events))
                            let now = Date().timeIntervalSince1970
                            if window.contains(now) { acknowledged += events }
                            if now >= window.upperBound { return acknowledged }
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
        }
        service.cancel()
        FileHandle.standardOutput.write(Data("\(acknowledged)\n".utf8))
    }
}
