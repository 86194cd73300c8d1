import APIContract
import Foundation
import JSON
import Support
import Testing

/// Processes that die, or sleep beyond their lease, at the worst moment.
@Suite(.serialized, .enabled(if: TestFleet.obstacle == nil, "real hosts need root on Debian"))
struct KillScenarios {
    @Test("c. worker killed with -9 in the middle of apt-get install: no second run (I4, I5)")
    func killedWorker() async throws {
        try await withFleet(hosts: 3, packages: ["pf-slow"]) { fleet, story in
            let rollout = try await start("pf-slow", fleet, story)
            try await fleet.waitForScript(of: "pf-slow", "1.0-2", onAnyOf: [2, 3])
            for pid in story.installation.pids(of: "work") { kill(pid, SIGKILL) }

            #expect(try await story.waitForEnd(of: rollout) == 0)
            for host in [2, 3] {
                #expect(try await fleet.count(host, "pf-slow", "1.0-2") == 1)
                #expect(try await fleet.installed("pf-slow", on: host) == "1.0-2")
            }
            #expect(try await probes(rollout, story) > 0, "nobody asked the host")
        }
    }

    @Test("c. worker stopped beyond its lease and woken: the sleeper is refused (I4, I5)")
    func sleepingWorker() async throws {
        try await withFleet(hosts: 3, packages: ["pf-slow"]) { fleet, story in
            let rollout = try await start("pf-slow", fleet, story)
            let host = try await fleet.waitForScript(
                of: "pf-slow", "1.0-2", onAnyOf: [2, 3])
            let sleeper = try #require(story.installation.pids(of: "work").first)
            kill(sleeper, SIGSTOP)
            // Another worker takes over while this one sleeps.
            let other = try await story.installation.startWorker(named: "second")
            try await Task.sleep(for: .seconds(8))
            kill(sleeper, SIGCONT)

            #expect(try await story.waitForEnd(of: rollout) == 0)
            await other.stop()
            for host in [2, 3] {
                #expect(try await fleet.count(host, "pf-slow", "1.0-2") == 1)
            }
            #expect(try await probes(rollout, story) > 0, "nobody asked the host")
            try await expectRefused(on: host, in: rollout, fleet, story)
        }
    }

    /// Whoever began the installation slept: its lease was refused to it when it woke, the stream
    /// has nothing of it from then on, only of holders with higher fences, and the host itself has
    /// seen a higher one than its own.
    private func expectRefused(
        on host: Int, in rollout: String, _ fleet: TestFleet, _ story: Story
    ) async throws {
        let log = story.installation.log
        let refusals = ["this worker's lease ran out", "this worker could not renew in time"]
        #expect(refusals.contains { log.contains($0) }, "it was not told that its lease is gone")

        let deployment = try await story.deployment(on: "host-\(host)", in: rollout)
        let events = try await events(of: deployment.id, story)
        let start = try #require(events.firstIndex { $0.type == "InstallStarted" })
        let lost = try #require(events.firstIndex { $0.type == "LeaseExpired" })
        let sleeper = events[start].actor.id
        #expect(start < lost && sleeper.hasPrefix("worker/"))
        // That its lease is lost is said of it, by whoever noticed; it says nothing itself.
        let later = events[(lost + 1)...]
        #expect(!later.contains { $0.actor.id == sleeper })
        let settled = try #require(later.first { $0.type == "InstallFinished" })
        #expect(settled.actor.id.hasPrefix("worker/"))

        guard case .object(let intent) = events[start].data,
            case .integer(let fence) = intent["fence"]
        else { throw InstallationError("the intent has no fence: \(events[start].data)") }
        let seen = try await fleet.shell(host, "cat /var/lib/patchflow/fence")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try #require(Int64(seen)) > fence, "the host would still obey the sleeper")
    }

    private func events(of stream: String, _ story: Story) async throws -> [EventResource] {
        let answer = try await story.alice(
            "event", "list", "--stream", stream, "-o", "jsonl")
        return try answer.output.split(separator: "\n").map {
            try WireJSON.decode(EventResource.self, from: Data($0.utf8))
        }.sorted { $0.version < $1.version }
    }

    @Test("d. server, worker and PostgreSQL killed with -9 in a rollout of 6 hosts (I4, I9, I11)")
    func everythingKilled() async throws {
        try await withFleet(hosts: 7, packages: ["pf-slow"]) { fleet, story in
            let rollout = try await start("pf-slow", fleet, story)
            var generator = SystemRandomNumberGenerator()
            let seed = UInt64.random(in: 0..<1_000_000, using: &generator)
            print("seed: \(seed)")
            for role in ["serve", "work", "postgres"] {
                try await Task.sleep(for: .milliseconds(500 + Int(seed % 1500)))
                for pid in story.installation.pids(of: role) { kill(pid, SIGKILL) }
            }
            #expect(try await story.waitForEnd(of: rollout, timeout: "300s") == 0)
            for host in 2...7 {
                #expect(try await fleet.count(host, "pf-slow", "1.0-2") == 1)
                #expect(try await fleet.installed("pf-slow", on: host) == "1.0-2")
            }
            try await expectDensePositions(story)
            try await story.installation.expectSoundProjections()
        }
    }

    private func start(_ package: String, _ fleet: TestFleet, _ story: Story) async throws
        -> String
    {
        try await story.discover(fleet.inventory)
        let patch = try await story.qualify(package + "-source")
        try await story.submitAndApprove(patch)
        let rollout = try await story.plan(patch, batches: "1,rest", soak: "0s")
        try await story.rita("rollout", "start", rollout, "--yes")
        return rollout
    }

    private func probes(_ rollout: String, _ story: Story) async throws -> Int {
        var found = 0
        for deployment in try await story.deployments(of: rollout) {
            found += try await events(of: deployment.id, story).count {
                $0.type == "ReconcileProbed"
            }
        }
        return found
    }

    /// 1, 2, 3, …, without a gap, and no event twice.
    private func expectDensePositions(_ story: Story) async throws {
        let answer = try await story.alice("event", "list", "-o", "jsonl")
        let events = try answer.output.split(separator: "\n").map {
            try WireJSON.decode(EventResource.self, from: Data($0.utf8))
        }
        #expect(events.map(\.position).sorted() == (1...Int64(max(events.count, 1))).map { $0 })
        #expect(Set(events.map(\.id)).count == events.count)
    }
}
