internal import ArgumentParser
internal import EventSourcing
internal import Foundation
internal import Logging
internal import Orchestration
internal import PatchManagement
internal import Postgres
internal import PostgresStore
internal import Synchronization

/// What one worker process of `DispatchBenchmark` saw; moments in seconds since 1970.
struct DispatchReport: Codable {
    var done = 0
    var firstStart = 0.0
    var lastEnd = 0.0
    var residentMiB = 0.0
    /// Milliseconds from before the call that enqueues to the first line of the work.
    var latencies: [Double] = []
}

/// A worker process of `DispatchBenchmark`: the product's own worker, whose work does nothing and
/// records that it did.
struct DispatchWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dispatch-worker", shouldDisplay: false)

    /// When the process ends.
    enum End {
        case empty
        case done(Int)
    }

    @OptionGroup var target: BenchDatabaseOptions
    @Option var number: Int
    /// 0: until nothing is left.
    @Option var done: Int

    static func run(
        _ options: ConnectionOptions, number: Int, until end: End
    ) async throws -> DispatchReport {
        let wanted =
            switch end {
            case .empty: 0
            case .done(let count): count
            }
        let printed = try await BenchProcess.output(
            ["bench", "dispatch-worker"] + BenchDatabaseOptions.arguments(options) + [
                "--number", "\(number)", "--done", "\(wanted)",
            ])
        return try JSONDecoder().decode(DispatchReport.self, from: Data(printed.utf8))
    }

    func run() async throws {
        let logger = RoleProcess.logger("bench", level: .error)
        let store = PostgresEventStore(options: target.connection)
        let queue = PostgresActivityQueue(store: store)
        let handler = NoopHandler(store: store)
        var settings = Worker.Settings(name: "bench/\(number)")
        settings.concurrency = 512
        let worker = Worker(
            settings: settings, queue: queue, handler: handler, surroundings: .live,
            logger: logger)
        let reader = try await Connection.open(target.connection)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await store.run() }
            group.addTask {
                try await withTaskExecutorPreference(Reactor.shared) { try await worker.run() }
            }
            while try await !isOver(handler, reader) {
                try await Task.sleep(for: .milliseconds(20))
            }
            group.cancelAll()
        }
        await reader.close()
        var report = handler.report
        report.residentMiB = residentMiB()
        FileHandle.standardOutput.write(try JSONEncoder().encode(report))
    }

    private func isOver(_ handler: NoopHandler, _ reader: Connection) async throws -> Bool {
        if done > 0 { return handler.report.done >= done }
        return try await reader.query("select 1 from patchflow.activities limit 1").isEmpty
    }
}

/// Records that nothing was done.
private final class NoopHandler: ActivityHandler {
    private let store: any EventStore
    private let contents = Mutex(DispatchReport())

    init(store: any EventStore) {
        self.store = store
    }

    var report: DispatchReport { contents.withLock { $0 } }

    func run(_ activity: ClaimedActivity) async throws {
        let start = Date().timeIntervalSince1970
        let enqueued = try CanonicalJSON.decode(Enqueued.self, from: activity.data)
        contents.withLock { report in
            if report.firstStart == 0 { report.firstStart = start }
            report.latencies.append((start - (Double(enqueued.at) ?? 0) / 1_000_000) * 1000)
        }
        let context = CommandContext(
            actor: Actor(
                id: "worker/\(activity.claim.worker.text)", role: Role.worker.rawValue), at: .now,
            commandID: .version5(namespace: activity.id, name: "done/\(activity.claim.fence)"))
        var request = AppendRequest(
            context: context, requestDigest: Digest(of: activity.id.text),
            streams: [
                StreamAppend(
                    stream: activity.stream, expectedVersion: 1,
                    events: [
                        NewEvent(type: "BenchDone", schemaVersion: 1, data: Array("{}".utf8))
                    ])
            ])
        request.claim = ClaimUse(claim: activity.claim, mode: .complete)
        _ = try await store.append(request)
        let end = Date().timeIntervalSince1970
        contents.withLock { report in
            report.done += 1
            report.lastEnd = end
        }
    }

    func rescue(_ activity: ClaimedActivity) async throws {}

    func fire(_ timer: DueTimer) async throws {}

    private struct Enqueued: Codable {
        /// Microseconds since 1970.
        let at: String
    }
}
