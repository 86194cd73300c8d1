package import EventSourcing

/// The pure rule by which a round of probes is good, bad or inconclusive. For each probe, in order:
///
/// 1. *answers*: fewer hosts answered than have to: inconclusive;
/// 2. *share*: more of the answers are bad than `max_bad_percent`: bad;
/// 3. *worse*: the mean over the soak so far is larger than the baseline's by more than `percent` and
///    at least `at_least`, and larger than the control's by as much where that can be compared: bad.
///    Nothing is compared with fewer than `min_samples` values on a side.
///
/// One bad probe makes the round bad, whatever the others say; else one without answers makes it
/// inconclusive.
package enum HealthRule: String, Codable, Sendable, CaseIterable {
    case answers, share, worse
    /// Of the rounds that were due in a soak, too few came.
    case rounds

    /// - Parameters:
    ///   - round: The sums of this round.
    ///   - soak: Those of all rounds of the soak so far, this one among them; by probe.
    ///   - baseline: Those from before the batch; empty for nothing to compare with.
    package static func judge(
        _ plan: HealthPlan, round: [HealthSummary], soak: [HealthSummary],
        baseline: [HealthSummary]
    ) -> (health: Gate.Health, cause: HealthCause?) {
        var missing: HealthCause?
        for probe in plan.probes {
            guard let summary = round.first(where: { $0.probe == probe.name }) else {
                missing = missing ?? HealthCause(probe, .answers, value: 0, limit: 1)
                continue
            }
            let sums = summary.subjects
            let needed = max(1, min(plan.minAnswers, sums.asked))
            if sums.bad * 100 > probe.badPercentLimit * sums.answered {
                return (
                    .bad,
                    HealthCause(
                        probe, .share, value: (sums.bad * 100 + sums.answered - 1) / sums.answered,
                        limit: probe.badPercentLimit, samples: sums.answered,
                        assets: summary.named)
                )
            }
            if sums.answered < needed {
                missing =
                    missing
                    ?? HealthCause(
                        probe, .answers, value: sums.answered, limit: needed, samples: sums.asked,
                        assets: summary.named)
                continue
            }
            if let cause = worse(
                probe, soak.first { $0.probe == probe.name },
                baseline.first { $0.probe == probe.name })
            {
                return (.bad, cause)
            }
        }
        return missing.map { (.missing, $0) } ?? (.good, nil)
    }

    private static func worse(
        _ probe: HealthProbe, _ soak: HealthSummary?, _ baseline: HealthSummary?
    ) -> HealthCause? {
        guard let rule = probe.worse, let soak, let baseline else { return nil }
        let now = soak.subjects
        let before = baseline.subjects
        guard isWorse(now, than: before, rule) else { return nil }
        // Where all have become worse, it isn't the patch.
        if soak.control.values >= rule.minSamples, !isWorse(now, than: soak.control, rule) {
            return nil
        }
        let mean = now.mean ?? 0
        let base = before.mean ?? 0
        return HealthCause(
            probe, .worse, value: mean, limit: limit(over: base, rule), samples: now.values,
            baseline: base, baselineSamples: before.values,
            control: soak.control.values >= rule.minSamples ? soak.control.mean : nil,
            controlSamples: soak.control.values)
    }

    /// The largest mean that isn't worse, rounded down.
    private static func limit(over base: Int, _ rule: HealthComparison) -> Int {
        let (share, overflow) = base.multipliedReportingOverflow(by: 100 + rule.percent)
        return overflow ? Int.max : max(share / 100, base + rule.atLeast)
    }

    /// By the means, in whole numbers.
    private static func isWorse(
        _ now: HealthSums, than before: HealthSums, _ rule: HealthComparison
    ) -> Bool {
        guard now.values >= rule.minSamples, before.values >= rule.minSamples,
            let mean = now.mean, let base = before.mean, base >= 0
        else { return false }
        return mean > limit(over: base, rule)
    }
}

/// Which probe was not good, by which value against which limit, on how many samples and which
/// hosts.
package struct HealthCause: Codable, Sendable, Equatable {
    package let probe: String
    package let rule: HealthRule
    package let value: Int
    package let limit: Int
    /// Answers or values that it rests on.
    package let samples: Int
    package let assets: [StreamID]
    /// The mean before the batch, of how many values; nil where nothing was compared.
    package let baseline: Int?
    package let baselineSamples: Int?
    /// The mean of those that come later; nil where there were too few values.
    package let control: Int?
    package let controlSamples: Int?

    init(
        _ probe: HealthProbe, _ rule: HealthRule, value: Int, limit: Int, samples: Int = 0,
        assets: [StreamID] = [], baseline: Int? = nil, baselineSamples: Int? = nil,
        control: Int? = nil, controlSamples: Int? = nil
    ) {
        self.probe = probe.name
        self.rule = rule
        self.value = value
        self.limit = limit
        self.samples = samples
        self.assets = assets
        self.baseline = baseline
        self.baselineSamples = baselineSamples
        self.control = control
        self.controlSamples = controlSamples
    }

    private enum CodingKeys: String, CodingKey {
        case probe, rule, value, limit, samples, assets, baseline, control
        case baselineSamples = "baseline_samples"
        case controlSamples = "control_samples"
    }

    /// Such as `probe web: 100 % of 3 answers are bad, 0 % may be`.
    package var words: String {
        switch rule {
        case .answers:
            "probe \(probe): \(value) of \(samples) asked could be measured, \(limit) must"
        case .share: "probe \(probe): \(value) % of \(samples) answers are bad, \(limit) % may be"
        case .worse:
            "probe \(probe): \(value) on average of \(samples), \(limit) may be; "
                + "\(baseline ?? 0) of \(baselineSamples ?? 0) before"
                + (control.map { ", \($0) of \(controlSamples ?? 0) without the patch" } ?? "")
        case .rounds: "\(value) rounds of probes came in the soak, \(limit) must"
        }
    }
}
