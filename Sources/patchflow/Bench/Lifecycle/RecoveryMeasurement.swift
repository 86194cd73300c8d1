internal import ArgumentParser
internal import Application
internal import EventSourcing
internal import Foundation
internal import Postgres
internal import PostgresStore
internal import Synchronization

/// Holds patches after their third state in a worker, kills it with -9, starts another, and takes
/// the time from there to the last patch's end.
struct RecoveryMeasurement {
    let cluster: BenchCluster
    let patches: Int

    private static let heldAt = 3

    /// - Returns: Milliseconds from exec.
    func run() async throws -> Double {
        let options = try await cluster.database("recovery")
        let hold = cluster.directory.appending(path: "hold").path(percentEncoded: false)
        try Data().write(to: URL(filePath: hold))
        try await begin(options)
        let reader = try await Connection.open(options)
        let worker = LifecycleWorker.arguments(options, hold: hold)
        try await BenchProcess.whileRunning(worker) { _ in
            try await waitUntil(reader, "every patch is held", reached: Self.heldAt)
        }
        try FileManager.default.removeItem(atPath: hold)
        let start = ContinuousClock.now
        let end = Mutex(start)
        try await BenchProcess.whileRunning(worker) { _ in
            try await waitUntil(
                reader, "every patch is documented", reached: BenchLifecycle.states.count)
            end.withLock { $0 = .now }
        }
        let taken = end.withLock { $0 } - start
        await reader.close()
        return taken.milliseconds
    }

    private func begin(_ options: ConnectionOptions) async throws {
        let store = PostgresEventStore(options: options)
        let service = Task { try await store.run() }
        defer { service.cancel() }
        let bus = CommandBus(store: store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<patches {
                group.addTask {
                    _ = try await bus.send(
                        .reach(1, worked: true),
                        to: StreamID(prefix: BenchLifecycle.prefix, .timeOrdered()),
                        as: BenchLifecycle.self,
                        CommandContext(
                            actor: Actor(id: "bench", role: "workflow"), at: .now,
                            commandID: .timeOrdered()))
                }
            }
            try await group.waitForAll()
        }
    }

    private func waitUntil(
        _ reader: Connection, _ what: String, reached version: Int
    ) async throws {
        let limit = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < limit {
            let rows = try await reader.query(
                "select count(*) from patchflow.streams where version >= \(Int32(version))")
            if try rows.first?.decode(Int64.self, at: 0) == Int64(patches) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw ValidationError("after 60 s it isn't so that \(what)")
    }
}
