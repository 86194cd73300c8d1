import PatchManagement
import Testing

/// The numbers of domain.md §4 that a plan gets when it doesn't say.
@Suite("The policy's numbers")
struct PolicyTests {
    @Test("Without a limit of its own a whole rollout may have 10 % failures, and at least three")
    func limit() {
        for (targets, limit) in [(1, 3), (30, 3), (31, 3), (40, 4), (30_000, 3000)] {
            #expect(
                Policy().limited(GateSettings(), targets: targets).maxTotalFailures == limit)
        }
        // What a single batch may have, the whole may have; faults are found by the plan.
        for (change, limit) in [
            ({ $0.maxFailures = 9 }, 9), ({ $0.maxPercent = 100 }, 40),
            ({ $0.maxPercent = .max }, 40), ({ $0.maxPercent = .min }, 3),
            ({ $0.maxTotalFailures = 1 }, 1),
        ] as [((inout GateSettings) -> Void, Int)] {
            var gate = GateSettings()
            change(&gate)
            let limited = Policy().limited(gate, targets: 40)
            #expect(limited.maxTotalFailures == limit)
            #expect(limited.faults == gate.faults)
        }
    }
}
