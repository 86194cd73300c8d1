import Application
import EventSourcing
import FoundationEssentials
import Logging
import Postgres
import PostgresStore
import Support

@testable import Projections

/// A log with its read models, on a migrated database of its own.
struct Books: Sendable {
    let store: any EventStore
    /// The same, for what is served beside it.
    let postgres: PostgresEventStore
    let bus: CommandBus
    let pool: ConnectionPool
    let reads: PostgresReadModel
    let projector: Projector
    let generations: Generations

    init(_ options: ConnectionOptions) {
        postgres = PostgresEventStore(options: options, readers: 4)
        store = postgres
        bus = CommandBus(store: store)
        pool = ConnectionPool(options)
        reads = PostgresReadModel(pool: pool)
        projector = Projector(store: store, pool: pool, logger: quiet)
        generations = Generations(pool: pool)
    }

    /// Folds all that there is.
    func project() async throws {
        while try await projector.projectOnce() {}
    }

    var rebuild: Rebuild { Rebuild(store: store, pool: pool, logger: quiet) }

    func wholeLog() async throws -> [RecordedEvent] {
        var log: [RecordedEvent] = []
        while true {
            let page = try await store.read(after: log.last?.position ?? 0, limit: 1000)
            if page.isEmpty { return log }
            log += page
        }
    }

    /// Every row of a list, page by page.
    func wholeList(_ request: ListRequest) async throws -> [View] {
        var request = request
        var views: [View] = []
        while true {
            let page = try await reads.list(request)
            views += page.views
            guard let next = page.next else { return views }
            request.cursor = next
        }
    }

    /// Everything that there was at `position`, as the read models tell it.
    func everything(asOf position: Int64?) async throws -> [ViewKey: View] {
        var found: [ViewKey: View] = [:]
        for kind in foldedKinds {
            var request = ListRequest(kind)
            request.asOf = position
            request.limit = 7
            for view in try await wholeList(request) { found[ViewKey(kind, view.id)] = view }
        }
        return found
    }
}

/// What is folded from the log; the others are live only.
let foldedKinds: [ViewKind] = [.asset, .patch, .rollout, .deployment, .person, .offer]

let quiet: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

func withBooks(_ body: (Books) async throws -> Void) async throws {
    try await Turnstile.shared.pass {
        try await TestCluster.shared.makeTemplate("projections") { options in
            _ = try await Schema.migrate(options)
        }
        try await withDatabase(template: "projections") { options in
            let books = Books(options)
            let service = Task { try await books.postgres.run() }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(books))
            } catch {
                outcome = .failure(error)
            }
            service.cancel()
            try await service.value
            books.pool.close()
            try outcome.get()
        }
    }
}

/// The plainest fold there is, to hold the others against: one event after the other, in memory.
struct PlainFold {
    private(set) var views: [ViewKey: View] = [:]
    private let fold = PatchflowFold()

    mutating func apply(_ event: RecordedEvent) throws {
        var touched: [ViewKey: View] = [:]
        for key in try fold.keys(for: event) { touched[key] = views[key] }
        try fold.apply(event, to: &touched)
        views.merge(touched) { $1 }
    }
}
