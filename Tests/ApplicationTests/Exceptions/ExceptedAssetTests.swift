import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("What is excepted is left out of rollouts while it is", .timeLimit(.minutes(2)))
struct ExceptedAssetTests {
    private func skipped(_ planned: PlannedRollout) -> [String: StreamID] {
        Dictionary(planned.plan.skipped.map { ($0.reason, $0.asset) }) { $1 }
    }

    @Test("A plan leaves it out and says why; one from before is stale; afterwards it is planned")
    func plans() async throws {
        try await withHouse { house in
            let patch = try await house.approved()
            let before = try await house.useCases.plan(house.request(patch), house.order(rita))
            #expect(before.plan.skipped.allSatisfy { $0.reason != "excepted" })
            let exception = try await house.granted(
                ExceptionRequest(
                    kind: .acceptRisk, scope: ExceptionScope(assets: [House.asset("web-1")]),
                    until: house.clock.now + .seconds(86_400), reason: "it is replaced"))
            await #expect(throws: StalePlan.self) { try await house.apply(before) }
            let during = try await house.useCases.plan(house.request(patch), house.order(rita))
            #expect(skipped(during)["excepted"] == House.asset("web-1"))
            #expect(during.plan.batches.joined().count == 3)
            _ = try await house.useCases.revokeException(
                exception.text, reason: "it is kept", house.order(rolf))
            let after = try await house.useCases.plan(house.request(patch), house.order(rita))
            #expect(skipped(after)["excepted"] == nil)
            #expect(after.plan.batches.joined().count == 4)
        }
    }

    @Test("An exception for findings leaves no asset out: what mends them is welcome")
    func findings() async throws {
        try await withHouse { house in
            let patch = try await house.approved()
            _ = try await house.useCases.watchFeed(House.feed, house.order(alice))
            _ = try await house.take([House.advisory("CVE-2026-1", fixed: TestHosts.new)])
            try await house.wait("the finding") {
                try await house.finding("CVE-2026-1", on: "web-1").deadline != nil
            }
            let finding = try House.finding("CVE-2026-1", on: "web-1")
            _ = try await house.granted(
                ExceptionRequest(
                    kind: .acceptRisk, scope: ExceptionScope(findings: [finding]),
                    until: house.clock.now + .seconds(86_400), reason: "it waits"))
            let planned = try await house.useCases.plan(house.request(patch), house.order(rita))
            #expect(planned.plan.batches.joined().count == 4)
        }
    }
}
