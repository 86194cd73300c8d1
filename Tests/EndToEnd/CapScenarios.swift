import APIContract
import Foundation
import Support
import Testing

/// Real server and worker processes: a cap over all rollouts (I1).
@Suite(.serialized, .timeLimit(.minutes(5)))
struct CapScenarios {
    private static let inventory = """
        [lab]
        host-1 ansible_host=192.0.2.1

        [production]
        host-2 ansible_host=192.0.2.2
        host-3 ansible_host=192.0.2.3
        host-4 ansible_host=192.0.2.4

        """

    @Test("one host after the other; those that wait say so, and go on by themselves (I1)")
    func oneAfterTheOther() async throws {
        try await withInstallation { installation in
            let story = try await Story.begin(installation)
            try await installation.introduce("lena", "incidentCommander")
            try await story.discover(Self.inventory)
            let patch = try await story.qualify("pf-demo")
            try await story.submitAndApprove(patch)
            try await installation.call(
                "lena", ["cap", "set", "account", "1", "--reason", "the proxy bears no more"])
            let rollout = try await story.plan(patch, batches: "rest", soak: "0s")
            try await story.rita("rollout", "start", rollout, "--yes")
            #expect(try await story.waitForEnd(of: rollout) == 0)
            var waited = 0
            for deployment in try await story.deployments(of: rollout) {
                let events = try await story.events(of: deployment.id)
                waited += events.contains { $0.type == "DeploymentWaiting" } ? 1 : 0
            }
            // Who comes late finds the place free.
            #expect((1...2).contains(waited))
            try await expectSound(installation)
        }
    }

    /// The log itself proves it.
    private func expectSound(_ installation: Installation) async throws {
        try await installation.introduce("ada", "auditor")
        _ = try await installation.sealed()
        let bundle = installation.directory + "/caps.tar"
        try await installation.call("ada", ["audit", "export", "--file", bundle])
        let verified = try await installation.run([
            "audit", "verify", bundle, "--log-key",
            installation.directory + "/data/log/verifier.key", "-o", "json",
        ])
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
    }
}
