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

    @Test("Batches come to 1, 10, 25, 50 and 100 % in all; of urgent patches to 1, 25 and 100 %")
    func batches() throws {
        for (riskClass, shares) in [
            (.urgent, [1, 25, 100]), (.important, [1, 10, 25, 50, 100]),
            (.nonCritical, [1, 10, 25, 50, 100]),
        ] as [(RiskClass, [Int])] {
            let grammar = try BatchGrammar(Policy().batches(for: riskClass))
            for total in [100, 1000, 30_000] {
                var started = 0
                let reached = try grammar.counts(total: total, canary: 1).map { count in
                    started += count
                    return started
                }
                #expect(reached == shares.map { total * $0 / 100 })
            }
        }
    }

    @Test("Important: the canary soaks for a day, the others for half of one; urgent: an hour")
    func soaks() {
        let policy = Policy()
        #expect((0...3).map { policy.soakSeconds(for: .urgent, batch: $0) / 3600 } == [1, 1, 1, 1])
        #expect(
            (0...3).map { policy.soakSeconds(for: .important, batch: $0) / 3600 }
                == [24, 12, 12, 12])
        #expect(
            (0...3).map { policy.soakSeconds(for: .nonCritical, batch: $0) / 3600 }
                == [24, 24, 24, 24])
    }
}
