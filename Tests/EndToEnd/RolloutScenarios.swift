import APIContract
import Foundation
import Support
import Testing

/// One real patch, from the vendor's update to documented evidence, on real Debian hosts: host-1 is
/// the lab, host-2 and up are production.
@Suite(.serialized, .enabled(if: TestFleet.obstacle == nil, "real hosts need root on Debian"))
struct RolloutScenarios {
    @Test("a. canary 1, 50 %, the rest: all verified and documented (I1, I13, I14, I15)")
    func goodPatch() async throws {
        try await withFleet(hosts: 7, packages: ["pf-demo"]) { fleet, story in
            try await story.discover(fleet.inventory)
            try await story.advise("pf-demo-source", fixed: "1.0-2")
            let found = try await story.wait(findings: 7, "open")
            #expect(found.allSatisfy { $0.classification?.riskClass == "important" })
            #expect(found.allSatisfy { $0.deadline != nil && $0.package == "pf-demo" })
            let patch = try await story.qualify(
                "pf-demo-source",
                checks: ["--service", "pf-demo", "--check-command", "pf-demo-check"])
            try await story.rita("patch", "submit", patch, "--environment", "production")

            // The requester may not approve, whatever she says.
            let refused = try await story.installation.attempt(
                "rita", ["patch", "approve", patch, "--reason", "mine", "--yes"])
            #expect(refused.status == 4)
            #expect(try await story.patch(patch).state == "awaitingApproval")
            try await story.peter("patch", "approve", patch, "--reason", "read", "--yes")

            let rollout = try await story.plan(patch)
            #expect(try await story.roll(rollout) == 0)
            try await story.wait(for: patch, "verified", "documented")
            let shown = try await story.rollout(rollout)
            #expect(shown.batches.map(\.size) == [1, 3, 2])
            #expect(shown.batches.allSatisfy { $0.state == "passed" })
            #expect(shown.counts.succeeded == 6)
            for host in 2...7 {
                #expect(try await fleet.count(host, "pf-demo", "1.0-2") == 1)
            }

            // What was installed there is not believed: each host's own later report resolves its finding.
            for finding in try await story.wait(findings: 6, "resolved") {
                #expect(finding.end?.means == "patched")
                #expect(finding.end?.isInTime == true)
                #expect(finding.end?.deployment?.hasPrefix("de_") == true)
            }
            #expect(try await story.findings("open").map(\.environment) == ["lab"])

            try await story.alice("patch", "document", patch)
            try await story.wait(for: patch, "documented")
            try await expectEvidence(of: patch, story)
            try await expectHistory(of: rollout, story)
            try await expectExplanation(of: patch, in: rollout, story)
            try await story.installation.expectSoundProjections()
        }
    }

    /// How the patch came to one host, and each step of the patch by what it changed.
    private func expectExplanation(
        of patch: String, in rollout: String, _ story: Story
    ) async throws {
        let deployment = try await story.deployment(on: "host-2", in: rollout)
        let explained = try await story.alice("asset", "explain", "host-2", patch).output
        for word in [
            "host-2: success", deployment.id, "PatchIdentified", "PatchApproved", "RolloutApproved",
            "InstallStarted", "DeploymentSucceeded",
        ] {
            #expect(explained.contains(word), "the explanation doesn't say \(word)")
        }
        let steps = try await story.alice("audit", "replay", patch, "-o", "jsonl")
            .output.split(separator: "\n")
        #expect(try await steps.count == story.events(of: patch).count)
        #expect(steps[0].contains(#""state":"identified""#))
        #expect(
            steps.last?.contains(
                #"{"after":"documented","before":"verified","path":"state"}"#) == true)
        let own = try await story.events(of: deployment.id)
        let end = try #require(own.last { $0.type == "DeploymentSucceeded" }).position
        let before = try await story.alice(
            "asset", "explain", "host-2", patch, "--as-of", "\(end - 1)"
        ).output
        #expect(!before.contains("DeploymentSucceeded"))
    }

    /// Who, what, when, digests, versions before and after, every event.
    private func expectEvidence(of patch: String, _ story: Story) async throws {
        let markdown = try await story.alice(
            "report", "evidence", patch, "--format", "markdown"
        ).output
        for word in [
            "1.0-1", "1.0-2", "PatchApproved", "GateEvaluated", "DeploymentSucceeded", "alice",
            "rita", "peter",
        ] {
            #expect(markdown.contains(word), "the evidence doesn't say \(word)")
        }
        let json = try await story.alice("report", "evidence", patch, "--format", "json").output
        #expect(json.contains("sha256:") || json.contains("sha256"))
    }

    /// Batch k+1 starts nothing before the gate of batch k (I1), as the log has it.
    private func expectHistory(of rollout: String, _ story: Story) async throws {
        let types = try await story.events(of: rollout).map(\.type)
        #expect(types.count { $0 == "BatchStarted" } == 3)
        #expect(types.last == "RolloutCompleted")
    }

    @Test("b. the canary's service breaks: paused with rule, value, limit, host; rolled back")
    func brokenPatch() async throws {
        try await withFleet(hosts: 4, packages: ["pf-breaks"]) { fleet, story in
            // The lab host has what makes the new version run; production has not.
            try await fleet.shell(1, "mkdir -p /etc/pf-breaks && touch /etc/pf-breaks/tolerant")
            try await story.discover(fleet.inventory)
            let patch = try await story.qualify(
                "pf-breaks-source", checks: ["--service", "pf-breaks"])
            try await story.submitAndApprove(patch)
            let rollout = try await story.plan(patch)
            #expect(try await story.roll(rollout) == 6)

            let halted = try await story.rollout(rollout)
            #expect(halted.state == "paused")
            let gate = try #require(halted.batches.first?.gate)
            #expect(gate.verdict == "trip")
            #expect(!gate.rule.isEmpty && !gate.value.isEmpty && !gate.limit.isEmpty)
            let canary = try #require(gate.hosts.first)
            let number = try #require(Int(canary.dropFirst("host-".count)))
            let broken = try await story.deployments(of: rollout)
            #expect(broken.filter { $0.state == "verificationFailed" }.map(\.host) == [canary])
            #expect(try await fleet.installed("pf-breaks", on: number) == "1.0-2")

            // The one host by itself, in the pause, which stands.
            try await story.rita(
                "rollout", "rollback", rollout, "--asset", canary, "--reason",
                "the service is down", "--yes")
            try await story.wait(in: rollout, canary, for: "rolledBack")
            #expect(try await fleet.installed("pf-breaks", on: number) == "1.0-1")
            #expect(try await story.rollout(rollout).state == "paused")

            try await story.rita(
                "rollout", "rollback", rollout, "--scope", "all", "--reason", "not this version",
                "--yes")
            #expect(try await story.waitForEnd(of: rollout) == 6)
            // Fails when the service doesn't run.
            try await fleet.shell(number, "service pf-breaks status")
            let after = try await story.deployments(of: rollout)
            #expect(after.filter { $0.state == "rolledBack" }.map(\.host) == [canary])
            try await story.installation.expectSoundProjections()
        }
    }

    @Test(
        "e. refused ssh, vanished after the start, a held lock, a full disk: each where it counts")
    func faultyHosts() async throws {
        try await withFleet(hosts: 6, packages: ["pf-slow"]) { fleet, story in
            try await story.discover(fleet.inventory)
            let patch = try await story.qualify("pf-slow-source")
            try await story.submitAndApprove(patch)
            let rollout = try await story.plan(
                patch, batches: "rest", soak: "0s",
                [
                    "--max-failures", "9", "--max-failure-percent", "100",
                    "--min-success-percent", "1", "--max-absent-percent", "100", "--retries", "1",
                    "--retry-delay", "1s",
                ])
            try await fleet.fault("refuse-ssh", on: 2)
            try await fleet.fault("hold-lock", on: 3)
            try await fleet.fault("fill-disk", on: 4)
            try await story.rita("rollout", "start", rollout, "--yes")
            try await story.wait(in: rollout, "host-5", for: "installing")
            try await fleet.fault("vanish", on: 5)

            // It may have installed something: in doubt, and the rollout waits for an answer.
            try await story.wait(in: rollout, "host-5", for: "unknown")
            let doubtful = try await story.rollout(rollout)
            #expect(doubtful.state == "running")
            #expect(doubtful.counts.unknown == 1)
            try await story.expectReason(on: "host-5", in: rollout, "unreachable", "lost")
            // It died in the middle, as it says itself once it is back: that is a failure. On a machine
            // that stood still for seconds it was done before it vanished, and says so as well.
            try await fleet.heal(5)

            #expect(try await story.waitForEnd(of: rollout, timeout: "240s") == 0)
            let states = try await story.deployments(of: rollout).map { ($0.host, $0.state) }
            let wasDone = states.contains { $0 == ("host-5", "succeeded") }
            let done = wasDone ? 1 : 0
            #expect(
                Dictionary(uniqueKeysWithValues: states) == [
                    // Never reached before InstallStarted: absent, not failed, and waited for.
                    "host-2": "awaitingReturn", "host-3": "failed", "host-4": "failed",
                    "host-5": wasDone ? "succeeded" : "failed", "host-6": "succeeded",
                ])
            let waiting = try await story.rollout(rollout)
            #expect(waiting.state == "awaitingStragglers")
            #expect(
                waiting.batches.map(\.counts) == [
                    DeploymentCounts(succeeded: 1 + done, failed: 3 - done),
                    DeploymentCounts(absent: 1),
                ])
            try await story.expectReason(on: "host-2", in: rollout, "absent")
            try await story.expectReason(on: "host-3", in: rollout, "lock-held")
            try await story.expectReason(on: "host-4", in: rollout, "disk-full")
            if !wasDone {
                try await story.expectReason(on: "host-5", in: rollout, "interrupted")
            }
            // Nothing ran twice on any host, whatever became of it.
            #expect(try await fleet.count(6, "pf-slow", "1.0-2") == 1)
            #expect(try await fleet.count(5, "pf-slow", "1.0-2") <= 1)
            for host in [2, 3, 4] {
                #expect(try await fleet.count(host, "pf-slow", "1.0-2") == 0)
            }

            // It returns, and gets the patch without a person.
            try await fleet.heal(2)
            #expect(
                try await story.waitForEnd(of: rollout, timeout: "120s", "--stragglers") == 0)
            let ended = try await story.rollout(rollout)
            #expect(ended.state == "completedWithFailures")
            #expect(ended.counts == DeploymentCounts(succeeded: 2 + done, failed: 3 - done))
            #expect(try await fleet.count(2, "pf-slow", "1.0-2") == 1)
            try await story.installation.expectSoundProjections()
        }
    }
}

extension Story {
    /// Until the deployment on `host` is in `state` or past it.
    func wait(in rollout: String, _ host: String, for state: String) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let found = try await deployments(of: rollout).first { $0.host == host }?.state
            if found == state { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw InstallationError("\(host) did not come to \(state)")
    }

    func deployment(on host: String, in rollout: String) async throws -> DeploymentResource {
        let found = try await deployments(of: rollout).first { $0.host == host }
        guard let found else { throw InstallationError("\(rollout) has nothing on \(host)") }
        return found
    }

    func events(of stream: String) async throws -> [EventResource] {
        try await alice("event", "list", "--stream", stream, "-o", "jsonl")
            .output.split(separator: "\n").map {
                try WireJSON.decode(EventResource.self, from: Data($0.utf8))
            }
    }

    /// Its deployment is explained, by one of `words`.
    func expectReason(
        on host: String, in rollout: String, _ words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let reason = try await deployment(on: host, in: rollout).reason ?? ""
        #expect(
            words.contains { reason.contains($0) }, "\(host): '\(reason)'",
            sourceLocation: sourceLocation)
    }
}

/// A fleet and an installation of its own for one scenario, both gone afterwards.
func withFleet(
    hosts: Int, packages: [String], options: [String] = [],
    _ body: (TestFleet, Story) async throws -> Void
) async throws {
    try await TestFleet.with(hosts: hosts, packages: packages, options: options) { fleet in
        let installation = try Installation(executor: fleet.executorOptions)
        do {
            try await installation.start()
            try await body(fleet, Story.begin(installation))
        } catch {
            print("the end of the installation's log:\n\(installation.log.suffix(6000))")
            await installation.remove()
            throw error
        }
        await installation.remove()
    }
}

extension Installation {
    /// Live equals rebuilt, byte for byte (I12).
    func expectSoundProjections() async throws {
        let answer = try await runDirectly(["projection", "verify"])
        #expect(answer.status == 0, "projection verify: \(answer.output)\(answer.error)")
    }
}
