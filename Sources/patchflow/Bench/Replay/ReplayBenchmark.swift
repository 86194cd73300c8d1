internal import ArgumentParser
internal import EventSourcing
internal import Foundation
internal import Logging
internal import PatchManagement
internal import Postgres
internal import PostgresStore
internal import Projections

/// W2: how fast history is read again, decoded, loaded by stream and folded into read models.
struct ReplayBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "W2: reads a log of simulated history, raw, decoded, by stream and projected.")

    @Option(help: "Events in the log, at least.")
    var entries = 100_000
    @Option(help: "Production assets in the history.")
    var assets = 1000
    @Option(help: "How often each figure is taken; each time is printed.")
    var rounds = 3
    @Flag(help: "Leaves out the product's own read models, which take longest.")
    var withoutOwn = false
    @Option(help: "Of the history.")
    var seed: UInt64 = 1

    private static let page = 1000

    func validate() throws {
        guard entries > 0, (1...100_000).contains(assets), rounds > 0 else {
            throw ValidationError("--entries and --rounds are above 0, --assets from 1 to 100000")
        }
    }

    func run() async throws {
        try await BenchCluster.with(flush: .disk) { cluster in
            let options = try await cluster.database("replay")
            let history = try await BenchHistory(
                options, entries: entries, assets: assets, seed: seed)
            let store = PostgresEventStore(options: options)
            let service = Task { try await store.run() }
            defer { service.cancel() }
            let pool = ConnectionPool(options)
            defer { pool.close() }
            for _ in 0..<rounds {
                try await withTaskExecutorPreference(Reactor.shared) {
                    try await measure(store, pool, history)
                }
            }
        }
    }

    private func measure(
        _ store: PostgresEventStore, _ pool: ConnectionPool, _ history: BenchHistory
    ) async throws {
        try await figure("replay_raw_pages1000") {
            try await replay(store, history) { _ in }
        }
        try await figure("replay_decoded_pages1000") {
            try await replay(store, history) { events in
                for event in events { try Self.decode(event) }
            }
        }
        try await figure("rehydrate_1000ev_aggregate") {
            try await rehydrate(store, history)
        }
        try await figure("projection_tracked") {
            try await CountedTypes(pool: pool).rebuild(from: store, page: Self.page)
        }
        guard !withoutOwn else { return }
        try await figure("projection_own") {
            try await Rebuild(store: store, pool: pool, logger: Logger(label: "patchflow.bench"))
                .replace().events
        }
    }

    /// - Parameter body: Does the work and says for how many events.
    private func figure(_ metric: String, _ body: () async throws -> Int) async throws {
        let start = ContinuousClock.now
        let events = try await body()
        let took = ContinuousClock.now - start
        printFigure("W2", metric, Double(events) / (took.milliseconds / 1000), "events/s")
    }

    private func replay(
        _ store: PostgresEventStore, _ history: BenchHistory,
        _ body: ([RecordedEvent]) throws -> Void
    ) async throws -> Int {
        var position: Int64 = 0
        while true {
            let events = try await store.read(after: position, limit: Self.page)
            guard let last = events.last else { break }
            try body(events)
            position = last.position
        }
        guard position == Int64(history.count) else {
            throw BenchFailure(reason: "read \(position) of \(history.count) events")
        }
        return history.count
    }

    private func rehydrate(
        _ store: PostgresEventStore, _ history: BenchHistory
    ) async throws -> Int {
        let times = 20
        for _ in 0..<times {
            var state = AssetDecider.initialState
            var version = 0
            for event in try await store.read(history.longStream, after: 0, limit: Self.page) {
                let decoded = try AssetDecider.Event(
                    type: event.type, schemaVersion: event.schemaVersion, data: event.data)
                AssetDecider.evolve(&state, decoded)
                version = event.version
            }
            guard version == history.longStreamLength else {
                throw BenchFailure(reason: "loaded \(version) events of the long stream")
            }
        }
        return times * history.longStreamLength
    }

    /// As the product decodes it: by its stream's decider.
    private static func decode(_ event: RecordedEvent) throws {
        switch event.stream.prefix {
        case AssetDecider.prefix[...]: try decode(event, AssetDecider.self)
        case PatchDecider.prefix[...]: try decode(event, PatchDecider.self)
        case RolloutDecider.prefix[...]: try decode(event, RolloutDecider.self)
        case DeploymentDecider.prefix[...]: try decode(event, DeploymentDecider.self)
        case PersonDecider.prefix[...]: try decode(event, PersonDecider.self)
        default: throw BenchFailure(reason: "nobody decodes \(event.stream)")
        }
    }

    @inline(__always)
    private static func decode<D: Decider>(_ event: RecordedEvent, _: D.Type) throws {
        _ = try D.Event(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
    }
}
