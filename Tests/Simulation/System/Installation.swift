import Application
import EventSourcing
import Logging
import Orchestration
import PatchManagement

/// The processes of one installation: those that work, as `patchflow work` composes them, and the one
/// that takes what people send, as `patchflow serve` does.
struct Installation {
    let system: SimulatedSystem
    private(set) var workers: [SimulatedProcess] = []
    private(set) var server: SimulatedProcess
    private(set) var bus: CommandBus

    static let lease = Duration.seconds(15)

    init(_ system: SimulatedSystem, workers count: Int) {
        self.system = system
        server = SimulatedProcess("serve", on: system.scheduler)
        bus = CommandBus(store: FaultyStore(system, for: server))
        for number in 1...count { startWorker("work-\(number)") }
    }

    mutating func restart(_ process: SimulatedProcess) {
        if process.number == server.number {
            server = SimulatedProcess("serve", on: system.scheduler)
            bus = CommandBus(store: FaultyStore(system, for: server))
        } else {
            workers.removeAll { $0.number == process.number }
            startWorker(process.name)
        }
    }

    func killAll() {
        for process in workers + [server] { system.kill(process) }
        while system.scheduler.step() {}
    }

    mutating func restartAll() {
        for process in workers + [server] {
            system.kill(process)
            restart(process)
        }
        system.with { $0.deaths = [] }
    }

    private mutating func startWorker(_ name: String) {
        let process = SimulatedProcess(name, on: system.scheduler)
        workers.append(process)
        let store = FaultyStore(system, for: process)
        let surroundings = process.surroundings
        let logger = Self.silent
        let bus = CommandBus(store: store)
        var limits = TimeLimits()
        limits.install = .seconds(60)
        limits.rollBack = .seconds(60)
        let work = PatchWork(
            bus: bus, store: store, reads: NoViews(), queue: store,
            executor: FaultyHosts(system: system, process: process),
            planning: SimulatedPlanning(system: system, bus: bus, now: surroundings.now),
            surroundings: surroundings, limits: limits, logger: logger)
        let handler: any ActivityHandler =
            system.bug?.handler(work, bus, surroundings) ?? work
        var settings = Worker.Settings(name: name)
        settings.concurrency = 4
        settings.lease = Self.lease
        settings.poll = .seconds(5)
        let worker = Worker(
            settings: settings, queue: store, handler: handler, surroundings: surroundings,
            logger: logger)
        let timers = TimerService(
            queue: store, handler: handler, surroundings: surroundings, poll: .seconds(5),
            logger: logger)
        let rescuer = LeaseRescuer(
            queue: store, handler: handler, surroundings: surroundings, interval: .seconds(5),
            logger: logger)
        if let runner = system.bug?.coordinator(store, bus, process) {
            process.start { await runner.run() }
        } else {
            let coordinator = CoordinatorRunner(
                store: store, subscriptions: store, bus: bus, surroundings: surroundings,
                poll: .seconds(5), logger: logger)
            process.start { try? await coordinator.run() }
        }
        process.start { try? await worker.run() }
        process.start { try? await timers.run() }
        process.start { try? await rescuer.run() }
    }

    private static let silent: Logger = {
        var logger = Logger(label: "simulation")
        logger.handler = SwiftLogNoOpLogHandler()
        return logger
    }()
}

/// The read model of a simulation, in which nobody has looked for anything yet.
private struct NoViews: ReadModel {
    func list(_ request: ListRequest) async throws -> ViewPage { try empty() }
    func offeredUpdates(_ request: OfferRequest) async throws -> ViewPage { try empty() }
    func offeredOrigins(
        asOf: Int64?
    ) async throws -> (origins: [OfferedOrigin], position: Int64) { ([], 0) }
    func find(_ key: ViewKey, asOf position: Int64?) async throws -> View? { nil }
    func position() async throws -> Int64 { 0 }
    func facts(_ wish: FactWish, _ visit: (ReportFact) throws -> Void) async throws -> Int64 { 0 }
    func moment(of position: Int64) async throws -> Timestamp? { nil }
    func position(at moment: Timestamp) async throws -> Int64 { 0 }

    private func empty() throws -> ViewPage { ViewPage(views: [], next: nil, position: 0) }
}
