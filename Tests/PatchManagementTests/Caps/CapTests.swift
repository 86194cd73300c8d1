import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// I1 over all rollouts: a cap is set with a reason, holds from its own commit on and counts what is under
/// way; what waits for it says so and goes on by itself.
@Suite("Caps")
struct CapTests {
    private static let lena = Actor(id: "pe_lena", role: "incidentCommander")
    private static let start = Timestamp(seconds: 1_767_225_600)

    private static func decide(_ command: CapCommand, _ state: Cap) throws -> [CapEvent] {
        try CapDecider.decide(
            command, CommandContext(actor: lena, at: start, commandID: UUID()), state)
    }

    /// For the stored forms: each event, the same each time.
    static func story() throws -> [any DomainEvent] {
        var events = try decide(
            .set(.domain("db-1"), limit: 1, reason: "two of three must live"), Cap())
        events += try decide(.clear(reason: "it has moved"), CapDecider.state(after: events))
        return events
    }

    @Test("The same limit again is nothing new, another one tells the earlier")
    func again() throws {
        let set = CapCommand.set(.site("berlin"), limit: 3, reason: "the line is slow")
        let state = CapDecider.state(after: try Self.decide(set, Cap()))
        #expect(state.held == 3)
        #expect(try Self.decide(set, state).isEmpty)
        let next = try Self.decide(
            .set(.site("berlin"), limit: 4, reason: "it is faster"), state)
        guard case .set(let changed) = try unwrapped(next.first) else { throw Missing() }
        #expect(changed.earlier == 3)
        let cleared = CapDecider.state(
            after: try [.set(changed)] + Self.decide(.clear(reason: "gone"), state))
        #expect(cleared.held == nil)
        #expect(try Self.decide(.clear(reason: "gone"), cleared).isEmpty)
    }

    @Test("A cap of nothing is a freeze, and needs an end; one without a reason is none")
    func refusals() {
        for limit in [0, -1, 10_001] {
            #expect(throws: CapRejection.limitOutOfRange(limit)) {
                try Self.decide(.set(.account, limit: limit, reason: "r"), Cap())
            }
        }
        #expect(throws: CapRejection.reasonMissing) {
            try Self.decide(.set(.account, limit: 1, reason: "  "), Cap())
        }
        #expect(throws: CapRejection.unknown) {
            try Self.decide(.clear(reason: "r"), Cap())
        }
    }

    @Test("Scopes are read as they are written, in both of their words")
    func scopes() {
        let scopes: [CapScope] = [.account, .site("berlin"), .group("web"), .domain("rack-7.b")]
        for scope in scopes {
            #expect(CapScope(scope.description) == scope)
            #expect(CapScope(dispatchScope: scope.dispatchScope) == scope)
        }
        #expect(Set(scopes.map(\.cap)).count == scopes.count)
        for text in ["", "site:", "domain: ", "asset:as_1", "globe", "site:a b", "domain:a\nb"] {
            #expect(CapScope(text) == nil, "\(text)")
        }
        #expect(CapScope(dispatchScope: "rollout/ro_1") == nil)
    }

    // MARK: In rollouts

    private func set(
        _ world: inout World, _ scope: CapScope, _ limit: Int
    ) throws {
        try world.send(
            .set(scope, limit: limit, reason: "careful"), to: scope.cap, CapDecider.self,
            world.context(Self.lena, world.newID()))
    }

    /// Two rollouts, of two patches, on the same hosts.
    private func world(
        production: Int, classes: [RiskClass] = [.important, .important]
    ) throws -> (world: World, hosts: [AssetRegistration], rollouts: [StreamID]) {
        var world = try World(random: .fresh("caps"))
        let hosts = try world.importFleet(production: production)
        var rollouts: [StreamID] = []
        for (source, riskClass) in zip(["pf-demo", "pf-slow"], classes) {
            let patch = try world.approvedPatch(source, on: hosts)
            rollouts.append(
                try world.plan(patch, on: hosts, batches: "rest") {
                    $0.riskClass = riskClass
                    $0.capacity = 100
                    for place in $0.targets.indices {
                        $0.targets[place].failureDomain = place < 3 ? "db-1" : nil
                    }
                })
        }
        return (world, hosts, rollouts)
    }

    private func begin(_ world: inout World, _ rollout: StreamID) throws {
        try world.approve(rollout)
        try world.start(rollout)
    }

    private func waits(_ world: World, _ rollout: StreamID) throws -> [DeploymentWaiting] {
        try world.log.filter { $0.type == DeploymentWaiting.type }.compactMap {
            let waiting = try DeploymentWaiting.decode(
                schemaVersion: $0.schemaVersion, data: $0.data)
            return waiting.route.rollout == rollout ? waiting : nil
        }
    }

    @Test("Over two rollouts no more are under way than the cap says, whatever crashes")
    func holds() throws {
        var (world, _, rollouts) = try world(production: 8)
        try set(&world, .account, 3)
        try set(&world, .domain("db-1"), 1)
        world.crashPercent = 5
        for rollout in rollouts { try begin(&world, rollout) }
        try world.run()
        #expect(world.dispatch.mostAttempts[ControlChange.globe] == 3)
        #expect(world.dispatch.mostAttempts[ControlChange.domainScope("db-1")] == 1)
        #expect(world.dispatch.attempts.isEmpty)
        #expect(try Audit(world).violations.isEmpty, "seed: \(world.random.seed)")
    }

    @Test("What waits says for which cap, once, and goes on by itself")
    func says() throws {
        var (world, hosts, rollouts) = try world(production: 5)
        try set(&world, .site(hosts[0].site), 1)
        try begin(&world, rollouts[0])
        try world.run()
        #expect(world.rollout(rollouts[0]).stage == .ended(.completed))
        let waits = try waits(world, rollouts[0]).filter { $0.reason == .slot }
        #expect(waits.count == 4)
        #expect(waits.allSatisfy { $0.scope == .site(hosts[0].site) })
        let deployments = hosts.dropFirst().map { world.deployment($0.asset, rollouts[0]) }
        #expect(deployments.allSatisfy { $0.outcome == .succeeded && $0.budgetedAttempts == 1 })
    }

    @Test("Set while more are under way, it lets nothing begin until they have become fewer")
    func counts() throws {
        var (world, _, rollouts) = try world(production: 6)
        try begin(&world, rollouts[0])
        try world.run { $0.dispatch.attempts.count < 4 }
        try set(&world, .account, 2)
        let before = world.log.count
        try world.run { $0.dispatch.attempts.count > 1 }
        let begun = world.log.dropFirst(before).filter { event in
            event.type == LeaseGranted.type && event.stream.prefix == "de"
                && String(decoding: event.data, as: UTF8.self).contains(#""step":"precheck""#)
        }
        // Not before only one was left.
        #expect(begun.count <= 1)
        try world.run()
        #expect(world.rollout(rollouts[0]).stage == .ended(.completed))
    }

    @Test("Cleared, it lets everything go on at once")
    func clears() throws {
        var (world, _, rollouts) = try world(production: 6)
        try set(&world, .account, 1)
        try begin(&world, rollouts[0])
        try world.run { $0.dispatch.attempts.isEmpty }
        try world.send(
            .clear(reason: "enough"), to: CapScope.account.cap, CapDecider.self,
            world.context(Self.lena, world.newID()))
        try world.run()
        #expect(world.rollout(rollouts[0]).stage == .ended(.completed))
        let scope = ControlChange.rolloutScope(rollouts[0])
        #expect((world.dispatch.mostAttempts[scope] ?? 0) > 1)
    }

    @Test("Of those that wait the urgent go first")
    func urgent() throws {
        var (world, hosts, rollouts) = try world(
            production: 6, classes: [.nonCritical, .urgent])
        try set(&world, .account, 1)
        try begin(&world, rollouts[0])
        let begun = { (world: World, rollout: StreamID) in
            hosts.count { world.deployment($0.asset, rollout).fence > 0 }
        }
        try world.run { begun($0, rollouts[0]) < 2 }
        try begin(&world, rollouts[1])
        try world.run { begun($0, rollouts[1]) < 6 }
        // Those that came later were all begun before the last of the others; some of these have taken
        // the place before the urgent ones asked.
        #expect(begun(world, rollouts[0]) < 6)
        try world.run()
        #expect(rollouts.allSatisfy { world.rollout($0).stage == .ended(.completed) })
    }
}
