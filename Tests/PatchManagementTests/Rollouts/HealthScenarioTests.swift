import EventSourcing
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// A rollout that asks its hosts for their health: before each batch, through its soak and after it
/// (I8).
@Suite("A rollout that watches its hosts' health")
struct HealthScenarioTests {
    private static let web = {
        var probe = HealthProbe(name: "web", kind: .http)
        probe.port = 80
        probe.path = "/healthz"
        return probe
    }()

    private static let fine: World.Prober = { _, _, _ in
        .answer(value: 10, isRefusal: false, detail: "status 200")
    }

    /// A started rollout on six hosts, in batches of one, three and two, that soak for 10 s and are
    /// asked every 2 s.
    private func started(
        _ probe: HealthProbe = web, _ prober: @escaping World.Prober = fine,
        seed: UInt64? = nil, change: @escaping (inout RolloutPlanner.Request) -> Void = { _ in }
    ) throws -> (world: World, rollout: StreamID, patch: StreamID, hosts: [AssetRegistration]) {
        let random = seed.map { SeededRandom(seed: $0) } ?? .fresh("health scenario")
        var world = try World(faults: "none", random: random)
        world.prober = prober
        let hosts = try world.importFleet(production: 6)
        let patch = try world.approvedPatch(on: hosts)
        let rollout = try world.startedRollout(patch, on: hosts, soak: [10]) { request in
            request.probes = [probe.name]
            request.healthPolicy.probes = [probe]
            request.healthPolicy.intervalSeconds = 2
            request.progressDeadlineSeconds = 600
            change(&request)
        }
        return (world, rollout, patch, hosts)
    }

    private func rounds(_ world: World, _ rollout: StreamID) throws -> [HealthRecorded] {
        try world.events(of: rollout, RolloutDecider.self).compactMap { event in
            if case .healthRecorded(let round) = event { round } else { nil }
        }
    }

    private func halt(_ world: World, _ rollout: StreamID) throws -> RolloutPaused? {
        try world.events(of: rollout, RolloutDecider.self).compactMap { event in
            if case .paused(let paused) = event { paused } else { nil }
        }.last
    }

    private func expectSound(
        _ world: World, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let violations = try Audit(world).violations
        #expect(
            violations.isEmpty, "seed: \(world.random.seed)\n\(violations.joined(separator: "\n"))",
            sourceLocation: sourceLocation)
    }

    private func resume(_ world: inout World, _ rollout: StreamID, _ patch: StreamID) throws {
        try world.tell(
            rollout,
            .resume(
                reason: "mended", acknowledged: [], acceptAbsent: false,
                approval: world.approval(of: patch)), by: rita)
    }

    @Test("Each batch has its baseline before it begins, and rounds through its whole soak")
    func goodHealth() throws {
        var (world, rollout, _, _) = try started()
        try world.run { !$0.rollout(rollout).hasEnded }
        #expect(world.rollout(rollout).stage == .ended(.completed))
        let types = world.types(of: rollout).filter {
            ["BaselineOrdered", "BatchStarted"].contains($0)
        }
        #expect(
            types
                == Array(repeating: ["BaselineOrdered", "BatchStarted"], count: 3).flatMap(\.self))
        let rounds = try rounds(world, rollout)
        #expect(rounds.allSatisfy { $0.verdict == .good && $0.cause == nil })
        for batch in 0...2 {
            #expect(
                rounds.count {
                    $0.round == .init(number: $0.round.number, kind: .baseline, batch: batch)
                } == 1)
            let soak = rounds.filter { $0.round.kind == .soak && $0.round.batch == batch }
            #expect((2...6).contains(soak.count), "batch \(batch): \(soak.count) rounds in 10 s")
            // 1, 3 and 2 hosts, and those that come after them, five at most.
            #expect(soak.allSatisfy { $0.probes[0].subjects.asked == [1, 3, 2][batch] })
            #expect(soak.allSatisfy { $0.probes[0].control.asked == [5, 2, 0][batch] })
        }
        #expect(rounds.allSatisfy { world.documents[$0.report] != nil }, "the answers are kept")
        #expect(rounds.map(\.round.number) == rounds.map(\.round.number).sorted())
        try expectSound(world)
    }

    @Test(
        "I8: a canary whose service is up but whose probe gets bad halts, with rule, value, limit and host"
    )
    func badCanary() throws {
        var (world, rollout, _, hosts) = try started(Self.web) { _, host, world in
            let isDown = world.isPatched(host)
            return .answer(value: 10, isRefusal: isDown, detail: isDown ? "status 503" : "200")
        }
        try world.run { $0.rollout(rollout).pause == nil }
        let canary = try #require(hosts.first { world.outcome(of: $0, in: rollout) != nil })
        #expect(world.outcome(of: canary, in: rollout) == .succeeded, "its service is up")
        let paused = try #require(try halt(world, rollout))
        let cause = try #require(paused.cause)
        #expect(cause.rule == .health && cause.value == 100 && cause.limit == 0)
        #expect(cause.assets == [canary.asset])
        let health = try #require(cause.health)
        #expect(health.probe == "web" && health.rule == .share && health.samples == 1)
        #expect(paused.detail == "health: probe web: 100 % of 1 answers are bad, 0 % may be")
        #expect(
            hosts.count { world.outcome(of: $0, in: rollout) != nil } == 1, "nothing else began")
        try world.run(until: world.now + .seconds(3600))
        #expect(world.rollout(rollout).pause != nil, "it stands until a person ends it")
        try expectSound(world)
    }

    @Test("A bad round rolls back where the plan says so")
    func rollsBack() throws {
        var (world, rollout, _, hosts) = try started(
            Self.web,
            { _, host, world in
                .answer(value: 10, isRefusal: world.isPatched(host), detail: "")
            }, change: { $0.gate.onTrip = .rollbackAll })
        try world.run { !$0.rollout(rollout).hasEnded }
        #expect(world.rollout(rollout).stage == .ended(.rolledBack))
        #expect(hosts.allSatisfy { !world.isPatched($0.host) })
        try expectSound(world)
    }

    @Test("Hosts that are unwell before their batch are left alone, until they are found well")
    func badBaseline() throws {
        var (world, rollout, patch, hosts) = try started(Self.web) { _, _, _ in
            .answer(value: nil, isRefusal: true, detail: "connection refused")
        }
        try world.run { $0.rollout(rollout).pause == nil }
        #expect(try halt(world, rollout)?.cause?.health?.probe == "web")
        #expect(!world.types(of: rollout).contains("BatchStarted"))
        #expect(hosts.allSatisfy { world.outcome(of: $0, in: rollout) == nil })
        // Passing over it is no way: resuming asks anew.
        #expect(throws: RolloutRejection.self) {
            try world.tell(
                rollout,
                .promote(
                    reason: "so what", maxTotalFailures: nil, approval: world.approval(of: patch)),
                by: paul)
        }
        try resume(&world, rollout, patch)
        try world.run { $0.rollout(rollout).pause == nil }
        #expect(try rounds(world, rollout).map(\.verdict) == [.bad, .bad])

        world.prober = Self.fine
        try resume(&world, rollout, patch)
        try world.run { !$0.rollout(rollout).hasEnded }
        #expect(world.rollout(rollout).stage == .ended(.completed))
        try expectSound(world)
    }

    @Test("A probe without an answer pauses, whatever onTrip says, and a new soak begins after it")
    func missing() throws {
        var (world, rollout, patch, hosts) = try started(
            Self.web,
            { _, host, world in
                world.isPatched(host)
                    ? .none(detail: "no route") : .answer(value: 1, isRefusal: false, detail: "")
            }, change: { $0.gate.onTrip = .rollbackAll })
        try world.run { $0.rollout(rollout).pause == nil }
        let cause = try #require(try halt(world, rollout)?.cause)
        #expect(cause.rule == .health && cause.health?.rule == .answers)
        #expect((cause.value, cause.limit) == (0, 1))
        #expect(hosts.count { world.isPatched($0.host) } == 1, "nothing was rolled back")
        let soaks = world.types(of: rollout).count { $0 == "SoakStarted" }
        world.prober = Self.fine
        try resume(&world, rollout, patch)
        #expect(world.types(of: rollout).count { $0 == "SoakStarted" } == soaks + 1)
        try world.run { !$0.rollout(rollout).hasEnded }
        #expect(world.rollout(rollout).stage == .ended(.completed))
        try expectSound(world)
    }

    @Test("Slower than before, and than those without the patch, is bad; slower together is not")
    func comparison() throws {
        var probe = Self.web
        probe.worse = HealthComparison(percent: 50, atLeast: 20, minSamples: 1)
        var (world, rollout, _, _) = try started(probe) { _, host, world in
            .answer(value: world.isPatched(host) ? 300 : 100, isRefusal: false, detail: "")
        }
        try world.run { $0.rollout(rollout).pause == nil }
        let health = try #require(try halt(world, rollout)?.cause?.health)
        #expect(health.rule == .worse && health.value == 300 && health.limit == 150)
        #expect(health.baseline == 100 && health.baselineSamples == 1)
        #expect(health.control == 100 && health.controlSamples == 5)
        try expectSound(world)

        // All hosts have become slower since the canary: it isn't the patch.
        (world, rollout, _, _) = try started(probe) { _, host, world in
            let hasBegun = world.types(of: world.firstRollout).contains("BatchStarted")
            return .answer(value: hasBegun ? 300 : 100, isRefusal: false, detail: "")
        }
        try world.run {
            $0.rollout(rollout).pause == nil && $0.rollout(rollout).batch < 1
        }
        #expect(world.rollout(rollout).pause == nil)
    }

    @Test("A batch that has passed is watched while others go on")
    func watch() throws {
        var (world, rollout, _, hosts) = try started(Self.web) { _, host, world in
            let isLate = world.rollout(world.firstRollout).batch == 1
            let isCanary =
                host.map { world.deployment($0.asset, world.firstRollout).order?.batch == 0 }
                ?? false
            return .answer(value: 1, isRefusal: isLate && isCanary, detail: "")
        } change: {
            // The second batch takes long.
            $0.capacity = 1
        }
        for host in hosts.dropFirst() { world.fleet.change(host.host) { $0.faults = [.slow] } }
        try world.run {
            $0.rollout(rollout).pause == nil && !$0.rollout(rollout).hasEnded
        }
        let cause = try #require(try halt(world, rollout)?.cause)
        #expect(cause.rule == .health)
        let canary = try #require(
            hosts.first { world.deployment($0.asset, rollout).order?.batch == 0 })
        #expect(cause.assets == [canary.asset])
        #expect(try rounds(world, rollout).last?.round.kind == .watch)
    }

    @Test("Another approver may pass a batch whose probe stays bad")
    func promoted() throws {
        var (world, rollout, patch, _) = try started(Self.web) { _, host, world in
            // Bad only in the soak of the canary.
            let isBad = world.rollout(world.firstRollout).batch == 0 && world.isPatched(host)
            return .answer(value: 1, isRefusal: isBad, detail: "")
        }
        try world.run { $0.rollout(rollout).pause?.isCounted != true }
        let promotion = RolloutCommand.promote(
            reason: "the probe is wrong", maxTotalFailures: nil,
            approval: try world.approval(of: patch))
        #expect(throws: RolloutRejection.releaserMayNotPromote(rita.id)) {
            try world.tell(rollout, promotion, by: rita)
        }
        try world.tell(rollout, promotion, by: paul)
        try world.run { !$0.rollout(rollout).hasEnded }
        #expect(world.rollout(rollout).stage == .ended(.completed))
        try expectSound(world)
    }

    @Test("I18: when nobody asks the hosts, the rollout waits for a person, within its deadline")
    func nobodyAsks() throws {
        var (world, rollout, patch, _) = try started()
        world.dispatch.activities.removeAll { $0.activity.kind == RolloutDecider.healthKind }
        try world.run { $0.rollout(rollout).pause == nil }
        let paused = try #require(try halt(world, rollout))
        #expect(paused.cause?.rule == .health && paused.detail.contains("does a worker run?"))
        try resume(&world, rollout, patch)
        try world.run { !$0.rollout(rollout).hasEnded }
        #expect(world.rollout(rollout).stage == .ended(.completed))
    }

    @Test("A soak in which too few rounds came passes nothing")
    func tooFewRounds() throws {
        var (world, rollout, _, _) = try started()
        try world.run { world in
            if case .soaking = world.rollout(rollout).stage { false } else { true }
        }
        world.dispatch.activities.removeAll { $0.activity.kind == RolloutDecider.healthKind }
        try world.run { $0.rollout(rollout).pause == nil }
        let health = try #require(try halt(world, rollout)?.cause?.health)
        #expect(health.rule == .rounds && health.limit == 2)
    }

    @Test("I4, I9: workers that die in a round cost time, never a verdict", arguments: 1...25)
    func dyingWorkers(seed: Int) throws {
        var (world, rollout, patch, _) = try started(seed: UInt64(seed)) {
            $0.soakSeconds = [300]
            $0.healthPolicy.intervalSeconds = 10
            $0.progressDeadlineSeconds = 86_400
        }
        world.crashPercent = 20
        for _ in 0..<20 {
            try world.run {
                !$0.rollout(rollout).hasEnded && $0.rollout(rollout).pause?.isCounted != true
            }
            guard !world.rollout(rollout).hasEnded else { break }
            world.crashPercent = 0
            // What the deaths left in doubt is probed first.
            try world.run(until: world.now + .seconds(7200))
            do {
                try resume(&world, rollout, patch)
            } catch is RolloutRejection {
                break
            }
        }
        let rounds = try rounds(world, rollout)
        #expect(
            Set(rounds.map(\.round.number)).count == rounds.count, "seed \(seed): a round twice")
        #expect(rounds.allSatisfy { $0.verdict == .good })
        try expectSound(world)
    }
}

extension World {
    fileprivate var firstRollout: StreamID {
        log.first { $0.stream.prefix == "ro" }?.stream ?? StreamID(prefix: "ro", uuid(0))
    }
}
