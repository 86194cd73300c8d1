internal import Application
internal import EventSourcing
internal import Executors
internal import FoundationEssentials
internal import Logging
internal import Orchestration
internal import PatchManagement
internal import Postgres
internal import PostgresStore
internal import Projections
internal import ServiceLifecycle
internal import Signing

/// What one `work` process consists of.
struct WorkProcess {
    let queue: PostgresActivityQueue
    private let store: PostgresEventStore
    private let bus: CommandBus
    private let reads: PostgresReadModel
    private let work: PatchWork
    private let logger: Logger

    /// - Parameters:
    ///   - readModel: Where the views are read.
    ///   - feeds: nil leaves feeds to other workers.
    ///   - subjectKeys: Of the people whose names stand in the log; nil leaves the ticks of schedules to
    ///     other workers.
    init(
        store: PostgresEventStore, readModel: ConnectionOptions, executor: any ActivityExecutor,
        feeds: (any FeedFetcher)?, subjectKeys: SubjectKeyDirectory?, logger: Logger
    ) {
        self.store = store
        self.logger = logger
        queue = PostgresActivityQueue(store: store, vocabulary: StoredEventTypes.vocabulary)
        bus = CommandBus(store: store)
        reads = PostgresReadModel(pool: ConnectionPool(readModel))
        let planning = subjectKeys.map { [bus, reads] keys in
            UseCases(
                bus: bus, store: store, reads: reads, sealedLog: PostgresSealedLog(store: store),
                subjectKeys: keys, now: { .now }, newID: { .timeOrdered() })
        }
        work = PatchWork(
            bus: bus, store: store, reads: reads, queue: queue, executor: executor, feeds: feeds,
            probes: NetworkProber(), planning: planning, surroundings: .live, logger: logger)
    }

    func services(_ settings: Worker.Settings) -> [any Service] {
        let subscriptions = PostgresSubscriptionStore(store: store)
        return [
            store,
            CoordinatorRunner(
                store: store, subscriptions: subscriptions, bus: bus, surroundings: .live,
                logger: logger),
            FindingMonitorRunner(
                store: store, subscriptions: subscriptions, bus: bus, surroundings: .live,
                logger: logger),
            CollectionRunner(
                bus: bus, reads: reads, subscriptions: subscriptions, surroundings: .live,
                logger: logger),
            ExceptionKeeperRunner(
                store: store, subscriptions: subscriptions, bus: bus, surroundings: .live,
                logger: logger),
            TimerService(queue: queue, handler: work, surroundings: .live, logger: logger),
            LeaseRescuer(queue: queue, handler: work, surroundings: .live, logger: logger),
            Worker(
                settings: settings, queue: queue, handler: work, surroundings: .live,
                logger: logger),
        ]
    }
}
