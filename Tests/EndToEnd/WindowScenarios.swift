import APIContract
import Foundation
import JSON
import Support
import Testing

/// Real server and worker processes: a window that opens while the rollout waits for it, and a freeze
/// that was made meanwhile (I2).
@Suite(.serialized, .timeLimit(.minutes(5)))
struct WindowScenarios {
    private static let inventory = """
        [lab]
        host-1 ansible_host=192.0.2.1

        [production]
        host-2 ansible_host=192.0.2.2
        host-3 ansible_host=192.0.2.3

        """

    @Test("nothing begins before the window, nor in a freeze; lifted, it goes on by itself (I2)")
    func waits() async throws {
        try await withInstallation { installation in
            let story = try await Story.begin(installation)
            try await installation.introduce("rolf", "riskOwner")
            try await installation.introduce("lena", "incidentCommander")
            try await story.discover(Self.inventory)
            let patch = try await story.qualify("pf-demo")
            try await story.submitAndApprove(patch)

            let opens = Date(
                timeIntervalSince1970: (Date().timeIntervalSince1970 + 60).rounded(.up))
            try await publishWindow(from: opens, installation)
            let rollout = try await story.plan(patch, batches: "rest", soak: "0s")
            try await story.rita("rollout", "start", rollout, "--yes")
            try await eventually("both hosts to wait for the window") {
                try await story.deployments(of: rollout).count {
                    $0.reason?.contains("no window is open") == true
                } == 2
            }
            let freeze = try await text(
                "id",
                installation.field(
                    "id", "lena",
                    [
                        "freeze", "create", "incident", "--scope", "account", "--until", "1h",
                        "--reason", "the network is down",
                    ]))
            try await Task.sleep(for: .seconds(max(0, opens.timeIntervalSinceNow)))
            try await eventually("both hosts to wait for the freeze") {
                try await story.deployments(of: rollout).count {
                    $0.reason?.contains("frozen by \(freeze)") == true
                } == 2
            }
            try await installation.call(
                "lena", ["freeze", "lift", freeze, "--reason", "it is up again", "--yes"])
            #expect(try await story.waitForEnd(of: rollout) == 0)
            try await expectInWindow(rollout, since: opens, story)
            try await expectSound(installation)
        }
    }

    private func text(_ field: String, _ value: JSONValue) throws -> String {
        guard case .string(let text) = value else {
            throw InstallationError("no '\(field)' in the answer")
        }
        return text
    }

    /// By rita, and by rolf who isn't her.
    private func publishWindow(from opens: Date, _ installation: Installation) async throws {
        let start = opens.formatted(Date.ISO8601FormatStyle())
        try await installation.call(
            "rita",
            [
                "window", "create", "nightly", "--scope", "account", "--start",
                String(start.prefix(19)), "--time-zone", "UTC", "--rule", "FREQ=DAILY",
                "--duration", "1h", "--cutoff", "10m", "--reason", "the shift ends then",
            ])
        try await installation.call("rita", ["policy", "what-if", "account"])
        try await installation.call(
            "rolf", ["policy", "publish", "account", "--reason", "read", "--yes"])
    }

    private func expectInWindow(
        _ rollout: String, since opens: Date, _ story: Story
    ) async throws {
        for deployment in try await story.deployments(of: rollout) {
            let begun = try await story.events(of: deployment.id).filter {
                ["LeaseGranted", "InstallStarted"].contains($0.type)
            }
            #expect(begun.count >= 3)
            for event in begun {
                let at = try Date(event.recordedAt, strategy: Self.moments)
                #expect(at >= opens, "\(event.type) at \(event.recordedAt)")
            }
        }
    }

    private static let moments = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// The log itself proves it.
    private func expectSound(_ installation: Installation) async throws {
        try await installation.introduce("ada", "auditor")
        _ = try await installation.sealed()
        let bundle = installation.directory + "/windows.tar"
        try await installation.call("ada", ["audit", "export", "--file", bundle])
        let verified = try await installation.run([
            "audit", "verify", bundle, "--log-key",
            installation.directory + "/data/log/verifier.key", "-o", "json",
        ])
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
    }
}
