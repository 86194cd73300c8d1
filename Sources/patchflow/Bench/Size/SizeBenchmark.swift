internal import ArgumentParser
internal import EventSourcing
internal import Foundation
internal import Postgres
internal import PostgresStore

/// Whether the store stays as fast as it was when it grows: the same work on a small log and on a
/// large one, in turn.
struct SizeBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "size",
        abstract: "Appends to and reads from a small log and a large one, in turn.",
        discussion: """
            Ends with 1 when the large one needs more than --limit times as long, by the medians of \
            all rounds. The large log takes about a kilobyte of disk for each event.
            """)

    @Option(help: "Events in the small log.")
    var small: Int64 = 100_000
    @Option(help: "Events in the large log.")
    var large: Int64 = 10_000_000
    @Option(help: "How often each figure is taken.")
    var rounds = 5
    @Option(help: "How long events are appended each time.")
    var seconds = 2.0
    @Option(help: "How many times slower the large one may be.")
    var limit = 1.5

    func validate() throws {
        guard small >= 10_000, large >= small, rounds > 0, seconds > 0, limit > 0 else {
            throw ValidationError(
                "--small is 10000 at least, --large no less, the others are above 0")
        }
    }

    func run() async throws {
        try await BenchCluster.with(flush: .disk) { cluster in
            var logs: [SizedLog] = []
            for size in [small, large] {
                let options = try await cluster.database("size_\(size)")
                logs.append(try await SizedLog(options, events: size))
            }
            var rates: [String: [[Double]]] = [:]
            for _ in 0..<rounds {
                for measure in SizedLog.measures {
                    for (place, log) in logs.enumerated() {
                        let rate = try await measure.take(log, seconds)
                        printFigure("SIZE", "\(measure.name)_at_\(log.events)", rate, measure.unit)
                        rates[measure.name, default: [[], []]][place].append(rate)
                    }
                }
            }
            try report(rates)
        }
    }

    private func report(_ rates: [String: [[Double]]]) throws {
        var slow: [String] = []
        for (name, both) in rates.sorted(by: { $0.key < $1.key }) {
            let factor = percentile(both[0], 0.5) / percentile(both[1], 0.5)
            printFigure("SIZE", "\(name)_slower_by", factor, "times")
            if factor > limit { slow.append(name) }
        }
        guard slow.isEmpty else {
            throw BenchFailure(
                reason: "\(slow.joined(separator: ", ")): more than \(limit) times slower")
        }
    }
}

/// A log of so many events, each stream of five, filled past the appender.
struct SizedLog: Sendable {
    let options: ConnectionOptions
    let events: Int64

    private static let streamLength: Int64 = 5

    struct Measure: Sendable {
        let name: String
        let unit: String
        let take: @Sendable (SizedLog, _ seconds: Double) async throws -> Double
    }

    static let measures = [
        Measure(name: "append1_c32", unit: "events/s") { try await $0.append(for: $1) },
        Measure(name: "read_pages1000", unit: "events/s") { log, _ in try await log.readPages() },
        Measure(name: "read_streams", unit: "streams/s") { log, _ in try await log.readStreams() },
    ]

    init(_ options: ConnectionOptions, events: Int64) async throws {
        self.options = options
        self.events = events
        let connection = try await Connection.open(options)
        let streams = events / Self.streamLength
        let payload = String(decoding: BenchEvent.payload, as: UTF8.self)
        try await connection.query(
            "select patchflow.ensure_event_partitions(\(events + 10_000_000))")
        try await connection.execute(
            """
            insert into patchflow.streams (id, key, version, first_position, last_position)
            overriding system value
            select n, 'pa_' || md5(n::text)::uuid, \(Int32(Self.streamLength)),
                (n - 1) * \(Self.streamLength) + 1, n * \(Self.streamLength)
            from generate_series(1, \(streams)) n
            """)
        try await connection.query("select setval('patchflow.streams_id_seq', \(streams) + 1000)")
        try await connection.execute(
            """
            insert into patchflow.events (
                position, stream_id, version, id, type, schema_version, occurred_at, recorded_at,
                actor, actor_role, command_id, correlation_id, data)
            select p, (p - 1) / \(Self.streamLength) + 1, (p - 1) % \(Self.streamLength) + 1,
                md5('e' || p)::uuid, 'PatchIdentified', 1, at, at, 'pe_bench', 'analyst',
                md5('c' || p)::uuid, md5('c' || p)::uuid, \(payload)::json
            from generate_series(1, \(events)) p,
                lateral (select now() - (\(events) - p) * interval '10 ms' as at) t
            """)
        try await connection.execute(
            """
            insert into patchflow.commands
            select command_id, sha256(''), position, position, recorded_at from patchflow.events
            """)
        for table in ["events", "streams", "commands"] {
            try await connection.query("vacuum analyze patchflow.\(identifier: table)")
        }
        try await connection.query("checkpoint")
        await connection.close()
    }

    private func append(for seconds: Double) async throws -> Double {
        let start = Date().timeIntervalSince1970 + 0.5
        let count = try await AppendBenchmarkProcess.launch(
            options, submitters: 32, events: 1, start: start, seconds: seconds)
        return Double(count) / seconds
    }

    /// Pages all over the log.
    private func readPages() async throws -> Double {
        try await timed(100) { store, number, count in
            let position = (events - 1000) / Int64(count) * Int64(number)
            return try await store.read(after: position, limit: 1000).count
        }
    }

    /// Streams all over the log.
    private func readStreams() async throws -> Double {
        let streams = events / Self.streamLength
        let count = 2000
        let keys = try await keys((0..<count).map { Int64($0) * (streams / Int64(count)) + 1 })
        let rate = try await timed(count) { store, number, _ in
            // Not one after the other.
            try await store.read(keys[number * 7919 % count], after: 0, limit: 1000).count
        }
        return rate / Double(Self.streamLength)
    }

    private func keys(_ streams: [Int64]) async throws -> [StreamID] {
        let connection = try await Connection.open(options)
        let rows = try await connection.query(
            "select key from patchflow.streams where id = any(\(streams)) order by id")
        await connection.close()
        return try rows.map { row in
            let text: String = try row.decode(at: 0)
            guard let stream = StreamID(text) else {
                throw BenchFailure(reason: "'\(text)' is no id of a stream")
            }
            return stream
        }
    }

    /// - Returns: Events a second.
    private func timed(
        _ count: Int, _ read: (PostgresEventStore, Int, Int) async throws -> Int
    ) async throws -> Double {
        let store = PostgresEventStore(options: options)
        let service = Task { try await store.run() }
        defer { service.cancel() }
        return try await withTaskExecutorPreference(Reactor.shared) {
            var total = 0
            let start = ContinuousClock.now
            for number in 0..<count { total += try await read(store, number, count) }
            return Double(total) / ((ContinuousClock.now - start).milliseconds / 1000)
        }
    }
}
