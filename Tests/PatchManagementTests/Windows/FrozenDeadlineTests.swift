import EventSourcing
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// Time in which nothing may begin counts against nobody: a rollout that a freeze keeps waiting doesn't
/// pause for it, and one whose hosts are stuck still does (I18).
@Suite("Progress deadlines in freezes")
struct FrozenDeadlineTests {
    private let lena = Actor(id: "pe_lena", role: "incidentCommander")

    private func stage(
        openings: [(Int, Int, Int)] = [], deadline: Int = 3600
    ) throws -> (world: World, hosts: [AssetRegistration], rollout: StreamID, began: Timestamp) {
        var world = try World(random: .fresh("frozen"))
        let hosts = try world.importFleet(production: 4)
        let patch = try world.approvedPatch(on: hosts)
        let began = world.now
        let calendar = PlannedCalendarTests.calendar(openings, from: began)
        let rollout = try world.startedRollout(patch, on: hosts, batches: "rest", soak: [5]) {
            $0.calendars = openings.isEmpty ? [] : [calendar]
            for place in $0.targets.indices where !openings.isEmpty {
                $0.targets[place].calendar = 0
            }
            $0.progressDeadlineSeconds = deadline
        }
        return (world, hosts, rollout, began)
    }

    private func freeze(
        _ world: inout World, _ scope: PolicyScope = .account, seconds: Int
    ) throws -> StreamID {
        let id = StreamID(prefix: "fz", world.newID())
        try world.tell(
            id,
            .create(
                id, name: "stop", scope: scope, from: nil, to: world.now + .seconds(seconds),
                reason: "an incident"), by: lena)
        return id
    }

    private func moves(_ world: World, _ rollout: StreamID) throws -> [ProgressDeadlineMoved] {
        try world.events(of: rollout, RolloutDecider.self).compactMap {
            if case .deadlineMoved(let moved) = $0 { moved } else { nil }
        }
    }

    @Test("A freeze that lasts longer than the deadline pauses nobody, and one event says why")
    func lastsLonger() throws {
        var (world, _, rollout, began) = try stage()
        let freeze = try freeze(&world, seconds: 100_000)
        try world.run(until: began + .seconds(99_000))
        #expect(world.rollout(rollout).pause == nil)
        let moves = try moves(world, rollout)
        #expect(moves.map(\.frozen.freeze) == [freeze.text])
        #expect(moves[0].earlier == began + .seconds(3600))
        let deadline = try unwrapped(world.rollout(rollout).deadline)
        #expect(deadline > began + .seconds(103_000) && deadline <= began + .seconds(103_601))
        try world.run()
        #expect(world.rollout(rollout).stage == .ended(.completed))
        #expect(try Audit(world).violations.isEmpty)
    }

    @Test("Lifted before its time, it takes back what it gave: who is stuck is found out in time")
    func lifted() throws {
        var (world, _, rollout, began) = try stage()
        let freeze = try freeze(&world, seconds: 30 * 86_400)
        try world.run(until: began + .seconds(1000))
        try world.tell(freeze, .lift(reason: "over"), by: lena)
        try world.run { world in
            !world.log.contains { $0.type == "LeaseGranted" && $0.stream.prefix == "de" }
        }
        try world.run { $0.coordinated < $0.log.count }
        let deadline = try unwrapped(world.rollout(rollout).deadline)
        #expect(
            deadline >= began + .seconds(4500) && deadline <= began + .seconds(4700),
            "\(deadline - began)")
        try world.run()
        #expect(world.rollout(rollout).stage == .ended(.completed))
    }

    @Test("Hosts that no freeze keeps from going on have their deadline")
    func stuck() throws {
        var (world, hosts, rollout, _) = try stage()
        try world.run { world in
            world.log.count { $0.type == DeploymentQueued.type } < hosts.count - 1
        }
        // Nobody works: no host says that it waits for anything.
        world.dispatch.activities.removeAll { $0.stream.prefix == "de" }
        try world.run()
        #expect(world.rollout(rollout).pause?.reason == .gate)
    }

    @Test("In windows a freeze takes only what would have been open")
    func inWindows() throws {
        var (world, _, rollout, began) = try stage(
            openings: [(0, 1000, 1000), (10_000, 11_000, 11_000), (20_000, 30_000, 30_000)],
            deadline: 1500)
        #expect(world.rollout(rollout).deadline == began + .seconds(10_500))
        _ = try freeze(&world, seconds: 12_000)
        try world.run(until: began + .seconds(12_000))
        let deadline = try unwrapped(world.rollout(rollout).deadline)
        #expect(
            deadline > began + .seconds(21_490) && deadline <= began + .seconds(21_501),
            "\(deadline - began)")
        try world.run()
        #expect(world.rollout(rollout).stage == .ended(.completed))
    }

    @Test("Counted time has no freezes, and goes on after the last opening", arguments: 0..<40)
    func countedTime(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var moment = 0
        let openings = (0..<3).map { _ in
            moment += random.below(50) + 1
            let start = moment
            moment += random.below(50) + 1
            return (start, moment, moment)
        }
        let zero = Timestamp(seconds: 0)
        let calendar =
            random.chance(50) ? PlannedCalendarTests.calendar(openings, from: zero) : nil
        let frozen = (0..<random.below(4)).map { number in
            let from = random.below(300)
            return FrozenTime(
                freeze: "fz_\(number)", from: Timestamp(seconds: Int64(from)),
                to: Timestamp(seconds: Int64(from + random.below(80))))
        }
        let time = CountedTime(calendar, without: frozen)
        func counts(_ second: Int) -> Bool {
            let at = Timestamp(seconds: Int64(second))
            let isOpen =
                calendar == nil || second >= moment
                || openings.contains { $0.0 <= second && second < $0.1 }
            return isOpen && !frozen.contains { $0.from <= at && at < $0.to }
        }
        let since = random.below(300)
        let end = since + random.below(300)
        let counted = (since..<max(since, end)).count { counts($0) }
        #expect(
            time.amount(from: Timestamp(seconds: Int64(since)), to: Timestamp(seconds: Int64(end)))
                == .seconds(counted), "seed \(seed)")
        let amount = random.below(200) + 1
        var (left, second) = (amount, since)
        while left > 0 {
            if counts(second) { left -= 1 }
            second += 1
        }
        #expect(
            time.moment(after: .seconds(amount), since: Timestamp(seconds: Int64(since)))
                == Timestamp(seconds: Int64(second)), "seed \(seed)")
    }
}
