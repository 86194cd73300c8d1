import Application
import EventSourcing
import Executors
import Foundation
import Logging
import Orchestration
import PatchManagement
import Postgres
import PostgresStore
import Projections
import Signing
import Support
import Synchronization
import Testing

/// Everything of patchflow but its edges, on a real PostgreSQL: use cases, log, read models,
/// coordinator, timers and a worker. Only the hosts are made up.
struct House: Sendable {
    let useCases: UseCases
    let store: any EventStore
    let hosts: TestHosts
    let clock: HouseClock
    /// Past all rules: for tests that damage what is stored.
    let database: ConnectionPool
    /// The directory of the keys of people.
    let keys: String

    var bus: CommandBus { useCases.bus }

    func order(
        _ caller: Caller, key: String = UUID().text, body: String = "", version: Int? = nil
    ) -> Order {
        Order(
            caller: caller, idempotencyKey: key, requestDigest: Digest(of: body),
            expectedVersion: version)
    }

    func patch(_ id: StreamID) async throws -> Patch {
        try await bus.state(of: id, as: PatchDecider.self).state
    }

    func rollout(_ id: StreamID) async throws -> RolloutState {
        try await bus.state(of: id, as: RolloutDecider.self).state
    }

    func offers(of asset: StreamID) async throws -> Digest? {
        try await bus.state(of: asset, as: AssetDecider.self).state.offers
    }

    /// Waits until the patch is in `state`.
    func wait(for patch: StreamID, _ state: PatchState) async throws {
        try await wait("the patch to be \(state.rawValue)") {
            try await self.patch(patch).state == state
        }
    }

    func wait(for rollout: StreamID, _ phase: RolloutPhase) async throws {
        try await wait("the rollout to be \(phase.rawValue)") {
            try await self.rollout(rollout).phase == phase
        }
    }

    func wait(_ what: String, _ isSo: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try await !isSo() {
            guard ContinuousClock.now < end else { throw WaitedInVain(what: what) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The refusal that `work` meets; and that nothing was recorded under the command's id.
    func refusal(
        _ order: Order, sourceLocation: SourceLocation = #_sourceLocation,
        _ work: (Order) async throws -> some Sendable
    ) async throws -> any Error {
        do {
            _ = try await work(order)
        } catch {
            let command = UUID.version5(
                namespace: order.caller.person.uuid, name: "command/\(order.idempotencyKey)")
            let receipt = try await store.receipt(
                for: command, requestDigest: order.requestDigest)
            #expect(receipt == nil, sourceLocation: sourceLocation)
            return error
        }
        throw NotRefused()
    }

    /// The code of the refusal, as programs see it.
    func code(
        _ order: Order, sourceLocation: SourceLocation = #_sourceLocation,
        _ work: (Order) async throws -> some Sendable
    ) async throws -> String {
        let error = try await refusal(order, sourceLocation: sourceLocation, work)
        return switch error {
        case let error as any DomainRejection: error.code
        case let error as InvalidInput: "invalid \(error.field)"
        case let error as NotFound: "no \(error.kind)"
        case is NotAllowed: "not-allowed"
        case is StaleVersion: "version-conflict"
        case AppendRefusal.commandReused: "reused"
        default: "\(error)"
        }
    }
}

struct WaitedInVain: Error { let what: String }
struct NotRefused: Error {}

/// The house's time: the real one, and what tests let pass.
final class HouseClock: Sendable {
    private let passed = Mutex(Duration.zero)

    var now: Timestamp { Timestamp(Date()) + passed.withLock { $0 } }

    func pass(_ duration: Duration) { passed.withLock { $0 += duration } }
}

/// Who may do what. Alice does the work, Rita releases, Peter approves.
let alice = person(1, .vendorWatch, .analyst, .tester, .securityTester)
let rita = person(2, .releaseManager)
let peter = person(3, .approver)
let rolf = person(4, .riskOwner)
let gustav = person(5, .viewer)
let anton = person(7, .administrator)
/// May do everything, and still not approve what she asked for.
let olga = person(
    6, .vendorWatch, .analyst, .tester, .securityTester, .releaseManager, .approver)

func person(_ number: UInt64, _ roles: Role...) -> Caller {
    Caller(
        person: StreamID(
            prefix: "pe", .version7(at: Timestamp(seconds: 1_767_225_600), random: (0, number))),
        roles: roles)
}

/// Runs `body` in a house of its own.
func withHouse(_ body: (House) async throws -> Void) async throws {
    try await Turnstile.shared.pass {
        try await TestCluster.shared.makeTemplate("application") { options in
            _ = try await Schema.migrate(options)
        }
        try await withDatabase(template: "application") { options in
            let pool = ConnectionPool(options)
            try await House.open(PostgresEventStore(options: options, readers: 4), pool, body)
            pool.close()
        }
    }
}

extension House {
    fileprivate static func open(
        _ store: PostgresEventStore, _ pool: ConnectionPool, _ body: (House) async throws -> Void
    ) async throws {
        let keys = try makeTestDirectory("keys")
        defer { try? FileManager.default.removeItem(atPath: keys) }
        let clock = HouseClock()
        let hosts = TestHosts()
        let surroundings = Surroundings(
            now: { clock.now }, newID: { UUID() }, sleep: { try await Task.sleep(for: $0) })
        let bus = CommandBus(store: store)
        let house = House(
            useCases: UseCases(
                bus: bus, store: store, reads: PostgresReadModel(pool: pool),
                sealedLog: PostgresSealedLog(store: store),
                subjectKeys: SubjectKeyDirectory(path: keys), now: { clock.now },
                newID: { UUID() }),
            store: store, hosts: hosts, clock: clock, database: pool, keys: keys)
        let logger = quiet
        let queue = PostgresActivityQueue(store: store)
        let work = PatchWork(
            bus: bus, store: store, reads: house.useCases.reads, queue: queue, executor: hosts,
            feeds: HTTPFeedFetcher(
                directory: FileManager.default.temporaryDirectory.path + "/patchflow-incoming"),
            // All of these hosts are this machine.
            probes: NetworkProber { _ in NetworkAddress(bytes: [127, 0, 0, 1]).map { [$0] } ?? [] },
            planning: house.useCases, surroundings: surroundings, logger: logger)
        var settings = Worker.Settings(name: "test")
        settings.poll = .milliseconds(50)
        let worker = Worker(
            settings: settings, queue: queue, handler: work, surroundings: surroundings,
            logger: logger)
        let coordinator = CoordinatorRunner(
            store: store, subscriptions: PostgresSubscriptionStore(store: store), bus: bus,
            surroundings: surroundings, poll: .milliseconds(50), logger: logger)
        let monitor = FindingMonitorRunner(
            store: store, subscriptions: PostgresSubscriptionStore(store: store), bus: bus,
            surroundings: surroundings, poll: .milliseconds(50), logger: logger)
        let keeper = ExceptionKeeperRunner(
            store: store, subscriptions: PostgresSubscriptionStore(store: store), bus: bus,
            surroundings: surroundings, poll: .milliseconds(50), logger: logger)
        let timers = TimerService(
            queue: queue, handler: work, surroundings: surroundings, poll: .milliseconds(50),
            logger: logger)
        let projector = Projector(
            store: store, pool: pool, poll: .milliseconds(50), logger: logger)
        try await house.whileServed(
            by: [
                { try await store.run() }, { try await projector.run() },
                { try await worker.run() }, { try await coordinator.run() },
                { try await monitor.run() }, { try await keeper.run() },
                { try await timers.run() },
            ], body)
    }

    private func whileServed(
        by services: [@Sendable () async throws -> Void], _ body: (House) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service() } }
            let outcome: Result<Void, any Error>
            do {
                try await body(self)
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            group.cancelAll()
            try await group.waitForAll()
            try outcome.get()
        }
    }

    private static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }
}
