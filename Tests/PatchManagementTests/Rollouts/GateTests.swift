import Support
import Testing

@testable import PatchManagement

/// Every edge of the gate's rules, each just before and just after it (I8).
@Suite("Gate")
struct GateTests {
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        var size = 100
        var counts: [DeploymentOutcome: Int] = [:]
        var acknowledgedFailures = 0
        var acknowledgedAbsent = 0
        var earlierBad = 0
        var canary = false
        var emptyStrata: [String] = []
        var soaked = false
        var late = false
        var health = Gate.Health.notNeeded
        var settings = GateSettings()
        let verdict: Gate.Verdict

        var input: Gate.Input {
            var outcomes = OutcomeCounts()
            for (outcome, count) in counts { outcomes[outcome] = count }
            var input = Gate.Input(
                size: size, counts: outcomes, totalBad: outcomes.bad + earlierBad,
                isCanary: canary, soakElapsed: soaked)
            input.acknowledgedFailures = acknowledgedFailures
            input.acknowledgedAbsent = acknowledgedAbsent
            input.strataWithoutInstall = emptyStrata
            input.deadlinePassed = late
            input.health = health
            return input
        }
    }

    static func settings(_ change: (inout GateSettings) -> Void) -> GateSettings {
        var settings = GateSettings()
        change(&settings)
        return settings
    }

    static let two = settings {
        $0.maxFailures = 2; $0.maxPercent = 100; $0.minSuccessPercent = 1
    }
    static let total = settings {
        $0.maxTotalFailures = 3; $0.maxPercent = 100; $0.minSuccessPercent = 1
    }
    static let ninety = settings { $0.maxPercent = 100 }

    static let rows: [Row] = [
        Row(testDescription: "nothing yet", verdict: .hold),
        Row(testDescription: "all succeeded", counts: [.succeeded: 100], verdict: .soak),
        Row(testDescription: "soaked", counts: [.succeeded: 100], soaked: true, verdict: .pass),
        Row(
            testDescription: "pending reboots are stable",
            counts: [.succeeded: 1, .installedPendingReboot: 99], soaked: true, verdict: .pass),
        Row(
            testDescription: "one still open", counts: [.succeeded: 99], soaked: true,
            verdict: .hold),
        Row(
            testDescription: "one in doubt is open", counts: [.succeeded: 99, .unknown: 1],
            soaked: true, verdict: .hold),
        Row(
            testDescription: "open at the deadline", counts: [.succeeded: 98, .unknown: 1],
            late: true, verdict: .inconclusive(.progressDeadline, value: 2, limit: 0)),
        Row(
            testDescription: "as many failures as allowed", counts: [.failed: 2], settings: two,
            verdict: .hold),
        Row(
            testDescription: "one failure more", counts: [.failed: 2, .verificationFailed: 1],
            settings: two, verdict: .trip(.maxFailures, value: 3, limit: 2)),
        Row(
            testDescription: "unreachable counts as failure", counts: [.unreachable: 3],
            settings: two, verdict: .trip(.maxFailures, value: 3, limit: 2)),
        Row(
            testDescription: "a failed precheck counts as failure",
            counts: [.failedBeforeInstall: 3], settings: two,
            verdict: .trip(.maxFailures, value: 3, limit: 2)),
        Row(
            testDescription: "a failed rollback counts as failure", counts: [.rollbackFailed: 3],
            settings: two, verdict: .trip(.maxFailures, value: 3, limit: 2)),
        Row(
            testDescription: "acknowledged failures don't count", counts: [.failed: 5],
            acknowledgedFailures: 3, settings: two, verdict: .hold),
        Row(
            testDescription: "further ones do", counts: [.failed: 6], acknowledgedFailures: 3,
            settings: two, verdict: .trip(.maxFailures, value: 3, limit: 2)),
        Row(
            testDescription: "exactly the percentage", counts: [.failed: 5], verdict: .hold),
        Row(
            testDescription: "over the percentage", counts: [.failed: 6],
            verdict: .trip(.maxPercent, value: 6, limit: 5)),
        Row(
            testDescription: "a fraction over the percentage", size: 19, counts: [.failed: 1],
            verdict: .trip(.maxPercent, value: 6, limit: 5)),
        Row(
            testDescription: "absent ones shrink the base", counts: [.failed: 5, .absent: 1],
            verdict: .trip(.maxPercent, value: 6, limit: 5)),
        Row(
            testDescription: "skipped ones shrink the base", counts: [.failed: 5, .skipped: 1],
            verdict: .trip(.maxPercent, value: 6, limit: 5)),
        Row(
            testDescription: "cancelled ones shrink the base", counts: [.failed: 5, .cancelled: 1],
            verdict: .trip(.maxPercent, value: 6, limit: 5)),
        Row(
            testDescription: "success can just be reached", counts: [.failed: 10],
            settings: ninety, verdict: .hold),
        Row(
            testDescription: "success can't be reached any more", counts: [.failed: 11],
            settings: ninety, verdict: .trip(.minSuccessPercent, value: 89, limit: 90)),
        Row(
            testDescription: "exactly enough succeeded", counts: [.succeeded: 90, .failed: 10],
            soaked: true, settings: ninety, verdict: .pass),
        Row(
            testDescription: "the rollout's limit is reached", counts: [.failed: 1],
            earlierBad: 2, settings: total, verdict: .hold),
        Row(
            testDescription: "a late failure passes the rollout's limit", counts: [.succeeded: 1],
            earlierBad: 4, settings: total,
            verdict: .trip(.maxTotalFailures, value: 4, limit: 3)),
        Row(
            testDescription: "acknowledged ones stay in the rollout's limit",
            counts: [.failed: 4], acknowledgedFailures: 4, settings: total,
            verdict: .trip(.maxTotalFailures, value: 4, limit: 3)),
        Row(
            testDescription: "as many absent as allowed", counts: [.succeeded: 75, .absent: 25],
            soaked: true, verdict: .pass),
        Row(
            testDescription: "too many absent", counts: [.absent: 26],
            verdict: .inconclusive(.maxAbsentPercent, value: 26, limit: 25)),
        Row(
            testDescription: "accepted absent ones", counts: [.succeeded: 74, .absent: 26],
            acknowledgedAbsent: 26, soaked: true, verdict: .pass),
        Row(
            testDescription: "skipped ones aren't in the base of absent ones", size: 10,
            counts: [.skipped: 2, .absent: 3],
            verdict: .inconclusive(.maxAbsentPercent, value: 38, limit: 25)),
        Row(
            testDescription: "failures come before absence", counts: [.failed: 40, .absent: 40],
            verdict: .trip(.maxPercent, value: 67, limit: 5)),
        Row(
            testDescription: "an empty batch passes", size: 0, soaked: true, verdict: .pass),
        Row(
            testDescription: "a batch of skipped ones passes", size: 3, counts: [.skipped: 3],
            soaked: true, verdict: .pass),
        Row(
            testDescription: "an empty canary blocks", size: 0, canary: true, soaked: true,
            verdict: .inconclusive(.emptyCanary, value: 0, limit: 1)),
        Row(
            testDescription: "a canary of skipped ones blocks", size: 3, counts: [.skipped: 3],
            canary: true, soaked: true, verdict: .inconclusive(.emptyCanary, value: 0, limit: 1)),
        Row(
            testDescription: "a canary whose only failure was acknowledged blocks", size: 1,
            counts: [.failed: 1], acknowledgedFailures: 1, canary: true, soaked: true,
            verdict: .inconclusive(.emptyCanary, value: 0, limit: 1)),
        Row(
            testDescription: "a stratum without an install blocks", size: 2,
            counts: [.succeeded: 1, .skipped: 1], canary: true, emptyStrata: ["debian 11 amd64"],
            soaked: true, verdict: .inconclusive(.canaryStratum, value: 1, limit: 0)),
        Row(
            testDescription: "bad health trips at once", counts: [.succeeded: 1], health: .bad,
            verdict: .trip(.health, value: 0, limit: 1)),
        Row(
            testDescription: "missing health is waited for", counts: [.succeeded: 100],
            health: .missing, verdict: .soak),
        Row(
            testDescription: "missing health never passes", counts: [.succeeded: 100],
            soaked: true, health: .missing, verdict: .inconclusive(.health, value: 0, limit: 1)),
        Row(
            testDescription: "more outcomes than targets fail closed", size: 1,
            counts: [.succeeded: 2], soaked: true,
            verdict: .inconclusive(.evaluation, value: 2, limit: 1)),
        Row(
            testDescription: "bad settings fail closed", counts: [.succeeded: 100], soaked: true,
            settings: settings { $0.maxPercent = 101 },
            verdict: .inconclusive(.evaluation, value: 100, limit: 100)),
    ]

    @Test("decides", arguments: rows)
    func decides(row: Row) {
        #expect(Gate.evaluate(row.input, row.settings) == row.verdict)
    }

    @Test("I8: more failures never turn a trip into a pass, whatever the counts")
    func monotone() {
        var random = SeededRandom.fresh("gate")
        for _ in 0..<20_000 {
            var settings = GateSettings()
            settings.maxPercent = random.below(101)
            settings.minSuccessPercent = 1 + random.below(100)
            settings.maxFailures = random.below(2) == 0 ? nil : random.below(6)
            let size = 1 + random.below(20)
            var counts = OutcomeCounts()
            for _ in 0..<size {
                counts[DeploymentOutcome.allCases[random.below(13)]] += 1
            }
            let before = Gate.evaluate(
                .init(
                    size: size, counts: counts, totalBad: counts.bad, isCanary: false,
                    soakElapsed: true), settings)
            guard counts[.succeeded] > 0 else { continue }
            counts[.succeeded] -= 1
            counts[.failed] += 1
            let after = Gate.evaluate(
                .init(
                    size: size, counts: counts, totalBad: counts.bad, isCanary: false,
                    soakElapsed: true), settings)
            if case .trip = before {
                guard case .trip = after else {
                    Issue.record("\(before) became \(after) for \(counts)")
                    return
                }
            }
            if after == .pass { #expect(before == .pass) }
        }
    }

    @Test("refuses settings that can't be right, naming field and value")
    func faults() {
        #expect(GateSettings().faults.isEmpty)
        for (change, field) in [
            ({ $0.maxPercent = 101 }, "max_percent is 101"),
            ({ $0.minSuccessPercent = 0 }, "min_success_percent is 0"),
            ({ $0.maxAbsentPercent = -1 }, "max_absent_percent is -1"),
            ({ $0.maxFailures = -1 }, "max_failures is -1"),
            (
                {
                    $0.maxTotalFailures = 1; $0.maxFailures = 2
                }, "max_total_failures is 1"
            ),
        ] as [((inout GateSettings) -> Void, String)] {
            let faults = Self.settings(change).faults
            #expect(faults.count == 1 && faults[0].hasPrefix(field), "\(faults)")
        }
    }
}
