import APIContract
import Foundation
import JSON
import Support
import Testing

/// An installation with a simulated fleet and something in every state that bad input is tried on.
struct BadInputStage: Sendable {
    @TaskLocal fileprivate static var shared: BadInputStage?

    /// That of the running suite.
    static var current: BadInputStage {
        guard let shared else {
            preconditionFailure("the suite has no stage: add the trait .badInputStage to it")
        }
        return shared
    }

    let story: Story
    let lab: String
    /// Only identified.
    let identified: String
    /// Submitted by ruth, who is an approver too.
    let submitted: String
    /// Approved, with a plan and a rollout.
    let approved: String
    let plan: String
    let planDigest: String
    /// Planned and applied by ruth; it waits for its approval.
    let rollout: String
    let rolloutDigest: String

    var installation: Installation { story.installation }

    static let options = [
        "--executor", "simulated", "--simulated-faults", "none,instant,host-9=edited-package",
    ]

    static func make(on installation: Installation) async throws -> BadInputStage {
        try await installation.start()
        let story = try await Story.begin(installation)
        try await installation.introduce("ruth", "releaseManager", "approver")
        try await installation.introduce("victor", "viewer")
        try await installation.introduce(
            "everybody", "vendorWatch", "analyst", "tester", "releaseManager", "riskOwner")
        try await story.discover(inventory)
        let labs = try await installation.call(
            "alice", ["asset", "list", "--name", "host-1", "-o", "json"])
        let lab = try text("id", of: labs.json, at: ["data", "0"])

        let approved = try await qualify("pf-demo", lab, story)
        try await installation.call(
            "ruth", ["patch", "submit", approved, "--environment", "production"])
        try await story.peter("patch", "approve", approved, "--reason", "read", "--yes")
        // The rollout takes one host, so that others can still be planned.
        let plan = try await self.plan(approved, ["--environment", "production"], installation)
        let host = try await installation.call(
            "alice", ["asset", "list", "--name", "host-2", "-o", "json"])
        let rollout = try await self.plan(
            approved, ["--asset", text("id", of: host.json, at: ["data", "0"])], installation)
        try await installation.call(
            "ruth", ["rollout", "apply", rollout.id, "--digest", rollout.digest])

        let submitted = try await qualify("pf-slow", lab, story)
        try await installation.call(
            "ruth", ["patch", "submit", submitted, "--environment", "production"])
        let identified = try await identify("pf-fails", installation)
        let stage = BadInputStage(
            story: story, lab: lab, identified: identified, submitted: submitted,
            approved: approved, plan: plan.id, planDigest: plan.digest, rollout: rollout.id,
            rolloutDigest: rollout.digest)
        try await stage.settle()
        return stage
    }

    private static let inventory = """
        [lab]
        host-1 ansible_host=192.0.2.1
        host-9 ansible_host=192.0.2.9

        [production]
        host-2 ansible_host=192.0.2.2
        host-3 ansible_host=192.0.2.3

        """

    static func identify(_ source: String, _ installation: Installation) async throws -> String {
        let answer = try await installation.call(
            "alice", ["patch", "identify", "--source", source, "-o", "json"])
        return try text("id", of: answer.json)
    }

    private static func qualify(
        _ source: String, _ lab: String, _ story: Story
    ) async throws -> String {
        let patch = try await identify(source, story.installation)
        try await story.alice("patch", "assess", patch, "--class", "important")
        try await story.alice("patch", "acquire", patch, "--reference", lab)
        try await story.wait(for: patch, "acquired")
        try await story.alice("patch", "test", patch, "--sample", lab)
        try await story.wait(for: patch, "tested")
        try await story.waitForMatch(patch)
        try await story.alice("patch", "sign-off", patch, "--reason", "stable")
        return patch
    }

    private static func plan(
        _ patch: String, _ targets: [String], _ installation: Installation
    ) async throws -> (id: String, digest: String) {
        let answer = try await installation.call(
            "ruth",
            [
                "rollout", "plan", "--patch", patch, "--batches", "1,rest", "--soak", "1s", "-o",
                "json",
            ] + targets)
        return (try text("id", of: answer.json), try text("digest", of: answer.json))
    }

    private static func text(
        _ field: String, of value: JSONValue, at path: [String] = []
    ) throws -> String {
        var value = value
        for step in path + [field] {
            switch value {
            case .object(let object): value = object[step] ?? .null
            case .array(let array): value = Int(step).map { array[$0] } ?? .null
            case .null, .bool, .integer, .number, .string: value = .null
            }
        }
        guard case .string(let text) = value else {
            throw InstallationError("no '\(field)' in \(value)")
        }
        return text
    }

    // MARK: The log

    /// Where the log ends.
    func head() async throws -> Int64 {
        let answer = try await installation.call(
            "alice", ["event", "list", "--limit", "1", "-o", "json"])
        return try WireJSON.decode(ListPage<EventResource>.self, from: Data(answer.output.utf8))
            .position
    }

    /// Until nothing has been recorded for a second: from then on only callers can be the cause.
    func settle() async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        var before = try await head()
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: .seconds(1))
            let now = try await head()
            if now == before { return }
            before = now
        }
        throw InstallationError("the log doesn't come to rest at \(before)")
    }
}

/// Gives a suite the stage, `BadInputStage.current` in its tests.
struct BadInputStageTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let installation = try Installation(executor: BadInputStage.options)
        do {
            let stage = try await BadInputStage.make(on: installation)
            try await BadInputStage.$shared.withValue(stage) { try await function() }
        } catch {
            print("the end of the installation's log:\n\(installation.log.suffix(4000))")
            await installation.remove()
            throw error
        }
        await installation.remove()
    }
}

extension SuiteTrait where Self == BadInputStageTrait {
    static var badInputStage: Self { BadInputStageTrait() }
}
