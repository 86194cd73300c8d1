import EventSourcing
import Support
import Testing

@testable import PatchManagement

/// A halt says which assets caused it, and a rollout never waits without anybody being asked (I18).
@Suite("What halts a rollout is named")
struct HaltTests {
    private func started(_ batches: String, production: Int) throws -> (
        World, StreamID, StreamID, [AssetRegistration]
    ) {
        var world = try World(faults: "none", random: .fresh("halts"))
        let hosts = try world.importFleet(production: production)
        let patch = try world.approvedPatch(on: hosts)
        let rollout = try world.startedRollout(patch, on: hosts, batches: batches, soak: [0]) {
            $0.gate.maxPercent = 100
            $0.gate.minSuccessPercent = 1
            $0.gate.maxAbsentPercent = 100
            $0.progressDeadlineSeconds = 120
        }
        return (world, patch, rollout, hosts)
    }

    private func causes(_ world: World, _ rollout: StreamID) throws -> [HaltCause] {
        try world.events(of: rollout, RolloutDecider.self).compactMap { event in
            if case .gateEvaluated(let gate) = event { gate.cause } else { nil }
        }
    }

    @Test("A target that is still open at the deadline is named, whatever it waits for")
    func openTarget() throws {
        var (world, _, rollout, hosts) = try started("rest", production: 3)
        let busy = hosts[2]
        world.occupy(busy.asset)
        try world.run { $0.rollout(rollout).pause?.isCounted != true }
        let cause = try #require(try causes(world, rollout).last)
        #expect(cause.rule == .progressDeadline && cause.value == 1)
        #expect(cause.assets == [busy.asset])
    }

    @Test("What was passed over in the last batch and never ends pauses the rollout again")
    func settling() throws {
        var (world, patch, rollout, hosts) = try started("rest", production: 3)
        let busy = hosts[2]
        world.occupy(busy.asset)
        try world.run { $0.rollout(rollout).pause?.isCounted != true }
        try world.tell(
            rollout,
            .promote(
                reason: "it is busy for weeks", maxTotalFailures: nil,
                approval: world.approval(of: patch)), by: paul)
        #expect(world.rollout(rollout).stage == .settling)
        try world.run { $0.rollout(rollout).pause?.isCounted != true }
        let cause = try #require(try causes(world, rollout).last)
        #expect(cause.rule == .progressDeadline)
        #expect(cause.assets == [busy.asset])

        world.release(busy.asset)
        try world.tell(
            rollout,
            .resume(
                reason: "it is free", acknowledged: [], acceptAbsent: false,
                approval: world.approval(of: patch)), by: rita)
        try world.run { !$0.rollout(rollout).hasEnded }
        #expect(world.rollout(rollout).stage == .ended(.completed))
    }
}

extension World {
    /// Something else holds the asset.
    fileprivate mutating func occupy(_ asset: StreamID) { dispatch.attempts[asset] = uuid(4711) }
    fileprivate mutating func release(_ asset: StreamID) { dispatch.attempts[asset] = nil }
}
