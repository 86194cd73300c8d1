internal import Application
internal import ArgumentParser
internal import EventSourcing
internal import Foundation
internal import Logging
internal import Orchestration
internal import PatchManagement
internal import Postgres
internal import PostgresStore

/// A worker process of `RecoveryMeasurement`: the product's own worker and rescuer, with a handler
/// that takes each patch to its next state.
struct LifecycleWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lifecycle-worker", shouldDisplay: false)

    @OptionGroup var target: BenchDatabaseOptions
    @Option var hold: String

    static func arguments(_ options: ConnectionOptions, hold: String) -> [String] {
        ["bench", "lifecycle-worker"] + BenchDatabaseOptions.arguments(options) + ["--hold", hold]
    }

    func run() async throws {
        let logger = RoleProcess.logger("bench", level: .error)
        let store = PostgresEventStore(options: target.connection)
        let queue = PostgresActivityQueue(store: store)
        let handler = LifecycleHandler(
            bus: CommandBus(store: store), store: store, hold: hold)
        let name = "bench/lifecycle"
        let heldName = try await WorkerName.take(name, for: queue)
        var settings = Worker.Settings(name: name)
        settings.concurrency = 256
        try await RoleProcess.run(
            [
                store, heldName,
                LeaseRescuer(queue: queue, handler: handler, surroundings: .live, logger: logger),
                Worker(
                    settings: settings, queue: queue, handler: handler, surroundings: .live,
                    logger: logger),
            ], logger: logger)
    }
}

/// Takes a patch to its next state; waits at the third while the file `hold` is there.
private struct LifecycleHandler: ActivityHandler {
    let bus: CommandBus
    let store: any EventStore
    let hold: String

    func run(_ activity: ClaimedActivity) async throws {
        let reached = Int(String(decoding: activity.data, as: UTF8.self)) ?? 0
        while reached == 3, FileManager.default.fileExists(atPath: hold) {
            try await Task.sleep(for: .milliseconds(20))
        }
        var options = CommandBus.Options()
        options.claim = ClaimUse(claim: activity.claim, mode: .complete)
        _ = try await bus.send(
            .reach(reached + 1, worked: true), to: activity.stream, as: BenchLifecycle.self,
            context(activity, "advance"), options)
    }

    /// Nothing was touched in the world, so the step is simply done again.
    func rescue(_ activity: ClaimedActivity) async throws {
        let context = context(activity, "rescue")
        var request = AppendRequest(
            context: context, requestDigest: Digest(of: activity.id.text), streams: [])
        request.claim = ClaimUse(claim: activity.claim, mode: .rescue)
        request.effects = [
            ScheduledEffect(
                stream: activity.stream, eventID: context.commandID, index: 0,
                effect: .schedule(NewActivity(kind: activity.kind, data: activity.data)))
        ]
        _ = try await store.append(request)
    }

    func fire(_ timer: DueTimer) async throws {}

    private func context(_ activity: ClaimedActivity, _ what: String) -> CommandContext {
        CommandContext(
            actor: Actor(id: "worker/\(activity.claim.worker.text)", role: Role.worker.rawValue),
            at: .now,
            commandID: .version5(
                namespace: activity.id, name: "\(what)/\(activity.claim.fence)"))
    }
}
