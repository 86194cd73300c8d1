import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// An owner's postponement is bounded: at most three times, within deadline and approval, never in an
/// emergency; the asset leaves its batch, and gets its turn by itself (I16, I18).
@Suite("Postponement by owners")
struct PostponementTests {
    private let olga = Actor(id: "pe_olga", role: "assetOwner")

    private func stage(
        batches: String = "1,rest"
    ) throws -> (world: World, hosts: [AssetRegistration], rollout: StreamID) {
        var world = try World(random: .fresh("postponed"))
        let hosts = try world.importFleet(production: 5)
        let patch = try world.approvedPatch(on: hosts)
        let rollout = try world.startedRollout(patch, on: hosts, batches: batches, soak: [5]) {
            // Too many of a batch would be a reason to look.
            $0.gate.maxAbsentPercent = 100
        }
        return (world, hosts, rollout)
    }

    private func postpone(
        _ world: inout World, _ rollout: StreamID, _ asset: StreamID, seconds: Int,
        latest: Int? = nil
    ) throws {
        try world.tell(
            rollout,
            .postpone(
                asset, until: world.now + .seconds(seconds),
                latest: latest.map { world.now + .seconds($0) }, reason: "the fair"), by: olga)
    }

    /// One of the last batch.
    private func late(_ world: World, _ rollout: StreamID) throws -> StreamID {
        let digest = try unwrapped(world.rollout(rollout).plan).planDigest
        let plan = try CanonicalJSON.decode(
            RolloutPlan.self, from: unwrapped(world.documents[digest]).bytes)
        return try unwrapped(plan.batches.last?.last).asset
    }

    @Test("Before its batch it leaves it, the others go on, and it gets its turn at that time")
    func leaves() throws {
        var (world, hosts, rollout) = try stage()
        let asset = try late(world, rollout)
        let until = world.now + .seconds(86_400)
        try postpone(&world, rollout, asset, seconds: 86_400)
        try world.run(until: until + .seconds(-60))
        let others = hosts.dropFirst().filter { $0.asset != asset }
        #expect(others.allSatisfy { world.outcome(of: $0, in: rollout) == .succeeded })
        #expect(world.rollout(rollout).stragglers != nil)
        try world.run()
        #expect(world.rollout(rollout).stage == .ended(.completed))
        #expect(world.deployment(asset, rollout).outcome == .succeeded)
        let begun = try unwrapped(
            world.log.first {
                $0.type == LeaseGranted.type
                    && $0.stream == .deployment(of: asset, in: rollout)
            })
        #expect(begun.recordedAt >= until)
        #expect(try Audit(world).violations.isEmpty)
    }

    @Test("While it waits in its batch as well; what has begun is brought to its end")
    func queued() throws {
        var (world, hosts, rollout) = try stage(batches: "rest")
        try world.run { world in
            !world.log.contains { $0.type == InstallStarted.type && $0.stream.prefix == "de" }
        }
        for host in hosts.dropFirst() {
            try postpone(&world, rollout, host.asset, seconds: 7200)
        }
        try world.run()
        #expect(world.rollout(rollout).stage == .ended(.completed), "\(world.random.seed)")
        let postponed = world.log.count { $0.type == PostponedByOwner.type }
        #expect((1..<5).contains(postponed))
        #expect(try Audit(world).violations.isEmpty)
    }

    @Test("Three times, within deadline and approval, and the same again is nothing new")
    func bounds() throws {
        var (world, _, rollout) = try stage()
        let asset = try late(world, rollout)
        #expect(throws: RolloutRejection.self) {
            try postpone(&world, rollout, asset, seconds: -1)
        }
        #expect(throws: RolloutRejection.self) {
            try postpone(&world, rollout, asset, seconds: 3600, latest: 1800)
        }
        #expect(throws: RolloutRejection.self) {
            try postpone(&world, rollout, asset, seconds: 11 * 86_400)
        }
        let before = world.log.count
        try postpone(&world, rollout, asset, seconds: 3600)
        try postpone(&world, rollout, asset, seconds: 3600)
        #expect(world.log.count == before + 1)
        try postpone(&world, rollout, asset, seconds: 3700)
        try postpone(&world, rollout, asset, seconds: 3800)
        #expect(throws: RolloutRejection.postponedTooOften(asset)) {
            try postpone(&world, rollout, asset, seconds: 3900)
        }
    }
}
