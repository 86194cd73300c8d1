internal import Application
internal import ArgumentParser
internal import EventSourcing
internal import Executors
internal import Foundation
internal import Logging
internal import Orchestration
internal import PatchManagement
internal import Postgres
internal import PostgresStore
internal import Projections
internal import Signing
internal import StoreCheck

struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract:
            "Takes activities and performs them; fetches feeds, fires timers, rescues leases.",
        discussion: """
            Start as many as you like, on as many machines. Killed at any moment, nothing is done \
            twice: whoever takes over asks the host first.
            """)

    @OptionGroup var role: RoleOptions
    @OptionGroup var executor: ExecutorOptions
    @OptionGroup var fetching: FeedFetchOptions

    @Option(help: "What this worker is called; one process of a name at a time on a database.")
    var name: String = "\(ProcessInfo.processInfo.hostName)/1"

    @Option(help: "How many activities it performs at a time.")
    var concurrency = 32

    @Option(help: "How many seconds its claims hold when it can't be heard of.")
    var lease = 15

    func validate() throws {
        guard (1...1000).contains(concurrency) else {
            throw ValidationError("--concurrency \(concurrency): choose 1 to 1000")
        }
        guard (2...3600).contains(lease) else {
            throw ValidationError("--lease \(lease): choose 2 to 3600 seconds")
        }
    }

    func run() async throws {
        let logger = RoleProcess.logger("work", level: role.level)
        let directory = role.database.directory
        try await RoleProcess.expectSchema(try role.database.login(as: .worker), logger)
        let store = try role.database.store(as: .worker)
        let process = WorkProcess(
            store: store, readModel: try role.database.login(as: .reader),
            executor: try executor.make(in: directory, logger: logger),
            feeds: HTTPFeedFetcher(directory: directory.incoming, proxy: try fetching.proxy()),
            subjectKeys: SubjectKeyDirectory(path: directory.subjectKeys), logger: logger)
        let heldName = try await heldName(on: process.queue)
        var settings = Worker.Settings(name: name)
        settings.concurrency = concurrency
        settings.lease = .seconds(lease)
        try await RoleProcess.run([heldName] + process.services(settings), logger: logger)
    }

    private func heldName(on queue: PostgresActivityQueue) async throws -> WorkerName {
        do {
            return try await WorkerName.take(name, for: queue)
        } catch let taken as WorkerNameTaken {
            throw ValidationError("--name '\(name)': \(taken)")
        }
    }
}
