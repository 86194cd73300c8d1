import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("Taking up the failures of a rollout", .timeLimit(.minutes(3)))
struct RetryTests {
    @Test("It plans a rollout of exactly those that failed, once the old one has ended")
    func exactlyTheFailed() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            house.hosts.damage("web-1", "web-2", "web-3", "web-4")
            let planned = try await house.scheduled()
            let old = planned.plan.rollout
            _ = try await useCases.startRollout(old.text, house.order(rita))
            try await house.wait(for: old, RolloutPhase.paused)
            let early = try await house.refusal(house.order(rita)) {
                try await useCases.retry(old.text, RetryRequest(), $0)
            }
            #expect((early as? RolloutRejection)?.code == "rollout-wrong-state", "\(early)")
            _ = try await useCases.abortRollout(old.text, reason: "enough", house.order(rita))
            house.hosts.mend()
            #expect(
                try await house.code(house.order(peter)) {
                    try await useCases.retry(old.text, RetryRequest(), $0)
                } == "not-allowed")

            let order = house.order(rita)
            let again = try await useCases.retry(
                old.text, RetryRequest(batches: "rest", soakSeconds: 0), order)
            let failed = try #require(planned.plan.batches[0].first)
            #expect(again.plan.batches.map { $0.map(\.asset) } == [[failed.asset]])
            #expect(again.plan.retryOf == old && again.plan.rollout != old)
            #expect(
                try await useCases.retry(
                    old.text, RetryRequest(batches: "rest", soakSeconds: 0), order) == again)
            // It is a plan like any other: nothing starts without its own approval (I14).
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.startRollout(again.plan.rollout.text, $0)
                } == "rollout-wrong-state")
            _ = try await house.schedule(again)
            _ = try await useCases.startRollout(again.plan.rollout.text, house.order(rita))
            // The failed attempt has installed it: there is nothing for a canary to show.
            try await house.wait(for: again.plan.rollout, .completed)
            #expect(house.hosts.version(on: failed.host.name) == TestHosts.new)
        }
    }

    @Test(
        "Where nothing failed there is nothing to take up, and what was brought back is tested first"
    )
    func nothing() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let planned = try await house.scheduled()
            let old = planned.plan.rollout
            _ = try await useCases.startRollout(old.text, house.order(rita))
            try await house.wait(for: old, .completed)
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.retry(old.text, RetryRequest(), $0)
                } == "nothing-to-retry")
            _ = try await useCases.rollBackRollout(
                old.text, .all, reason: "a report from the field", house.order(rita))
            try await house.wait(for: old, RolloutPhase.rolledBack)
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.retry(old.text, RetryRequest(), $0)
                } == "rollout-wrong-state")
        }
    }
}
