import EventSourcing
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// I8: an empty canary halts, unless the attempt before has installed what the canary would show.
@Suite("The canary of a retry")
struct RetriedCanaryTests {
    private func again(isRetry: Bool) throws -> (World, StreamID) {
        var world = try World(random: .fresh("retried"))
        let hosts = try world.importFleet(production: 3)
        let patch = try world.approvedPatch(on: hosts)
        let first = try world.startedRollout(patch, on: hosts, batches: "rest")
        // Not until the approval runs out.
        try world.run { !$0.rollout(first).hasEnded }
        #expect(world.rollout(first).stage == .ended(.completed))
        let again = try world.plan(patch, on: hosts, batches: "1,rest")
        if isRetry {
            let digest = try unwrapped(world.rollout(again).plan).planDigest
            var plan = try CanonicalJSON.decode(
                RolloutPlan.self, from: unwrapped(world.documents[digest]).bytes)
            plan.retryOf = first
            let document = Document(
                mediaType: "application/json", bytes: try CanonicalJSON.encode(plan))
            try world.send(
                .plan(plan, digest: document.digest), to: again, RolloutDecider.self,
                world.context(rita, world.newID()), World.Options(documents: [document]))
        }
        try world.approve(again)
        try world.start(again)
        try world.run()
        return (world, again)
    }

    @Test("Hosts that have the version already let it go on to its end")
    func goesOn() throws {
        let (world, again) = try again(isRetry: true)
        #expect(world.rollout(again).stage == .ended(.completed))
        #expect(try Audit(world).violations.isEmpty)
    }

    @Test("In any other rollout they prove nothing")
    func halts() throws {
        let (world, again) = try again(isRetry: false)
        #expect(world.rollout(again).pause?.reason == .gate)
    }
}
