import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// Rollouts under everything at once: hosts that fail, workers that die and sleep, people who
/// change their minds. Whatever happens, the log keeps the invariants.
@Suite("Rollouts in a storm")
struct RolloutChaosTests {
    static let rounds = 60

    @Test("I1–I8, I13–I15: no fault, crash or command breaks them; I18: everything ends")
    func storm() throws {
        var seeds = SeededRandom.fresh("rollouts in a storm")
        for _ in 0..<Self.rounds {
            var story = try ChaosStory(seed: seeds.next())
            try story.tell()
            let violations = try Audit(story.world).violations
            #expect(
                violations.isEmpty,
                "seed: \(story.world.random.seed)\n\(violations.joined(separator: "\n"))")
        }
    }

    @Test("The same seed gives the same log, byte for byte")
    func determinism() throws {
        let seed = SeededRandom.fresh("the same log").seed
        var logs: [[RecordedEvent]] = []
        for _ in 0..<2 {
            var story = try ChaosStory(seed: seed)
            try story.tell()
            logs.append(story.world.log)
        }
        #expect(logs[0] == logs[1], "seed: \(seed)")
    }

    @Test("Absent hosts by default: a rollout onto hundreds of them ends without a person")
    func absences() throws {
        var world = try World(random: .fresh("absences"))
        let hosts = try world.importFleet(production: 400)
        let patch = try world.approvedPatch(on: hosts)
        try world.setFaults("absences")
        let rollout = try world.startedRollout(
            patch, on: hosts, batches: "10%,rest", soak: [60]
        ) {
            $0.gate.maxAbsentPercent = 40
        }
        try world.run { !$0.rollout(rollout).hasEnded && $0.rollout(rollout).pause == nil }
        #expect(
            world.rollout(rollout).stage == .ended(.completed), "seed: \(world.random.seed)")
        let outcomes = hosts.dropFirst().compactMap { world.outcome(of: $0, in: rollout) }
        #expect(outcomes.count == 400)
        #expect(outcomes.contains(.absent) && outcomes.contains(.succeeded))
        let violations = try Audit(world).violations
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }
}

/// One random story: two patches and their rollouts on the same hosts.
struct ChaosStory {
    var world: World
    private var hosts: [AssetRegistration] = []
    private var rollouts: [StreamID] = []
    private var freezes: [StreamID] = []
    private let lena = Actor(id: "pe_lena", role: "incidentCommander")
    private let pia = Actor(id: "pe_pia", role: "approver")

    init(seed: UInt64) throws {
        world = try World(random: SeededRandom(seed: seed))
    }

    mutating func tell() throws {
        hosts = try world.importFleet(production: 4 + world.random.below(8))
        for source in ["pf-demo", "pf-slow"] {
            let patch = try world.approvedPatch(source, on: hosts)
            let batches = world.random.pick(["1,50%,rest", "rest", "2,1,rest", "1,1,1,rest"])
            let gate = randomGate()
            let capacity = 1 + world.random.below(6)
            let soak = world.random.pick([0, 5, 3600])
            let calendars = randomCalendars()
            rollouts.append(
                try world.startedRollout(patch, on: hosts, batches: batches, soak: [soak]) {
                    $0.gate = gate
                    $0.capacity = capacity
                    $0.progressDeadlineSeconds = 7200
                    $0.calendars = calendars
                    for (index, place) in $0.targets.indices.enumerated()
                    where !calendars.isEmpty && index % 3 < 2 {
                        $0.targets[place].calendar = index % 3
                    }
                })
        }
        breakHosts()
        world.crashPercent = world.random.pick([0, 10, 40])
        for _ in 0..<world.random.below(12) {
            try world.run(
                until: world.now + .seconds(world.random.pick([1, 10, 100, 1000, 10_000])))
            somebodyActs()
        }
        try calm()
    }

    private mutating func randomGate() -> GateSettings {
        var gate = GateSettings()
        gate.maxPercent = world.random.pick([5, 30, 100])
        gate.minSuccessPercent = world.random.pick([1, 60, 90])
        gate.maxAbsentPercent = world.random.pick([0, 50, 100])
        gate.maxFailures = world.random.pick([nil, nil, 0, 1])
        gate.maxTotalFailures = world.random.pick([nil, nil, 1, 3])
        if gate.maxFailures ?? 0 > gate.maxTotalFailures ?? 1000 { gate.maxFailures = nil }
        gate.onTrip = world.random.pick(GateSettings.OnTrip.allCases)
        return gate
    }

    /// None, or two that open at other times, for some weeks.
    private mutating func randomCalendars() -> [PlannedCalendar] {
        guard world.random.chance(50) else { return [] }
        return (0..<2).map { _ in
            let hours = world.random.pick([1, 2, 5])
            let cutoff = world.random.pick([0, 600, 1800])
            let begin = world.now + .seconds(world.random.below(20_000))
            let openings = (0..<200).map { number in
                let start = begin + .seconds(number * 6 * 3600)
                let end = start + .seconds(hours * 3600)
                return Opening(start: start, lastStart: end + .seconds(-cutoff), end: end)
            }
            return PlannedCalendar(
                definition: Digest(of: "windows"), windows: ["nights"], openings: openings)
        }
    }

    /// Creates, lifts or overrides a freeze.
    private mutating func somebodyFreezes(_ rollout: StreamID) throws {
        guard let freeze = freezes.last, world.random.chance(60) else {
            let id = StreamID(prefix: "fz", world.newID())
            let host = world.random.pick(hosts)
            let scope = world.random.pick([
                PolicyScope.account, .site(host.site), .group(host.group), .asset(host.asset),
            ])
            let delay = world.random.pick([0, 100, 5000])
            let from = delay == 0 ? nil : world.now + .seconds(delay)
            let end = world.now + .seconds(delay + world.random.pick([100, 5000, 100_000]))
            try world.tell(
                id, .create(id, name: "stop", scope: scope, from: from, to: end, reason: "no"),
                by: lena)
            freezes.append(id)
            return
        }
        if world.random.chance(50) {
            try world.tell(freeze, .lift(reason: "over"), by: lena)
        } else {
            try world.tell(
                rollout, .overrideFreeze(freeze.text, reason: "this one may"), by: lena)
        }
    }

    private mutating func breakHosts() {
        for host in hosts where world.random.chance(40) {
            let fault = world.random.pick(HostFault.allCases)
            world.fleet.change(host.host) { $0.faults = [fault] }
        }
    }

    /// Any command of any person at any time; most are refused.
    private mutating func somebodyActs() {
        let rollout = world.random.pick(rollouts)
        let state = world.rollout(rollout)
        let listed = state.tally?.listed.filter(\.outcome.isBad).map(\.asset) ?? []
        do {
            let approval = try world.approval(of: unwrapped(state.plan).patch)
            switch world.random.below(10) {
            case 0: try world.tell(rollout, .pause(.person, detail: "a look"), by: lena)
            case 1, 2, 3:
                try world.tell(
                    rollout,
                    .resume(
                        reason: "looked at", acknowledged: listed,
                        acceptAbsent: world.random.chance(50), approval: approval),
                    by: rita)
            case 4:
                try world.tell(
                    rollout,
                    .promote(
                        reason: "known", maxTotalFailures: world.random.pick([nil, 4]),
                        approval: approval),
                    by: pia)
            case 5: try world.tell(rollout, .rollBack(.batch, reason: "not this one"), by: lena)
            case 6: try world.tell(rollout, .rollBack(.all, reason: "back"), by: lena)
            case 7, 8: try somebodyFreezes(rollout)
            default:
                if world.random.chance(30) {
                    try world.tell(rollout, .abort(reason: "enough"), by: lena)
                } else {
                    breakHosts()
                }
            }
        } catch {
            // Refused, as it should be in that state.
        }
    }

    /// A paused rollout keeps the assets that it had begun with, and whoever is to bring that one to
    /// an end is waited for by others as well.
    private func isBehindAPausedOne(_ rollout: StreamID) -> Bool {
        rollouts.contains { other in
            other != rollout && world.rollout(other).pause != nil
                && hosts.contains { host in
                    let order = world.deployment(host.asset, other).order
                    let attempt = world.deployment(host.asset, other).attempt
                    return order != nil
                        && world.dispatch.attempts[host.asset] == order?.attemptID(attempt)
                }
        }
    }

    /// I18: with the faults gone, everything ends within a week, or waits for a person; and a
    /// person can end whatever waits.
    private mutating func calm() throws {
        world.crashPercent = 0
        for host in hosts {
            world.fleet.change(host.host) { host in
                for fault in host.faults { host.heal(fault) }
            }
        }
        let week = Duration.seconds(7 * 86_400)
        try world.run(until: world.now + week)
        for rollout in rollouts {
            let state = world.rollout(rollout)
            // A host that is gone for good is waited for until the approval ends.
            let mayWait = state.stragglers.map { world.now < $0.until } ?? false
            guard state.hasEnded || state.pause != nil || mayWait || isBehindAPausedOne(rollout)
            else {
                throw World.Unending(
                    description: "seed \(world.random.seed): \(rollout) is \(state.stage)")
            }
        }
        for rollout in rollouts {
            let state = world.rollout(rollout)
            if state.hasEnded || state.pause == nil { continue }
            try world.tell(rollout, .rollBack(.all, reason: "end"), by: lena)
            if world.rollout(rollout).pause != nil {
                // It was going back already, and somebody had paused that.
                try world.tell(
                    rollout,
                    .resume(reason: "end", acknowledged: [], acceptAbsent: false, approval: nil),
                    by: rita)
            }
        }
        try world.run(until: world.now + week)
        for rollout in rollouts where !world.rollout(rollout).hasEnded {
            throw World.Unending(
                description: "seed \(world.random.seed): \(rollout) does not go back")
        }
        guard world.dispatch.attempts.isEmpty else {
            throw World.Unending(
                description: "seed \(world.random.seed): attempts never ended: "
                    + "\(world.dispatch.attempts)")
        }
    }
}
