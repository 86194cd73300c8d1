import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// Single assets go back while the rollout goes on, is paused or is over: each is a failure then, and
/// nothing is installed by it that the pause holds back (I1, I6, I16, I18).
@Suite("Rolling back single assets")
struct AssetRollbackTests {
    private func stage(
        production: Int = 5, batches: String = "2,rest",
        _ change: (inout RolloutPlanner.Request) -> Void = { _ in }
    ) throws -> (world: World, hosts: [AssetRegistration], rollout: StreamID, patch: StreamID) {
        var world = try World(faults: "none", random: .fresh("assets back"))
        let hosts = try world.importFleet(production: production)
        let patch = try world.approvedPatch(on: hosts)
        let rollout = try world.startedRollout(
            patch, on: hosts, batches: batches, soak: [5], change: change)
        return (world, hosts, rollout, patch)
    }

    private func succeeded(
        _ world: World, _ hosts: [AssetRegistration], _ rollout: StreamID
    ) -> [StreamID] {
        hosts.map(\.asset).filter { world.deployment($0, rollout).outcome == .succeeded }
    }

    private func takeBack(
        _ world: inout World, _ rollout: StreamID, _ assets: [StreamID]
    ) throws {
        try world.tell(rollout, .rollBackAssets(assets, reason: "the shop is down"), by: rita)
    }

    @Test("One goes back while the others go on; it counts as a failure of its batch")
    func goesOn() throws {
        var (world, hosts, rollout, _) = try stage {
            $0.gate.maxPercent = 100
            $0.gate.minSuccessPercent = 1
        }
        try world.run { succeeded($0, hosts, rollout).isEmpty }
        let asset = try unwrapped(succeeded(world, hosts, rollout).first)
        try takeBack(&world, rollout, [asset])
        try world.run()
        #expect(world.deployment(asset, rollout).outcome == .rolledBack)
        #expect(world.rollout(rollout).stage == .ended(.completed))
        let totals = try unwrapped(world.rollout(rollout).tally).totals
        #expect(totals.bad == 1 && totals.ok == 4)
        #expect(try Audit(world).violations.isEmpty)
    }

    @Test("A strict gate halts by it, names it, and goes on when it is acknowledged")
    func halts() throws {
        var (world, hosts, rollout, patch) = try stage { $0.gate.maxFailures = 0 }
        try world.run { succeeded($0, hosts, rollout).isEmpty }
        let asset = try unwrapped(succeeded(world, hosts, rollout).first)
        try takeBack(&world, rollout, [asset])
        try world.run { $0.rollout(rollout).pause?.isCounted != true }
        let cause = try unwrapped(
            world.events(of: rollout, RolloutDecider.self).compactMap { event in
                if case .gateEvaluated(let gate) = event { gate.cause } else { nil }
            }.last)
        #expect(cause.rule == .maxFailures && cause.assets == [asset])
        try world.run { $0.deployment(asset, rollout).outcome != .rolledBack }
        try world.tell(
            rollout,
            .resume(
                reason: "known", acknowledged: [asset], acceptAbsent: false,
                approval: world.approval(of: patch)), by: rita)
        try world.run()
        #expect(world.rollout(rollout).stage == .ended(.completed))
        #expect(try Audit(world).violations.isEmpty)
    }

    @Test("In a pause it goes back, and nothing is installed (I6)")
    func paused() throws {
        var (world, hosts, rollout, _) = try stage(production: 6, batches: "rest") {
            $0.capacity = 1
        }
        try world.run { succeeded($0, hosts, rollout).isEmpty }
        try world.tell(rollout, .pause(.person, detail: "a look"), by: rita)
        let asset = try unwrapped(succeeded(world, hosts, rollout).first)
        let head = world.log.count
        try takeBack(&world, rollout, [asset])
        try world.run(until: world.now + .seconds(3600))
        #expect(world.deployment(asset, rollout).outcome == .rolledBack)
        let begun = world.log[head...].filter {
            $0.type == InstallStarted.type || $0.type == LeaseGranted.type
        }
        #expect(begun.isEmpty, "nothing begins in a pause")
        #expect(world.rollout(rollout).pause != nil)
        #expect(try Audit(world).violations.isEmpty)
    }

    @Test("After the end as well; what has gone back stays back, and nothing else moves")
    func ended() throws {
        var (world, hosts, rollout, _) = try stage()
        try world.run()
        #expect(world.rollout(rollout).stage == .ended(.completed))
        let asset = try unwrapped(succeeded(world, hosts, rollout).last)
        try takeBack(&world, rollout, [asset])
        try world.run()
        #expect(world.deployment(asset, rollout).outcome == .rolledBack)
        #expect(succeeded(world, hosts, rollout).count == hosts.count - 2)
        let head = world.log.count
        try takeBack(&world, rollout, [asset])
        try world.run()
        #expect(world.log.count == head + 1, "the order, and nothing that follows from it")
        #expect(try Audit(world).violations.isEmpty)
    }

    @Test("Before anything began, or for too many, it is refused; while all go back it is no news")
    func refusals() throws {
        var (world, hosts, rollout, _) = try stage()
        let assets = hosts.map(\.asset)
        for count in [0, 201] {
            #expect(throws: RolloutRejection.tooManyRolledBack(count)) {
                try takeBack(
                    &world, rollout, Array(repeating: assets[1], count: count))
            }
        }
        try world.run { succeeded($0, hosts, rollout).isEmpty }
        try world.tell(rollout, .rollBack(.all, reason: "back"), by: rita)
        let head = world.log.count
        try takeBack(&world, rollout, [assets[1]])
        #expect(world.log.count == head)
        var fresh = try World(faults: "none", random: .fresh("assets back"))
        let others = try fresh.importFleet(production: 2)
        let patch = try fresh.approvedPatch(on: others)
        let planned = try fresh.plan(patch, on: others, batches: "rest", soak: [0])
        #expect(throws: RolloutRejection.self) { try takeBack(&fresh, planned, [others[1].asset]) }
    }

    @Test("Whoever would wait in vain is told why")
    func obstacles() throws {
        var (world, hosts, rollout, _) = try stage()
        #expect(
            world.deployment(hosts[4].asset, rollout).obstacleToRollback
                == "its batch has not begun")
        try world.run()
        let asset = try unwrapped(succeeded(world, hosts, rollout).first)
        #expect(world.deployment(asset, rollout).obstacleToRollback == nil)
        try takeBack(&world, rollout, [asset])
        try world.run()
        #expect(
            world.deployment(asset, rollout).obstacleToRollback == "it has gone back already")
    }
}
