import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("A forensic hold keeps rollouts from its asset, and from no other", .timeLimit(.minutes(3)))
struct HeldAssetTests {
    private func exposed(_ house: House) async throws {
        _ = try await house.useCases.watchFeed(House.feed, house.order(alice))
        _ = try await house.take([House.advisory("CVE-2026-1", fixed: TestHosts.new)])
        for number in 1...4 {
            try await house.wait("the finding on web-\(number)") {
                try await house.finding("CVE-2026-1", on: "web-\(number)").deadline != nil
            }
        }
    }

    private func hold(_ host: String, _ house: House) async throws {
        let finding = try House.finding("CVE-2026-1", on: host)
        _ = try await house.useCases.holdFinding(
            finding.text, reason: "it may be compromised", house.order(alice))
        try await house.wait("\(host) to be held") { try await isHeld(host, house) }
    }

    private func release(_ host: String, _ house: House) async throws {
        let finding = try House.finding("CVE-2026-1", on: host)
        _ = try await house.useCases.releaseFinding(
            finding.text, evidence: Digest(of: "memory").description, outcome: nil,
            reason: "dumped", house.order(alice))
        try await house.wait("\(host) to be free") { try await !isHeld(host, house) }
    }

    private func isHeld(_ host: String, _ house: House) async throws -> Bool {
        try await house.bus.state(of: House.asset(host), as: AssetDecider.self).state.isHeld
    }

    @Test("A plan leaves it out as outstanding; one from before is stale; afterwards it is planned")
    func plans() async throws {
        try await withHouse { house in
            let patch = try await house.approved()
            try await exposed(house)
            let before = try await house.useCases.plan(house.request(patch), house.order(rita))
            try await hold("web-1", house)
            await #expect(throws: StalePlan.self) { try await house.apply(before) }
            let during = try await house.useCases.plan(house.request(patch), house.order(rita))
            #expect(
                during.plan.skipped.contains(
                    SkippedTarget(asset: House.asset("web-1"), reason: "hold")))
            #expect(during.plan.batches.joined().count == 3)
            #expect(try await house.patch(patch).outstanding == 4)
            let view = try await house.useCases.show(
                .asset, House.asset("web-1").text, gustav, Moment())
            #expect(String(decoding: view.document, as: UTF8.self).contains(#""held_for":["#))
            try await release("web-1", house)
            let after = try await house.useCases.plan(house.request(patch), house.order(rita))
            #expect(after.plan.batches.joined().count == 4)
        }
    }

    @Test(
        "Held after the start, its deployment waits while others go on, and goes on when released")
    func deployments() async throws {
        try await withHouse { house in
            let planned = try await house.scheduled()
            try await exposed(house)
            let held = try #require(planned.plan.batches[1].first)
            let other = try #require(planned.plan.batches[1].last)
            try await hold(held.host.name, house)
            let rollout = planned.plan.rollout
            _ = try await house.useCases.startRollout(rollout.text, house.order(rita))
            func deployment(_ target: RolloutTarget) async throws -> DeploymentState {
                try await house.bus.state(
                    of: .deployment(of: target.asset, in: rollout), as: DeploymentDecider.self
                ).state
            }
            try await house.wait("the deployment to be held") {
                try await deployment(held).isHeld
            }
            try await house.wait("the other one to succeed") {
                try await deployment(other).outcome == .succeeded
            }
            #expect(house.hosts.version(on: held.host.name) == TestHosts.old)
            let events = try await house.store.read(
                .deployment(of: held.asset, in: rollout), after: 0, limit: 100)
            #expect(events.map(\.type) == ["DeploymentQueued", "DeploymentWaiting"])
            try await release(held.host.name, house)
            try await house.wait(for: rollout, RolloutPhase.completed)
            #expect(house.hosts.version(on: held.host.name) == TestHosts.new)
        }
    }
}
