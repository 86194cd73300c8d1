internal import Application
internal import ArgumentParser
internal import EventSourcing
internal import HTTPAPI
internal import HTTPServing
internal import Orchestration
internal import PatchManagement
internal import Postgres
internal import PostgresStore
internal import Projections
internal import StoreCheck

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the API, and health and metrics on a port of their own.")

    @OptionGroup var role: RoleOptions
    @OptionGroup var listening: ListenOptions
    @OptionGroup var subjects: SubjectKeyOptions

    func run() async throws {
        let logger = RoleProcess.logger("serve", level: role.level)
        let options = try role.database.login(as: .appender)
        try await RoleProcess.expectSchema(options, logger)
        let store = try role.database.store(as: .appender)
        try await refuseOlderWorkers(
            on: PostgresActivityQueue(store: store, vocabulary: StoredEventTypes.vocabulary))
        let pool = ConnectionPool(options)
        let reads = PostgresReadModel(pool: pool)
        let useCases = UseCases(
            bus: CommandBus(store: store), store: store, reads: reads,
            sealedLog: PostgresSealedLog(store: store),
            subjectKeys: subjects.open(in: role.database.directory), now: { .now },
            newID: { .timeOrdered() })
        let counters = RequestCounters()
        let metrics = ServeMetrics(
            counters: counters, store: store, sealedLog: PostgresSealedLog(store: store),
            generations: Generations(pool: pool), reads: reads)
        let api = APIServer(
            routes: APIRoutes.all(useCases), useCases: useCases, listen: listening.listen,
            counters: counters, logger: logger
        ) { address in
            complain("ready http://\(address)")
        }
        let admin = AdminServer(
            listen: listening.adminListen, version: Patchflow.version, logger: logger,
            readiness: {
                do {
                    _ = try await reads.position()
                    return nil
                } catch {
                    return "the database can't be read: \(error)"
                }
            },
            metrics: { await metrics.all() })
        let finisher = ErasureFinisher(
            surroundings: .live, finish: { try await useCases.finishErasures() }, logger: logger)
        try await RoleProcess.run([store, admin, finisher, api], logger: logger)
    }

    /// What is written here may be of a type that a worker of an older version passes over.
    private func refuseOlderWorkers(on queue: PostgresActivityQueue) async throws {
        let older = try await queue.workersKnowingLess()
        guard !older.isEmpty else { return }
        throw ValidationError(
            "workers of an older version of patchflow are at work, which would pass over events of "
                + "this one: replace \(older.joined(separator: ", ")) first; one that was killed "
                + "counts until its lease has ended")
    }
}
