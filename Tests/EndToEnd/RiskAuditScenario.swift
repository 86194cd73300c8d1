import APIContract
import Foundation
import JSON
import Support
import Testing

/// A real log of feeds, controls, exceptions, policies, findings and the patch that mends them is
/// exported with all that the feeds said, and is sound by the key alone (I11, I13, I14).
@Suite(.serialized, .timeLimit(.minutes(5)))
struct RiskAuditScenario {
    private static let inventory = """
        [lab]
        host-1 ansible_host=192.0.2.1

        [production]
        host-2 ansible_host=192.0.2.2
        host-3 ansible_host=192.0.2.3
        host-4 ansible_host=192.0.2.4

        """

    @Test("what is decided of risks is held against the rules, stream by stream")
    func sound() async throws {
        try await withInstallation { installation in
            let story = try await Story.begin(installation)
            try await installation.introduce("rolf", "riskOwner")
            try await installation.introduce("ada", "auditor")
            try await story.discover(Self.inventory)
            try await publish("sla: {important_seconds: 1000000}", installation)
            try await story.advise("pf-demo", fixed: "1.0-2")
            let open = try await story.wait(findings: 4, "open")
            try await treat(open[0].id, installation)
            try await eventually("the finding to be accepted") {
                try await story.findings("accepted").count == 1
            }
            // Classes are others by it, and nothing gets more time.
            try await publish("sla: {important_seconds: 900000}", installation)

            let patch = try await story.qualify("pf-demo")
            try await story.submitAndApprove(patch)
            let rollout = try await story.plan(patch, batches: "1,rest", soak: "0s")
            #expect(try await story.roll(rollout) == 0)
            try await eventually("the findings on production to be resolved") {
                try await story.findings("resolved").count == 3
            }
            try await expectSound(installation)
        }
    }

    /// Of the verification, what is looked at here.
    private struct Report: Decodable {
        struct Checked: Decodable {
            let unjudged: Int
            let judged: [String: Int]
        }

        let result: String
        let checked: Checked
        let notes: [String]
    }

    /// By alice, and by rolf who isn't her.
    private func publish(_ text: String, _ installation: Installation) async throws {
        let file = installation.directory + "/policy.yaml"
        try Data("classification:\n  \(text)\n".utf8).write(to: URL(filePath: file))
        try await installation.call(
            "alice",
            ["policy", "propose", "--file", file, "--scope", "account", "--reason", "the audit"])
        try await installation.call("alice", ["policy", "what-if", "account"])
        try await installation.call(
            "rolf", ["policy", "publish", "account", "--reason", "read", "--yes"])
    }

    private func treat(_ finding: String, _ installation: Installation) async throws {
        let control = try await installation.field(
            "id", "alice",
            [
                "control", "add", "wall", "--kind", "firewall", "--description",
                "between the offices",
                "--environment", "production", "--environment", "lab",
            ])
        guard case .string(let wall) = control else { throw InstallationError("\(control)") }
        try await installation.call(
            "alice",
            [
                "control", "verify", wall, "--evidence", String(repeating: "ab", count: 32),
                "--method", "a scan", "--until", "90d",
            ])
        let request = try await installation.field(
            "id", "alice",
            [
                "exception", "request", "--kind", "compensatingControl", "--finding", finding,
                "--until", "30d", "--control", wall, "--reason", "a release is under way",
            ])
        guard case .string(let exception) = request else { throw InstallationError("\(request)") }
        try await installation.call(
            "rolf", ["exception", "approve", exception, "--reason", "it is worth it", "--yes"])
    }

    private func expectSound(_ installation: Installation) async throws {
        _ = try await installation.sealed()
        let bundle = installation.directory + "/risks.tar"
        try await installation.call("ada", ["audit", "export", "--file", bundle])
        let verified = try await installation.run([
            "audit", "verify", bundle, "--log-key",
            installation.directory + "/data/log/verifier.key", "-o", "json",
        ])
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        let report = try JSONDecoder().decode(Report.self, from: Data(verified.output.utf8))
        #expect(report.result == "sound")
        #expect(report.checked.unjudged == 0)
        let judged = report.checked.judged
        #expect(judged["fi"] == 4)
        #expect(judged["as"] == 4)
        for kind in ["ex", "ct", "fe", "pa", "ro"] { #expect(judged[kind] == 1, "\(kind)") }
        #expect(judged["po"] == 2, "the policy, and what is built in")
        #expect(report.notes.isEmpty, "\(report.notes)")
    }
}
