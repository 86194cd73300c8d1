internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Orchestration
internal import PatchManagement
internal import Postgres
internal import PostgresStore

/// A worker process of `RolloutBenchmark`: the product's own, with hosts that answer at once.
struct RolloutWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout-worker", shouldDisplay: false)

    @OptionGroup var target: BenchDatabaseOptions
    @Option var number: Int
    @Option var concurrency: Int
    @Option var pins: String
    @Option var command: String?

    static func arguments(
        _ options: ConnectionOptions, number: Int, concurrency: Int, pins: String,
        command: String?
    ) -> [String] {
        ["bench", "rollout-worker"] + BenchDatabaseOptions.arguments(options) + [
            "--number", "\(number)", "--concurrency", "\(concurrency)", "--pins", pins,
        ] + (command.map { ["--command", $0] } ?? [])
    }

    func run() async throws {
        let logger = RoleProcess.logger("bench", level: .error)
        let pins = try JSONDecoder().decode([PinnedPackage].self, from: Data(pins.utf8))
        let process = WorkProcess(
            store: PostgresEventStore(options: target.connection), readModel: target.connection,
            executor: try BenchHosts(pins: pins, command: command), feeds: nil, subjectKeys: nil,
            logger: logger)
        var settings = Worker.Settings(name: "bench/\(number)")
        settings.concurrency = concurrency
        try await RoleProcess.run(process.services(settings), logger: logger)
    }
}
