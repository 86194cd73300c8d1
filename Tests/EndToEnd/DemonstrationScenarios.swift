import APIContract
import Foundation
import JSON
import Support
import Testing

/// `up --demo`: an installation that fills itself with simulated history.
@Suite(.serialized)
struct DemonstrationScenarios {
    @Test("tells its history once, also when it is interrupted (I10, I14)")
    func history() async throws {
        try await withInstallation(["--demo"]) { installation in
            try await installation.start()
            try await installation.wait(forLog: "rolls out pf-demo")
            await installation.stop()
            try await installation.start()
            try await installation.wait(forLog: "the history is made")
            try await expectHistory(installation)
            try await expectAuditors(installation)

            let end = try await installation.position()
            await installation.stop()
            try await installation.start()
            try await installation.wait(forLog: "was made before, nothing is added")
            #expect(try await installation.position() == end)

            // What waits is really there to be decided, by whom it waits for.
            let waiting = try #require(
                try await installation.patches().first { $0.state == "awaitingApproval" })
            let approve = ["patch", "approve", waiting.id, "--reason", "read", "--yes"]
            #expect(try await installation.demonstrate("demo-rita", approve).status == 4)
            #expect(try await installation.demonstrate("demo-peter", approve).status == 0)
            let approved: PatchResource = try await installation.read(["patch", "show", waiting.id])
            #expect(approved.state == "approved")
        }
    }

    /// One patch documented, one rollout paused by its gate, one patch that waits.
    private func expectHistory(_ installation: Installation) async throws {
        let patches = try await installation.patches()
        #expect(
            patches.map(\.state).sorted() == ["awaitingApproval", "documented", "paused"])
        #expect(patches.allSatisfy { $0.title.hasPrefix("[simulated]") })

        let assets: ListPage<AssetResource> = try await installation.read(["asset", "list"])
        #expect(assets.data.count == 30)
        #expect(assets.data.allSatisfy { $0.name.hasPrefix("demo-") })
        #expect(assets.data.allSatisfy { $0.group == "demonstration" })
        #expect(assets.data.allSatisfy { $0.owner == "demonstration (simulated)" })

        let rollouts: ListPage<RolloutResource> = try await installation.read(["rollout", "list"])
        #expect(rollouts.data.map(\.state).sorted() == ["completed", "paused"])
        let paused = try #require(rollouts.data.first { $0.state == "paused" })
        let shown: RolloutResource = try await installation.read(["rollout", "show", paused.id])
        #expect(shown.batches.map(\.state) == ["passed", "tripped", "waiting"])
        #expect(shown.batches.compactMap(\.gate).map(\.verdict) == ["pass", "trip"])

        let documented = try #require(patches.first { $0.state == "documented" })
        let evidence = try await installation.call(
            "admin", ["report", "evidence", documented.id, "--format", "markdown"])
        #expect(evidence.output.contains("vendor's name: simulated/pf-demo/1.0-2"))
        let sound = try await installation.runDirectly(["projection", "verify"])
        #expect(sound.status == 0, "projection verify: \(sound.output)\(sound.error)")
    }

    private struct Sample: Decodable {
        struct Item: Decodable {
            let id: String
        }

        let items: [Item]
        let reconciles: Bool
    }

    private struct WhatIf: Decodable {
        struct Difference: Decodable {
            let kind: String
            let stream: String
        }

        let decisions: Int
        let same: Int
        let differences: [Difference]
    }

    /// What an auditor asks of it: a sample that adds up; and that every decision comes out as it did
    /// when it is taken again, and otherwise by another policy.
    private func expectAuditors(_ installation: Installation) async throws {
        _ = try await installation.sealed()
        let sample: Sample = try await installation.read([
            "audit", "sample", "--seed", "7", "--of", "rollouts",
        ])
        let rollouts: ListPage<RolloutResource> = try await installation.read(["rollout", "list"])
        #expect(Set(sample.items.map(\.id)) == Set(rollouts.data.map(\.id)))
        #expect(sample.reconciles)

        let policy = installation.directory + "/policy.json"
        try Data("{}".utf8).write(to: URL(filePath: policy))
        let same: WhatIf = try await installation.read(["audit", "what-if", "--policy", policy])
        #expect(same.differences.isEmpty, "\(same)")
        #expect(same.decisions > 5 && same.same == same.decisions, "\(same)")
        let loose =
            #"{"rollout": {"gate": {"max_percent": 100, "min_success_percent": 1, "#
            + #""max_failures": null, "max_total_failures": null}}}"#
        try Data(loose.utf8).write(to: URL(filePath: policy))
        let other: WhatIf = try await installation.read(["audit", "what-if", "--policy", policy])
        let paused = try #require(rollouts.data.first { $0.state == "paused" })
        #expect(other.differences.map(\.stream) == [paused.id], "\(other)")
        #expect(other.differences.map(\.kind) == ["let_go"], "\(other)")
    }

    @Test("never fills an installation with a history of its own")
    func foreignLog() async throws {
        try await withInstallation(["--executor", "simulated"]) { installation in
            try await installation.start()
            try await installation.introduce("alice", "analyst")
            await installation.stop()

            let refused = try await installation.runDirectly(["up", "--demo"])
            #expect(refused.status == 2)
            #expect(refused.error.contains("has a history of its own"))
            #expect(refused.error.contains("leave out --demo"))
        }
    }

    @Test("never works beside hosts that somebody else has registered")
    func foreignAsset() async throws {
        try await withInstallation(["--demo"]) { installation in
            try await installation.start()
            try await installation.wait(forLog: "demo-alice imports")
            try await installation.introduce("bob", "analyst")
            let file = installation.directory + "/inventory.ini"
            try Data("own-host ansible_host=192.0.2.200\n".utf8).write(to: URL(filePath: file))
            try await installation.call("bob", ["asset", "import", file])
            await installation.stop()

            let refused = try await installation.runDirectly(["up", "--demo"])
            #expect(refused.status == 2)
            #expect(refused.error.contains("has assets of its own"))
        }
    }

    @Test(
        "refuses what contradicts it",
        arguments: [
            ["--executor", "ssh"], ["--workers", "0"], ["--simulated-faults", "storm=20"],
        ])
    func contradictions(_ words: [String]) async throws {
        let installation = try Installation(executor: [])
        let refused = try await installation.runDirectly(["up", "--demo"] + words)
        #expect(refused.status == 2)
        #expect(refused.error.contains("--demo"))
        await installation.remove()
    }

    private func withInstallation(
        _ options: [String], _ body: (Installation) async throws -> Void
    ) async throws {
        let installation = try Installation(executor: options)
        do {
            try await body(installation)
        } catch {
            print("the end of the installation's log:\n\(installation.log.suffix(6000))")
            await installation.remove()
            throw error
        }
        await installation.remove()
    }
}

extension Installation {
    /// Until its processes have said `text`.
    fileprivate func wait(forLog text: String) async throws {
        let deadline = ContinuousClock.now + .seconds(180)
        while !log.contains(text) {
            guard ContinuousClock.now < deadline else {
                throw InstallationError("its log doesn't say '\(text)'")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    fileprivate func read<Resource: Decodable>(_ words: [String]) async throws -> Resource {
        let answer = try await call("admin", words + ["-o", "json"])
        return try WireJSON.decode(Resource.self, from: Data(answer.output.utf8))
    }

    fileprivate func patches() async throws -> [PatchResource] {
        let page: ListPage<PatchResource> = try await read(["patch", "list"])
        return page.data
    }

    /// How far the log goes.
    fileprivate func position() async throws -> Int64 {
        let page: ListPage<EventResource> = try await read(["event", "list", "--limit", "1"])
        return page.position
    }

    /// A command of somebody whom the demonstration has let in.
    fileprivate func demonstrate(_ person: String, _ words: [String]) async throws -> Answer {
        let file = "\(directory)/\(person).token"
        if !FileManager.default.fileExists(atPath: file) {
            try FileManager.default.copyItem(
                atPath: "\(directory)/data/\(person).token", toPath: file)
        }
        return try await attempt(person, words)
    }
}
