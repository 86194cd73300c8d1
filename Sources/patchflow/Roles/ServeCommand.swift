internal import Application
internal import ArgumentParser
internal import EventSourcing
internal import HTTPAPI
internal import HTTPServing
internal import Orchestration
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
        let store = PostgresEventStore(options: options)
        let reads = PostgresReadModel(pool: ConnectionPool(options))
        let useCases = UseCases(
            bus: CommandBus(store: store), store: store, reads: reads,
            sealedLog: PostgresSealedLog(store: store),
            subjectKeys: subjects.open(in: role.database.directory), now: { .now },
            newID: { .timeOrdered() })
        let counters = RequestCounters()
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
            metrics: { await Self.metrics(counters, store, reads) })
        let finisher = ErasureFinisher(
            surroundings: .live, finish: { try await useCases.finishErasures() }, logger: logger)
        try await RoleProcess.run([store, admin, finisher, api], logger: logger)
    }

    private static func metrics(
        _ counters: RequestCounters, _ store: PostgresEventStore, _ reads: PostgresReadModel
    ) async -> [Metric] {
        var metrics = counters.samples
        // What can't be measured now is left out; /readyz says why.
        if let head = try? await store.head(), let position = try? await reads.position() {
            metrics.append(
                Metric(
                    "patchflow_log_position", .gauge, "Position of the last event.", Double(head)))
            metrics.append(
                Metric(
                    "patchflow_projection_lag", .gauge,
                    "Events that the read models have not seen yet.", Double(head - position)))
        }
        if let sealed = try? await PostgresSealedLog(store: store).checkpoint(of: nil)?.size {
            metrics.append(
                Metric(
                    "patchflow_sealed_position", .gauge,
                    "Position of the last event that a signed checkpoint holds.", Double(sealed)))
        }
        if let cosigned = try? await PostgresSealedLog(store: store).checkpoint(cosignedBy: 1)?.size
        {
            metrics.append(
                Metric(
                    "patchflow_cosigned_position", .gauge,
                    "Position of the last event in a checkpoint that a witness has cosigned.",
                    Double(cosigned)))
        }
        return metrics
    }
}
