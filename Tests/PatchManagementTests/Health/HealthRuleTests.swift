import EventSourcing
import Support
import Testing

@testable import PatchManagement

/// Every edge of the rule by which a round of probes is judged (I8).
@Suite("Rule of health")
struct HealthRuleTests {
    static let comparison = HealthComparison(percent: 50, atLeast: 20, minSamples: 5)

    static func plan(_ change: (inout HealthProbe) -> Void = { _ in }) throws -> HealthPlan {
        var probe = HealthProbe(name: "web", kind: .tcp)
        probe.port = 80
        change(&probe)
        var policy = HealthPolicy()
        policy.probes = [probe]
        return try unwrapped(HealthPlan(naming: ["web"], in: policy, batches: []))
    }

    static func sums(
        good: Int = 0, bad: Int = 0, missing: Int = 0, values: Int = 0, mean: Int = 0
    ) -> HealthSums {
        var sums = HealthSums()
        sums.good = good
        sums.bad = bad
        sums.missing = missing
        sums.values = values
        sums.total = values * mean
        return sums
    }

    static func summary(_ subjects: HealthSums, _ control: HealthSums = HealthSums())
        -> HealthSummary
    {
        HealthSummary(
            probe: "web", subjects: subjects, control: control, named: [production(1)])
    }

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        var badPercent: Int?
        let sums: HealthSums
        let health: Gate.Health
        var rule: HealthRule?
        var value = 0
        var limit = 0
    }

    static let rows: [Row] = [
        Row(testDescription: "all good", sums: sums(good: 5), health: .good),
        Row(testDescription: "enough good", sums: sums(good: 3, missing: 2), health: .good),
        Row(
            testDescription: "one answer too few", sums: sums(good: 2, missing: 3),
            health: .missing, rule: .answers, value: 2, limit: 3),
        Row(
            testDescription: "nobody answers", sums: sums(missing: 5), health: .missing,
            rule: .answers, value: 0, limit: 3),
        Row(
            testDescription: "nobody was asked", sums: sums(), health: .missing, rule: .answers,
            value: 0, limit: 1),
        Row(testDescription: "a batch of one needs one", sums: sums(good: 1), health: .good),
        Row(
            testDescription: "any bad answer is too many by itself", sums: sums(good: 4, bad: 1),
            health: .bad, rule: .share, value: 20, limit: 0),
        Row(
            testDescription: "bad outranks missing", sums: sums(bad: 1, missing: 4), health: .bad,
            rule: .share, value: 100, limit: 0),
        Row(
            testDescription: "exactly the share", badPercent: 20, sums: sums(good: 4, bad: 1),
            health: .good),
        Row(
            testDescription: "a fraction over the share", badPercent: 33,
            sums: sums(good: 2, bad: 1), health: .bad, rule: .share, value: 34, limit: 33),
        Row(
            testDescription: "all bad and all may be", badPercent: 100, sums: sums(bad: 5),
            health: .good),
    ]

    @Test("a round by itself", arguments: rows)
    func alone(row: Row) throws {
        let plan = try Self.plan { $0.maxBadPercent = row.badPercent }
        let (health, cause) = HealthRule.judge(
            plan, round: [Self.summary(row.sums)], soak: [], baseline: [])
        #expect(health == row.health)
        #expect(cause?.rule == row.rule)
        #expect((cause?.value ?? 0, cause?.limit ?? 0) == (row.value, row.limit))
        if row.sums.asked > 0, let cause { #expect(cause.assets == [production(1)]) }
    }

    struct Compared: CustomTestStringConvertible {
        let testDescription: String
        let now: HealthSums
        let before: HealthSums
        var control = HealthSums()
        let limit: Int?
    }

    static func mean(_ mean: Int, _ values: Int = 5) -> HealthSums {
        sums(good: values, values: values, mean: mean)
    }

    static let compared: [Compared] = [
        Compared(testDescription: "as before", now: mean(100), before: mean(100), limit: nil),
        Compared(
            testDescription: "exactly the share worse", now: mean(150), before: mean(100),
            limit: nil),
        Compared(testDescription: "worse", now: mean(151), before: mean(100), limit: 150),
        Compared(
            testDescription: "tiny ones may double", now: mean(25), before: mean(5), limit: nil),
        Compared(
            testDescription: "but not by more than the least", now: mean(26), before: mean(5),
            limit: 25),
        Compared(testDescription: "from nothing", now: mean(21), before: mean(0), limit: 20),
        Compared(
            testDescription: "too few values before", now: mean(900), before: mean(100, 4),
            limit: nil),
        Compared(
            testDescription: "too few values now", now: mean(900, 4), before: mean(100),
            limit: nil),
        Compared(
            testDescription: "those without the patch are as bad", now: mean(200),
            before: mean(100), control: mean(140), limit: nil),
        Compared(
            testDescription: "those without the patch are better", now: mean(200),
            before: mean(100), control: mean(130), limit: 150),
        Compared(
            testDescription: "too few of those without the patch", now: mean(200),
            before: mean(100), control: mean(200, 4), limit: 150),
        Compared(
            testDescription: "what can't be multiplied is no reason", now: mean(1 << 50, 5),
            before: sums(good: 5, values: 5, mean: 1 << 58), limit: nil),
    ]

    @Test(
        "a soak against what was before, and against those without the patch", arguments: compared)
    func comparison(row: Compared) throws {
        let plan = try Self.plan { $0.worse = Self.comparison }
        let (health, cause) = HealthRule.judge(
            plan, round: [Self.summary(Self.sums(good: 5))],
            soak: [Self.summary(row.now, row.control)], baseline: [Self.summary(row.before)])
        #expect(health == (row.limit == nil ? .good : .bad))
        #expect(cause?.limit == row.limit)
        if let cause {
            #expect(cause.rule == .worse && cause.baselineSamples == row.before.values)
            #expect(cause.words.contains("before"), "the baseline is said: \(cause.words)")
        }
    }

    @Test("A worse answer never makes a round better, whatever the sums")
    func monotone() throws {
        var random = SeededRandom.fresh("health rule")
        func rank(_ health: Gate.Health) -> Int {
            switch health {
            case .good, .notNeeded: 0
            case .missing: 1
            case .bad: 2
            }
        }
        for _ in 0..<20_000 {
            let plan = try Self.plan { $0.maxBadPercent = random.below(101) }
            let sums = Self.sums(
                good: 1 + random.below(6), bad: random.below(6), missing: random.below(6))
            var worse = sums
            worse.good -= 1
            worse.bad += 1
            func judge(_ sums: HealthSums) -> Gate.Health {
                HealthRule.judge(plan, round: [Self.summary(sums)], soak: [], baseline: []).health
            }
            #expect(
                rank(judge(worse)) >= rank(judge(sums)),
                "seed \(random.seed): \(sums) is \(judge(sums)), \(worse) is \(judge(worse))")
        }
    }

    @Test("A reading is judged by its probe's own limits, and its text is made harmless")
    func measurements() {
        var probe = HealthProbe(name: "errors", kind: .prometheus)
        probe.most = 1500
        probe.least = 0
        func outcome(_ value: Int?, _ isRefusal: Bool = false) -> HealthMeasurement.Outcome {
            HealthMeasurement(
                .answer(value: value, isRefusal: isRefusal, detail: ""), of: probe, on: nil
            ).outcome
        }
        #expect(outcome(1500) == .good && outcome(0) == .good && outcome(nil) == .good)
        #expect(outcome(1501) == .bad && outcome(-1) == .bad && outcome(10, true) == .bad)
        let hostile = HealthMeasurement(
            .none(detail: "\u{1B}[2J" + String(repeating: "x", count: 500)), of: probe, on: nil)
        #expect(hostile.outcome == .missing)
        #expect(!hostile.detail.contains("\u{1B}") && hostile.detail.count < 250)
    }
}
