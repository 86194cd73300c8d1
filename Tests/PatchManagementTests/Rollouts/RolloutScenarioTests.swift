import EventSourcing
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// The scenarios of the foundation, on simulated hosts and in pure form: deciders, coordinator,
/// queue and workers in one value, another interleaving each time.
@Suite("A whole rollout")
struct RolloutScenarioTests {
    private func world(_ faults: String = "none") throws -> World {
        try World(faults: faults, random: .fresh("rollout scenario"))
    }

    private func expectSound(
        _ world: World, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let violations = try Audit(world).violations
        #expect(
            violations.isEmpty, "seed: \(world.random.seed)\n\(violations.joined(separator: "\n"))",
            sourceLocation: sourceLocation)
    }

    @Test("a: from the offer to the evidence, over a canary, a half and the rest")
    func happyWay() throws {
        var world = try world()
        let hosts = try world.importFleet(production: 6)
        let patch = try world.approvedPatch(on: hosts)
        let rollout = try world.startedRollout(patch, on: hosts)
        try world.run { $0.patch(patch).state != .documented }

        #expect(world.rollout(rollout).stage == .ended(.completed))
        #expect(world.rollout(rollout).plan?.batchSizes == [1, 3, 2])
        #expect(world.patch(patch).state == .documented)
        for host in hosts.dropFirst() {
            #expect(world.outcome(of: host, in: rollout) == .succeeded)
            #expect(world.fleet.host(host.host).version(of: "pf-demo") == "1.0-2")
        }
        let lab = world.fleet.host(hosts[0].host)
        #expect(lab.version(of: "pf-demo") == "1.0-1", "the lab host was brought back")
        #expect(
            world.types(of: rollout).filter { $0 == "SoakStarted" }.count == 3,
            "each batch has its soak")
        let pack = try world.evidence(of: patch)
        #expect(pack.missing == [])
        #expect(pack.assets.count == 6)
        #expect(pack.assets.allSatisfy { $0.before.first?.version == "1.0-1" })
        #expect(pack.assets.allSatisfy { $0.after.first?.version == "1.0-2" })
        try expectSound(world)
    }

    @Test(
        "a: I14: whoever made or asked for a plan, or tested its patch, may not approve it, nor may anyone an old one"
    )
    func separationOfDuties() throws {
        var world = try world()
        let hosts = try world.importFleet(production: 2)
        let patch = try world.approvedPatch(on: hosts)
        let rollout = try world.plan(patch, on: hosts) { $0.testers = ["pe_tom", "pe_sam"] }
        let digest = try #require(world.rollout(rollout).plan).planDigest
        let later = world.now + .seconds(86_400)
        let lena = Actor(id: "pe_lena", role: "releaseManager")
        try world.tell(rollout, .requestApproval(expires: later), by: lena)
        for (person, code) in [
            ("pe_lena", "requester-may-not-approve"), ("pe_rita", "editor-may-not-approve"),
            ("pe_tom", "tester-may-not-approve"), ("pe_sam", "tester-may-not-approve"),
        ] {
            let actor = Actor(id: person, role: "approver")
            #expect {
                try world.tell(rollout, .approve(planDigest: digest, expires: later), by: actor)
            } throws: {
                ($0 as? RolloutRejection)?.code == code
            }
        }
        let stale = RolloutCommand.approve(planDigest: Digest(of: "seen before"), expires: later)
        #expect { try world.tell(rollout, stale, by: paul) } throws: {
            ($0 as? RolloutRejection)?.code == "stale-plan"
        }
        #expect(throws: RolloutRejection.self) {
            try world.tell(rollout, .start(world.approval(of: patch)), by: rita)
        }
        try world.tell(rollout, .approve(planDigest: digest, expires: later), by: paul)
        try world.start(rollout)
        try world.run { $0.patch(patch).state != .documented }
        try expectSound(world)
    }

    @Test("b: a patch that breaks its service stops at the canary, and goes back")
    func badPatch() throws {
        var world = try world()
        let hosts = try world.importFleet(production: 6)
        let failed = try world.testedPatch("pf-breaks", on: hosts, services: nil)
        #expect(world.patch(failed).state == .testFailed, "the test finds it")

        // What the lab host doesn't show gets as far as the canary.
        for host in hosts.dropFirst() {
            world.fleet.change(host.host) { $0.faults = [.breaksService] }
        }
        let patch = try world.approvedPatch("pf-demo", on: hosts)
        let rollout = try world.startedRollout(patch, on: hosts)
        try world.run { $0.rollout(rollout).pause == nil }

        let paused = try world.events(of: rollout, RolloutDecider.self).compactMap { event in
            if case .paused(let paused) = event { paused } else { nil }
        }
        let cause = try #require(paused.first?.cause)
        let canary = try #require(hosts.first { world.outcome(of: $0, in: rollout) != nil })
        #expect(cause.rule == .maxPercent && cause.value == 100 && cause.limit == 5)
        #expect(cause.assets == [canary.asset])
        #expect(world.outcome(of: canary, in: rollout) == .verificationFailed)
        #expect(world.fleet.host(canary.host).version(of: "pf-demo") == "1.0-2")
        #expect(
            hosts.filter { world.outcome(of: $0, in: rollout) != nil }.count == 1, "I8: only it")

        try world.tell(rollout, .rollBack(.all, reason: "it breaks the service"), by: rita)
        try world.run { !$0.rollout(rollout).hasEnded }
        #expect(world.rollout(rollout).stage == .ended(.rolledBack))
        #expect(world.outcome(of: canary, in: rollout) == .rolledBack)
        let host = world.fleet.host(canary.host)
        #expect(host.version(of: "pf-demo") == "1.0-1" && host.stoppedServices.isEmpty)
        #expect(host.executions.count { $0.step == .rollBack } == 1)
        try world.run { $0.patch(patch).state != .rolledBack }
        try expectSound(world)
    }

    @Test(
        "e: each fault counts where it belongs, with a word on why",
        arguments: [
            // Absent, and waited for until the approval's end.
            ("refuse-ssh", DeploymentOutcome.absent, "StragglerGivenUp"),
            ("replaced", .absent, "StragglerGivenUp"),
            ("vanishes", .unreachable, "TargetUnreachable"),
            ("crashes", .failed, "DeploymentFailed"),
            ("hangs", .unreachable, "TargetUnreachable"),
            ("lock-held", .failedBeforeInstall, "DeploymentFailed"),
            ("disk-full", .failedBeforeInstall, "DeploymentFailed"),
            ("package-held", .failedBeforeInstall, "DeploymentFailed"),
            ("edited-package", .failed, "DeploymentFailed"),
            ("fails", .failed, "DeploymentFailed"),
            ("floods", .succeeded, "DeploymentSucceeded"),
            ("slow", .succeeded, "DeploymentSucceeded"),
            ("lies", .verificationFailed, "VerificationFailed"),
            ("breaks-service", .verificationFailed, "VerificationFailed"),
            ("needs-reboot", .installedPendingReboot, "RebootDeferred"),
            ("no-old-packages", .succeeded, "DeploymentSucceeded"),
        ])
    func faults(_ fault: String, _ outcome: DeploymentOutcome, _ type: String) throws {
        var world = try world()
        let hosts = try world.importFleet(production: 10)
        let patch = try world.approvedPatch(on: hosts)
        let faulty = hosts[5]
        let kind = try #require(HostFault(rawValue: fault))
        world.fleet.change(faulty.host) { $0.faults = [kind] }
        let rollout = try world.startedRollout(patch, on: hosts, batches: "rest", soak: [0]) {
            $0.gate.maxPercent = 10
            $0.gate.minSuccessPercent = 80
        }
        try world.run { !$0.rollout(rollout).hasEnded && $0.rollout(rollout).pause == nil }
        #expect(world.outcome(of: faulty, in: rollout) == outcome)
        let stream = StreamID.deployment(of: faulty.asset, in: rollout)
        let last = try #require(world.log.last { $0.stream == stream })
        #expect(last.type == type)
        #expect(world.rollout(rollout).stage == .ended(.completed), "the others go on")
        #expect(world.types(of: rollout).last == "RolloutCompleted")
        for host in hosts.dropFirst() where host != faulty {
            #expect(world.outcome(of: host, in: rollout) == .succeeded)
        }
        try expectSound(world)
    }

    @Test("I7: an interrupted, hung or lost installation is probed, and never simply run again")
    func probes() throws {
        for fault in [HostFault.vanishes, .crashes, .hangs] {
            var world = try world()
            let hosts = try world.importFleet(production: 3)
            let patch = try world.approvedPatch(on: hosts)
            world.fleet.change(hosts[1].host) { $0.faults = [fault] }
            let rollout = try world.startedRollout(patch, on: hosts, batches: "rest")
            try world.run { $0.rollout(rollout).pause == nil }
            let types = world.types(of: .deployment(of: hosts[1].asset, in: rollout))
            #expect(types.filter { $0 == "InstallStarted" }.count == 1)
            #expect(types.contains("ReconcileProbed"))
            try expectSound(world)
        }
    }

    @Test("I6, I8: a pause lets nothing begin until somebody resumes; an abort for good")
    func pauseAndAbort() throws {
        for isAborted in [false, true] {
            var world = try world()
            let hosts = try world.importFleet(production: 6)
            let patch = try world.approvedPatch(on: hosts)
            let rollout = try world.startedRollout(patch, on: hosts)
            let lena = Actor(id: "pe_lena", role: "incidentCommander")
            try world.run { $0.rollout(rollout).batch < 1 }
            try world.tell(rollout, .pause(.person, detail: "a call came in"), by: lena)
            let halted = world.log.count
            try world.run(until: world.now + .seconds(86_400))
            #expect(world.rollout(rollout).batch == 1 && world.rollout(rollout).pause != nil)
            let begun = world.log.dropFirst(halted).filter {
                $0.type == "InstallStarted" || $0.type == "LeaseGranted"
            }
            #expect(begun.isEmpty)
            if isAborted {
                try world.tell(rollout, .abort(reason: "not today"), by: lena)
                try world.run(until: world.now + .seconds(86_400))
                #expect(world.rollout(rollout).stage == .ended(.aborted))
                #expect(
                    hosts.dropFirst().count { world.outcome(of: $0, in: rollout) == .succeeded }
                        == 1, "only the canary")
                #expect(world.dispatch.activities.isEmpty && world.dispatch.attempts.isEmpty)
                _ = try world.startedRollout(
                    patch, on: [hosts[0]] + world.outstanding(hosts, rollout))
                try world.run { $0.patch(patch).state != .documented }
                #expect(
                    world.patch(patch).state == .documented,
                    "what a person stopped is part of the evidence, not a gap in it")
            } else {
                try world.tell(
                    rollout,
                    .resume(
                        reason: "the call is over", acknowledged: [], acceptAbsent: false,
                        approval: world.approval(of: patch)),
                    by: rita)
                try world.run { $0.patch(patch).state != .documented }
                #expect(world.rollout(rollout).stage == .ended(.completed))
            }
            try expectSound(world)
        }
    }
}
