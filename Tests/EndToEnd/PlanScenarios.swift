import APIContract
import Foundation
import Support
import Testing

/// What a plan says of batches and gates, on simulated hosts: host-1 is the lab, the disks of host-2
/// to host-4 are full.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct PlanScenarios {
    private static let faults = (2...4).map { "host-\($0)=disk-full" }.joined(separator: ",")
    private static let inventory =
        "[lab]\nhost-1 ansible_host=192.0.2.1\n[production]\n"
        + (2...9).map { "host-\($0) ansible_host=192.0.2.\($0)\n" }.joined()

    @Test("halts at the limit of the whole rollout; another person raises it (I8, I14)")
    func raised() async throws {
        try await withStory { story in
            let patch = try await story.qualify("pf-demo")
            try await story.submitAndApprove(patch)
            #expect(try await story.planned(patch, "--batches", "rest").gate.maxTotalFailures == 3)
            let other = try await story.planned(
                patch, "--batches", "rest", "--max-total-failures", "5")
            #expect(other.gate.maxTotalFailures == 5)
            let rollout = try await story.plan(
                patch, batches: "rest", soak: "0s",
                [
                    "--max-failure-percent", "100", "--min-success-percent", "1",
                    "--max-total-failures", "2",
                ])
            #expect(try await story.roll(rollout) == 6)
            let gate = try #require(try await story.rollout(rollout).batches.first?.gate)
            #expect((gate.rule, gate.value, gate.limit) == ("maxTotalFailures", "3", "2"))
            #expect(gate.hosts.sorted() == ["host-2", "host-3", "host-4"])

            // To acknowledge them is not enough: they count over the whole rollout all the same.
            let acknowledged = ["host-2", "host-3", "host-4"].flatMap { ["--acknowledge", $0] }
            let resumed = try await story.installation.attempt(
                "rita",
                ["rollout", "resume", rollout, "--reason", "known"] + acknowledged)
            #expect(resumed.status != 0)
            #expect(resumed.error.contains("maxTotalFailures"), "\(resumed.error)")

            for (person, limit, allowed) in [("peter", "2", false), ("rita", "3", false)] {
                let answer = try await story.installation.attempt(
                    person,
                    [
                        "rollout", "promote", rollout, "--reason", "r", "--yes",
                        "--max-total-failures", limit,
                    ])
                #expect((answer.status == 0) == allowed, "\(person): \(answer.error)")
            }
            try await story.peter(
                "rollout", "promote", rollout, "--reason", "three old disks", "--yes",
                "--max-total-failures", "3")
            #expect(try await story.waitForEnd(of: rollout) == 0)
            #expect(try await story.rollout(rollout).counts.succeeded == 5)
        }
    }

    @Test("takes batches and soak by the class of the patch where it doesn't say")
    func byClass() async throws {
        try await withStory { story in
            let patch = try await story.qualify("pf-demo")
            try await story.submitAndApprove(patch)
            let plan = try await story.planned(patch)
            #expect(plan.batches.map(\.targets.count) == [1, 1, 1, 2, 3])
            #expect(plan.batches.map(\.soakSeconds) == [86_400, 43_200, 43_200, 43_200, 43_200])
            let own = try await story.planned(patch, "--batches", "2,rest", "--soak", "5m")
            #expect(own.batches.map(\.targets.count) == [2, 6])
            #expect(own.batches.map(\.soakSeconds) == [300, 300])
        }
    }

    private func withStory(_ body: (Story) async throws -> Void) async throws {
        let installation = try Installation(
            executor: ["--executor", "simulated", "--simulated-faults", "instant," + Self.faults])
        do {
            try await installation.start()
            let story = try await Story.begin(installation)
            try await story.discover(Self.inventory)
            try await body(story)
        } catch {
            print("the end of the installation's log:\n\(installation.log.suffix(6000))")
            await installation.remove()
            throw error
        }
        await installation.remove()
    }
}

extension Story {
    /// A plan that is not applied.
    fileprivate func planned(_ patch: String, _ more: String...) async throws -> PlanResource {
        let answer = try await installation.call(
            "rita",
            [
                "rollout", "plan", "--patch", patch, "--environment", "production", "-o", "json",
            ] + more)
        return try WireJSON.decode(PlanResource.self, from: Data(answer.output.utf8))
    }
}
