import EventSourcing
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// Hosts that are absent when their batch has its turn get the patch when they return, while the
/// approval holds.
@Suite("Stragglers")
struct StragglerTests {
    private let lena = Actor(id: "pe_lena", role: "incidentCommander")
    private let pia = Actor(id: "pe_pia", role: "approver")

    /// A rollout whose gates have all passed, and that waits for host-3.
    private struct Stage {
        var world: World
        let hosts: [AssetRegistration]
        let patch: StreamID
        let rollout: StreamID
        var straggler: AssetRegistration { hosts[2] }

        init(
            production: Int = 5, change: (inout RolloutPlanner.Request) -> Void = { _ in }
        ) throws {
            world = try World(faults: "none", random: .fresh("stragglers"))
            hosts = try world.importFleet(production: production)
            patch = try world.approvedPatch(on: hosts)
            world.fleet.change(hosts[2].host) { $0.faults = [.refuseSSH] }
            rollout = try world.startedRollout(patch, on: hosts, batches: "rest", soak: [5]) {
                $0.gate.maxAbsentPercent = 50
                change(&$0)
            }
            let id = rollout
            try world.run { $0.rollout(id).stragglers == nil }
            // Until it is awaited.
            let straggler = hosts[2]
            try world.run { $0.deployment(straggler.asset, id).phase != .awaitingReturn }
        }

        var state: RolloutState { world.rollout(rollout) }
        var deployment: DeploymentState { world.deployment(straggler.asset, rollout) }

        mutating func comeBack() {
            world.fleet.change(straggler.host) { $0.heal(.refuseSSH) }
        }

        mutating func wait(_ seconds: Int64) throws {
            try world.run(until: world.now + .seconds(seconds))
        }

        func expectSound(sourceLocation: SourceLocation = #_sourceLocation) throws {
            let violations = try Audit(world).violations
            #expect(
                violations.isEmpty,
                "seed: \(world.random.seed)\n\(violations.joined(separator: "\n"))",
                sourceLocation: sourceLocation)
        }
    }

    @Test("One that returns gets the patch, in the batch of the absent, without a person")
    func returns() throws {
        var stage = try Stage()
        #expect(stage.state.phase == .running && stage.state.batch == 1)
        #expect(stage.deployment.outcome == nil, "it is open again")
        try stage.wait(3 * 86_400)
        #expect(stage.deployment.phase == .awaitingReturn, "it is still looked for after days")
        stage.comeBack()
        let patch = stage.patch
        try stage.world.run { $0.patch(patch).state != .documented }

        #expect(stage.deployment.outcome == .succeeded)
        #expect(stage.world.fleet.host(stage.straggler.host).version(of: "pf-demo") == "1.0-2")
        #expect(stage.state.stage == .ended(.completed))
        let ended = try stage.world.events(of: stage.rollout, RolloutDecider.self).last
        guard case .completed(let completed)? = ended else {
            Issue.record("it did not complete: \(String(describing: ended))")
            return
        }
        #expect(completed.outcome == .completed && completed.totals[.succeeded] == 5)
        #expect(try stage.world.evidence(of: patch).missing == [])
        try stage.expectSound()
    }

    @Test("I14: one that returns after the approval's end gets nothing, and the rollout ends")
    func tooLate() throws {
        var stage = try Stage()
        let until = try #require(stage.state.stragglers).until
        let rollout = stage.rollout
        try stage.world.run(until: until + .seconds(3600)) { !$0.rollout(rollout).hasEnded }
        #expect(stage.deployment.outcome == .absent)
        let ended = try stage.world.events(of: rollout, RolloutDecider.self).last
        guard case .completed(let completed)? = ended else {
            Issue.record("it did not complete: \(String(describing: ended))")
            return
        }
        #expect(completed.outcome == .completedWithStragglers)
        #expect(completed.totals[.absent] == 1 && completed.totals[.succeeded] == 4)
        stage.comeBack()
        try stage.wait(86_400)
        #expect(stage.world.fleet.host(stage.straggler.host).version(of: "pf-demo") == "1.0-1")
        #expect(stage.world.dispatch.activities.isEmpty, "nobody looks for it any more")
        let looks = stage.world.types(of: .deployment(of: stage.straggler.asset, in: rollout))
        #expect(looks.count < 1200, "every quarter of an hour for ten days")
        try stage.expectSound()
    }

    @Test("Back for a moment and gone again: it is waited for again, with a new budget of tries")
    func flaps() throws {
        var stage = try Stage()
        for _ in 0..<4 {
            stage.comeBack()
            let (rollout, asset) = (stage.rollout, stage.straggler.asset)
            try stage.world.run { $0.deployment(asset, rollout).phase == .awaitingReturn }
            stage.world.fleet.change(stage.straggler.host) { $0.faults = [.refuseSSH] }
            try stage.wait(7200)
            #expect(stage.deployment.phase == .awaitingReturn)
            #expect(!stage.state.hasEnded && stage.state.pause == nil)
        }
        stage.comeBack()
        let rollout = stage.rollout
        try stage.world.run { !$0.rollout(rollout).hasEnded }
        #expect(stage.deployment.outcome == .succeeded)
        try stage.expectSound()
    }

    @Test("I8: one that fails after its return halts the rollout by the rules of its batch")
    func fails() throws {
        var stage = try Stage()
        stage.world.fleet.change(stage.straggler.host) { $0.faults = [.breaksService] }
        let rollout = stage.rollout
        try stage.world.run { $0.rollout(rollout).pause == nil }
        let paused = try stage.world.events(of: rollout, RolloutDecider.self).compactMap { event in
            if case .paused(let paused) = event { paused } else { nil }
        }
        let cause = try #require(paused.last?.cause)
        #expect(cause.rule == .maxPercent && cause.assets == [stage.straggler.asset])

        // Only that one goes back: the others belong to batches that passed.
        try stage.world.tell(rollout, .rollBack(.batch, reason: "it broke"), by: rita)
        try stage.world.run { !$0.rollout(rollout).hasEnded }
        #expect(stage.deployment.outcome == .rolledBack)
        #expect(
            stage.hosts.dropFirst().count {
                stage.world.outcome(of: $0, in: rollout) == .succeeded
            } == 4)
        try stage.expectSound()
    }

    @Test("I6: nothing begins on one that returns while the rollout is paused")
    func paused() throws {
        var stage = try Stage()
        try stage.world.tell(stage.rollout, .pause(.person, detail: "a call"), by: lena)
        stage.comeBack()
        try stage.wait(86_400)
        #expect(stage.world.fleet.host(stage.straggler.host).version(of: "pf-demo") == "1.0-1")
        try stage.world.tell(
            stage.rollout,
            .resume(
                reason: "the call is over", acknowledged: [], acceptAbsent: false,
                approval: stage.world.approval(of: stage.patch)),
            by: rita)
        let rollout = stage.rollout
        try stage.world.run { !$0.rollout(rollout).hasEnded }
        #expect(stage.deployment.outcome == .succeeded)
        try stage.expectSound()
    }

    @Test("An abort and a rollback of everything end the waiting")
    func stopped() throws {
        for isAborted in [true, false] {
            var stage = try Stage()
            let rollout = stage.rollout
            try stage.world.tell(
                rollout, isAborted ? .abort(reason: "no") : .rollBack(.all, reason: "no"), by: lena)
            try stage.wait(86_400)
            #expect(stage.state.hasEnded)
            #expect(stage.deployment.outcome == .cancelled)
            #expect(stage.world.dispatch.activities.isEmpty)
            stage.comeBack()
            try stage.wait(86_400)
            let host = stage.world.fleet.host(stage.straggler.host)
            #expect(host.version(of: "pf-demo") == "1.0-1")
            try stage.expectSound()
        }
    }

    @Test("Another person passes over those that don't return; they are planned anew")
    func passedOver() throws {
        var stage = try Stage()
        let (rollout, patch) = (stage.rollout, stage.patch)
        #expect(throws: RolloutRejection.self) {
            try stage.world.tell(
                rollout,
                .promote(
                    reason: "scrapped", maxTotalFailures: nil,
                    approval: stage.world.approval(of: patch)),
                by: rita)
        }
        try stage.world.tell(
            rollout,
            .promote(
                reason: "scrapped", maxTotalFailures: nil,
                approval: stage.world.approval(of: patch)),
            by: pia)
        try stage.wait(3600)
        #expect(stage.state.stage == .ended(.completed))
        #expect(stage.deployment.outcome == .absent)
        stage.comeBack()
        try stage.wait(3600)
        #expect(stage.world.fleet.host(stage.straggler.host).version(of: "pf-demo") == "1.0-1")
        _ = try stage.world.startedRollout(patch, on: [stage.hosts[0], stage.straggler])
        try stage.world.run { $0.patch(patch).state != .documented }
        #expect(stage.world.patch(patch).state == .documented)
        try stage.expectSound()
    }

    @Test("Without an approval that holds, the last gate ends the rollout")
    func unapproved() throws {
        var stage = try World(faults: "none", random: .fresh("stragglers without approval"))
        let hosts = try stage.importFleet(production: 4)
        let patch = try stage.approvedPatch(on: hosts)
        stage.fleet.change(hosts[2].host) { $0.faults = [.refuseSSH] }
        // The plan's approval ends in the soak.
        let rollout = try stage.startedRollout(
            patch, on: hosts, batches: "rest", soak: [11 * 86_400]
        ) {
            $0.gate.maxAbsentPercent = 50
        }
        try stage.run { !$0.rollout(rollout).hasEnded }
        #expect(stage.rollout(rollout).stragglers == nil)
        #expect(stage.outcome(of: hosts[2], in: rollout) == .absent)
        let violations = try Audit(stage).violations
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }
}
