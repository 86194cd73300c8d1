internal import Application
internal import ArgumentParser
internal import EventSourcing
internal import Foundation
internal import PatchManagement
internal import Postgres
internal import PostgresStore
internal import SimulatedFleet
internal import Synchronization

/// W5: one rollout in batches with gates, from the order to start to its end.
struct RolloutBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout",
        abstract: "W5: a rollout in batches with gates, all steps of every host committed.",
        discussion: """
            The hosts answer at once: what is measured is the engine. Each host takes eight \
            commits: queued, then check, backup and installation, each begun and ended, and the scan. \
            --command /bin/true runs that for each installation as a child process.
            """)

    @Option(help: "Production hosts.")
    var hosts = 500
    @Option(help: "Batches, as for 'rollout plan'.")
    var batches = "50,50,50,50,50,50,50,50,50,rest"
    @Option(help: "How many hosts are touched at a time.")
    var atATime = 20
    @Option(help: "Worker processes.")
    var workers = 1
    @Option(help: "Activities of one process at a time.")
    var concurrency = 32
    @Option(help: "A program that each installation runs.")
    var command: String?
    @Option(help: "disk or slow: how the disk's flush is paid for.")
    var flush = FlushMode.disk
    @Option(help: "How often; each is printed.")
    var rounds = 1

    func validate() throws {
        guard (1...1_000_000).contains(hosts), (1...64).contains(workers),
            (1...1000).contains(concurrency), atATime > 0, rounds > 0
        else {
            throw ValidationError(
                "--hosts 1 to 1000000, --workers 1 to 64, --concurrency 1 to 1000, the others "
                    + "above 0")
        }
    }

    func run() async throws {
        for round in 1...rounds {
            try await BenchCluster.with(flush: flush) { cluster in
                try await measure(try await cluster.database("rollout\(round)"))
            }
        }
    }

    private func measure(_ options: ConnectionOptions) async throws {
        var history = try SimulatedHistory(
            FleetSettings(seed: 1), assets: hosts, at: Timestamp.now + .seconds(-3600))
        let patch = try history.approvedPatch()
        let connection = try await Connection.open(options)
        try await RecordedLog.write(history.log, on: connection)
        // What was done there needs nobody's answer any more.
        let head = Int64(history.log.count)
        for name in ["coordinator", "findings", "exceptions"] {
            try await connection.query(
                "insert into patchflow.subscriptions values (\(name), \(head))")
        }
        for table in ["events", "streams"] {
            try await connection.query("vacuum analyze patchflow.\(identifier: table)")
        }
        try await connection.query("checkpoint")
        await connection.close()

        let store = PostgresEventStore(options: options)
        let service = Task { try await store.run() }
        defer { service.cancel() }
        let desk = RolloutDesk(bus: CommandBus(store: store), people: history.people)
        let rollout = StreamID(prefix: RolloutDecider.prefix, .timeOrdered())
        var request = try history.request(for: rollout, of: patch)
        request.batches = batches
        request.soakSeconds = [0]
        request.capacity = atATime
        request.startsAt = Timestamp.now
        let plan = try await desk.plan(request)
        let pins = String(decoding: try JSONEncoder().encode(plan.pins), as: UTF8.self)
        let measured = Measured()
        try await whileWorking(options, pins, measured) {
            let start = ContinuousClock.now
            try await desk.start(plan)
            try await desk.wait(for: rollout)
            measured.took.withLock { $0 = ContinuousClock.now - start }
        }
        let seconds = measured.took.withLock { $0.milliseconds } / 1000
        let suffix = "n\(hosts)_\(workers)w\(flush.suffix)"
        printFigure("W5", "rollout_\(suffix)", seconds, "s")
        printFigure("W5", "rollout_hosts_\(suffix)", Double(hosts) / seconds, "hosts/s")
        let events = Double(try await store.head() - head)
        printFigure("W5", "rollout_events_\(suffix)", events / seconds, "events/s")
        printFigure("W5", "worker_rss_\(suffix)", measured.memory.withLock { $0 }, "MiB")
    }

    /// Runs `body` beside the workers.
    private func whileWorking(
        _ options: ConnectionOptions, _ pins: String, _ measured: Measured, number: Int = 1,
        _ body: @Sendable @escaping () async throws -> Void
    ) async throws {
        let arguments = RolloutWorker.arguments(
            options, number: number, concurrency: concurrency, pins: pins, command: command)
        try await BenchProcess.whileRunning(arguments) { process in
            if number < workers {
                try await whileWorking(options, pins, measured, number: number + 1, body)
            } else {
                // Until the workers listen.
                try await Task.sleep(for: .seconds(1))
                try await body()
            }
            measured.memory.withLock { $0 = max($0, residentMiB(of: "\(process)")) }
        }
    }

    private final class Measured: Sendable {
        let took = Mutex(Duration.zero)
        /// The most that one of the workers has had resident, in MiB.
        let memory = Mutex(0.0)
    }
}

/// What people do around a rollout.
private struct RolloutDesk {
    let bus: CommandBus
    let people: SimulatedPeople

    func plan(_ request: RolloutPlanner.Request) async throws -> RolloutPlan {
        let plan = try RolloutPlanner.plan(request)
        let document = Document(
            mediaType: "application/json", bytes: try CanonicalJSON.encode(plan))
        let expires = Timestamp.now + .seconds(86_400)
        try await send(.plan(plan, digest: document.digest), plan, people.manager, [document])
        try await send(.requestApproval(expires: expires), plan, people.manager)
        try await send(
            .approve(planDigest: document.digest, expires: expires), plan, people.approver)
        return plan
    }

    func start(_ plan: RolloutPlan) async throws {
        let approval = PatchApproval(
            patch: plan.patch, artefactDigest: plan.artefactDigest,
            expires: Timestamp.now + .seconds(86_400))
        try await send(.start(approval), plan, people.manager)
    }

    /// Returns once the rollout has ended.
    ///
    /// - Throws: When it stops for a person.
    func wait(for rollout: StreamID) async throws {
        while true {
            let state = try await bus.state(of: rollout, as: RolloutDecider.self).state
            if state.hasEnded { return }
            if let pause = state.pause {
                throw BenchFailure(reason: "the rollout has stopped: \(pause)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func send(
        _ command: RolloutCommand, _ plan: RolloutPlan, _ actor: Actor,
        _ documents: [Document] = []
    ) async throws {
        var options = CommandBus.Options()
        options.documents = documents
        _ = try await bus.send(
            command, to: plan.rollout, as: RolloutDecider.self,
            CommandContext(actor: actor, at: .now, commandID: .timeOrdered()), options)
    }
}
