import PatchManagement
import SimulatedFleet
import Support

@testable import EventSourcing

/// The stories of the seeds: rollouts of two patches and their bundle onto the same hosts, some planned
/// by a schedule, in weather, with hosts, processes and people that do what they please; and at the
/// end, with the faults gone, everything must come to an end.
struct Storm {
    var story: Story
    private var standby: InMemoryState?

    /// - Parameter weather: nil has it drawn.
    init(
        seed: UInt64, bug: PlantedBug? = nil, deathAt: Int? = nil, weather given: Weather? = nil
    ) throws {
        var random = SeededRandom(seed: seed)
        let production = random.pick([2, 2, 4, 4, 6])
        var weather = Storm.weather(&random)
        if let given { weather = given }
        if let deathAt {
            weather = .calm
            weather.deathAt = deathAt
        }
        // The rest is drawn by the scheduler, whose seed must not be that of these first draws.
        let startsWithNothing = deathAt == nil && bug == nil && random.chance(4)
        let workers = random.pick([1, 2, 2, 3])
        story = Story(
            seed: seed, after: startsWithNothing ? nil : try Prologue.of(production),
            workers: workers, weather: weather, bug: bug)
        if startsWithNothing {
            try story.begin(production: production)
            for source in Prologue.sources {
                // In such weather a test may come to nothing, and then there is nothing to roll out.
                try story.approvedPatch(source)
            }
        }
    }

    private static func weather(_ random: inout SeededRandom) -> Weather {
        var weather = Weather()
        weather.aborted = random.pick([0, 0, 10, 50])
        weather.answerLost = random.pick([0, 0, 10, 50])
        weather.unavailable = random.pick([0, 0, 5, 20])
        weather.queueAnswerLost = random.pick([0, 0, 10])
        weather.slow = random.pick([0, 20, 100])
        weather.deadly = random.pick([0, 0, 2, 10])
        weather.stopping = random.pick([0, 0, 2, 10])
        weather.duplicated = random.pick([0, 50])
        return weather
    }

    mutating func tell() throws {
        if story.chance(40) { try capIsSet() }
        if story.chance(40) { try story.beginSchedule() }
        try beginRollouts()
        breakHosts(percent: story.pick([0, 30, 60]))
        for _ in 0..<(2 + story.draw { $0.below(10) }) {
            let pause = story.pick([1, 5, 30, 120, 600])
            try story.run(until: story.now + .seconds(pause)) { $0.isOver }
            try story.takeScheduledRollouts()
            try somethingHappens()
        }
        try calm()
    }

    // MARK: Rollouts

    private mutating func beginRollouts() throws {
        for patch in story.patches {
            let isBundle = story.patch(patch).identification?.members != nil
            if isBundle, story.chance(50) { continue }
            for _ in 0..<story.pick([1, 1, 1, 2]) { try beginRollout(of: patch) }
        }
    }

    private mutating func beginRollout(of patch: StreamID) throws {
        let batches = story.pick(["1,50%,rest", "rest", "2,1,rest", "1,1,1,rest", "1,rest"])
        let gate = gate()
        let capacity = 1 + story.draw { $0.below(5) }
        let soak = story.pick([0, 5, 20, 3600])
        let deadline = story.pick([600, 7200, 7200])
        let reboot = story.pick(RebootPolicy.allCases)
        let rollout = try story.plannedRollout(of: patch) { request in
            request.batches = batches
            request.gate = gate
            request.capacity = capacity
            request.soakSeconds = [soak]
            request.progressDeadlineSeconds = deadline
            request.rebootPolicy = reboot
        }
        guard let rollout else { return }
        try story.approve(rollout, seconds: story.pick([300, 86_400, 864_000, 864_000]))
        if story.chance(5) { try patchIsDecided() }
        try story.start(rollout)
    }

    private func gate() -> GateSettings {
        var gate = GateSettings()
        gate.maxPercent = story.pick([5, 30, 100])
        gate.minSuccessPercent = story.pick([1, 60, 90])
        gate.maxAbsentPercent = story.pick([0, 50, 100])
        gate.maxFailures = story.pick([nil, nil, 0, 1])
        gate.maxTotalFailures = story.pick([nil, nil, 1, 3])
        if gate.maxFailures ?? 0 > gate.maxTotalFailures ?? 1000 { gate.maxFailures = nil }
        gate.onTrip = story.pick(GateSettings.OnTrip.allCases)
        return gate
    }

    // MARK: What happens meanwhile

    private mutating func breakHosts(percent: Int) {
        for host in story.hosts.dropFirst() where story.chance(percent) {
            let fault = story.pick(HostFault.allCases)
            story.system.with { contents in
                contents.fleet.change(host.host) { $0.faults = [fault] }
            }
        }
    }

    private mutating func somethingHappens() throws {
        switch story.draw({ $0.below(20) }) {
        case 0: breakHosts(percent: 30)
        case 1: healHosts()
        case 2: failOver()
        case 3: standby = story.store.withState { $0 }
        case 4: try examineSomebody()
        case 5: try patchIsDecided()
        case 6, 7: try capIsSet()
        default: try somebodyActs()
        }
    }

    private mutating func healHosts() {
        for host in story.hosts {
            story.system.with { contents in
                contents.fleet.change(host.host) { host in
                    for fault in host.faults { host.heal(fault) }
                }
            }
        }
    }

    private mutating func failOver() {
        guard let old = standby else { return }
        standby = nil
        story.failOver(to: old)
    }

    /// Of everything, or of the one site where all hosts are.
    private mutating func capIsSet() throws {
        let scope = story.pick([CapScope.account, .site(story.hosts[0].site)])
        let isCleared = story.chance(20)
        let limit = story.pick([1, 1, 2, 3])
        let command: CapCommand =
            isCleared ? .clear(reason: "no longer") : .set(scope, limit: limit, reason: "careful")
        try story.tell(command, to: scope.cap, CapDecider.self, by: Cast.commander)
    }

    private mutating func patchIsDecided() throws {
        guard !story.patches.isEmpty else { return }
        let patch = story.pick(story.patches)
        switch story.draw({ $0.below(4) }) {
        case 0: try story.tell(patch, .withdraw(reason: "it breaks things"), by: Cast.watcher)
        case 1: try story.tell(patch, .reinstate(reason: "it does not"), by: Cast.watcher)
        case 2:
            try story.tell(patch, .revokeApproval(reason: "second thoughts"), by: Cast.approver)
        default:
            let other = story.pick(story.patches)
            guard other != patch else { return }
            try story.tell(patch, .supersede(by: other), by: Cast.watcher)
        }
    }

    /// Any command of any person at any time; many are refused.
    private mutating func somebodyActs() throws {
        guard !story.rollouts.isEmpty else { return }
        let rollout = story.pick(story.rollouts)
        switch story.draw({ $0.below(10) }) {
        case 0:
            try story.tell(rollout, .pause(.person, detail: "a look"), by: Cast.commander)
        case 1, 2, 3: try resume(rollout)
        case 4:
            let limit = story.pick([nil, 4])
            try story.tell(rollout, by: story.pick([Cast.approver, Cast.second])) { approval in
                approval.map { .promote(reason: "known", maxTotalFailures: limit, approval: $0) }
            }
        case 5:
            try story.tell(rollout, .rollBack(.batch, reason: "not this one"), by: Cast.commander)
        case 6: try story.tell(rollout, .rollBack(.all, reason: "back"), by: Cast.commander)
        case 7: try renew(rollout)
        case 8: try takeAssetsBack(rollout)
        default:
            guard story.chance(40) else { return }
            try story.tell(rollout, .abort(reason: "enough"), by: Cast.commander)
        }
    }

    /// Of those that it has begun with; also when it is over.
    private mutating func takeAssetsBack(_ rollout: StreamID) throws {
        let begun = story.hosts.map(\.asset).filter { asset in
            story.store.withState {
                $0.streams[.deployment(of: asset, in: rollout)]?.isEmpty == false
            }
        }
        guard !begun.isEmpty else { return }
        let assets = (0..<story.draw({ 1 + $0.below(2) })).map { _ in story.pick(begun) }
        try story.tell(
            rollout, .rollBackAssets(assets, reason: "the shop is down"), by: Cast.commander)
    }

    private mutating func resume(_ rollout: StreamID) throws {
        let failures =
            story.rollout(rollout).tally?.listed.filter(\.outcome.isBad).map(\.asset) ?? []
        let acceptsAbsent = story.chance(50)
        try story.tell(rollout, by: Cast.manager) { approval in
            .resume(
                reason: "looked at", acknowledged: failures, acceptAbsent: acceptsAbsent,
                approval: approval)
        }
    }

    private mutating func renew(_ rollout: StreamID) throws {
        guard let plan = story.rollout(rollout).plan else { return }
        let person = story.pick([Cast.approver, Cast.second, Cast.manager])
        try story.tell(
            rollout,
            .approve(planDigest: plan.planDigest, expires: story.now + .seconds(864_000)),
            by: person)
    }
}

extension Story {
    /// Every rollout has ended, or waits for a person.
    var isOver: Bool {
        mutating get {
            for rollout in rollouts {
                let state = self.rollout(rollout)
                if !state.hasEnded, state.pause == nil { return false }
            }
            return true
        }
    }
}
