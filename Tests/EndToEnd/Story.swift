import APIContract
import Foundation
import JSON
import Support

/// The people of a scenario, and what they do with the command line.
///
/// alice watches vendors, analyses, tests and signs off; rita releases; peter approves.
struct Story: Sendable {
    let installation: Installation

    static func begin(_ installation: Installation) async throws -> Story {
        try await installation.introduce(
            "alice", "vendorWatch", "analyst", "tester", "securityTester")
        try await installation.introduce("rita", "releaseManager")
        try await installation.introduce("peter", "approver")
        return Story(installation: installation)
    }

    @discardableResult
    func alice(_ words: String...) async throws -> Installation.Answer {
        try await installation.call("alice", words)
    }

    @discardableResult
    func rita(_ words: String...) async throws -> Installation.Answer {
        try await installation.call("rita", words)
    }

    @discardableResult
    func peter(_ words: String...) async throws -> Installation.Answer {
        try await installation.call("peter", words)
    }

    /// Imports `inventory` and has every host scanned; hosts that can't be reached are left out.
    func discover(_ inventory: String) async throws {
        let file = installation.directory + "/inventory.ini"
        try Data(inventory.utf8).write(to: URL(filePath: file))
        try await alice("asset", "import", file)
        try await alice("asset", "scan", "--all", "--wait", "120")
    }

    /// From the offered update of `source` to a patch that may be rolled out on production.
    ///
    /// - Parameter checks: More options of `patch assess`: what must hold for it to be in effect.
    /// - Returns: The patch's id.
    func qualify(_ source: String, checks: [String] = []) async throws -> String {
        let patch = try await text(
            "id", "alice", ["patch", "identify", "--source", source])
        try await installation.call(
            "alice",
            ["patch", "assess", patch, "--class", "important", "--effort", "30m"] + checks)
        let lab = try await lab()
        try await alice("patch", "acquire", patch, "--reference", lab)
        try await wait(for: patch, "acquired")
        try await alice("patch", "test", patch, "--sample", lab)
        try await wait(for: patch, "tested")
        try await waitForMatch(patch)
        try await alice("patch", "sign-off", patch, "--reason", "stable on the lab host")
        return patch
    }

    /// Until the monitor has matched the advisories with what was acquired.
    func waitForMatch(_ patch: String, atMost limit: Duration = .seconds(60)) async throws {
        let deadline = ContinuousClock.now + limit
        while try await self.patch(patch).flaws == nil {
            guard ContinuousClock.now < deadline else {
                throw InstallationError("nobody matched the advisories with \(patch)")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    func submitAndApprove(_ patch: String) async throws {
        try await rita("patch", "submit", patch, "--environment", "production")
        try await peter("patch", "approve", patch, "--reason", "evidence read", "--yes")
    }

    /// Plans, applies and has the plan approved.
    ///
    /// - Returns: The rollout's id.
    func plan(
        _ patch: String, batches: String = "1,50%,rest", soak: String = "1s",
        _ more: [String] = []
    ) async throws -> String {
        let plan = try await installation.call(
            "rita",
            [
                "rollout", "plan", "--patch", patch, "--environment", "production", "--batches",
                batches, "--soak", soak, "-o", "json",
            ] + more)
        guard case .object(let fields) = try plan.json, case .string(let rollout) = fields["id"],
            case .string(let digest) = fields["digest"]
        else { throw InstallationError("the plan is not an object: \(plan.output)") }
        try await rita("rollout", "apply", rollout, "--digest", digest)
        try await peter(
            "rollout", "approve", rollout, "--digest", digest, "--reason", "plan read", "--yes")
        return rollout
    }

    /// Starts and follows a rollout.
    ///
    /// - Returns: The exit status of `rollout wait`: 0 completed, 6 halted.
    func roll(_ rollout: String, timeout: String = "180s") async throws -> Int32 {
        try await rita("rollout", "start", rollout, "--yes")
        return try await waitForEnd(of: rollout, timeout: timeout)
    }

    func waitForEnd(
        of rollout: String, timeout: String = "180s", _ flags: String...
    ) async throws -> Int32 {
        try await installation.attempt(
            "rita", ["rollout", "wait", rollout, "--timeout", timeout] + flags
        ).status
    }

    func lab() async throws -> String {
        let assets = try await installation.call(
            "alice", ["asset", "list", "--environment", "lab", "-o", "json"])
        let page = try WireJSON.decode(
            ListPage<AssetResource>.self, from: Data(assets.output.utf8))
        guard let lab = page.data.first else { throw InstallationError("there is no lab host") }
        return lab.id
    }

    func patch(_ id: String) async throws -> PatchResource {
        try await show(["patch", "show", id])
    }

    func rollout(_ id: String) async throws -> RolloutResource {
        try await show(["rollout", "show", id])
    }

    func deployments(of rollout: String) async throws -> [DeploymentResource] {
        let answer = try await installation.call(
            "alice", ["rollout", "deployments", rollout, "-o", "jsonl"])
        return try answer.output.split(separator: "\n").map {
            try WireJSON.decode(DeploymentResource.self, from: Data($0.utf8))
        }
    }

    func show<Resource: Decodable>(_ words: [String]) async throws -> Resource {
        let answer = try await installation.call("alice", words + ["-o", "json"])
        return try WireJSON.decode(Resource.self, from: Data(answer.output.utf8))
    }

    /// Until the patch is in one of `states`.
    @discardableResult
    func wait(
        for patch: String, _ states: String..., atMost limit: Duration = .seconds(120)
    ) async throws -> String {
        let deadline = ContinuousClock.now + limit
        var state = ""
        while ContinuousClock.now < deadline {
            state = try await self.patch(patch).state
            if states.contains(state) { return state }
            try await Task.sleep(for: .milliseconds(200))
        }
        let events = try await installation.call("alice", ["event", "list", "--stream", patch])
        throw InstallationError(
            "the patch is '\(state)', not '\(states)', after \(limit):\n\(events.output)"
                + installation.log.suffix(3000))
    }

    private func text(_ field: String, _ person: String, _ words: [String]) async throws -> String {
        guard case .string(let text) = try await installation.field(field, person, words) else {
            throw InstallationError("no '\(field)' in the answer to \(words)")
        }
        return text
    }
}
