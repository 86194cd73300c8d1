/// What the hosts of a batch said when they were asked for their health.
package struct HealthResource: Codable, Sendable, Equatable {
    /// `baseline`, before the batch; `soak`; or `watch`, once it has passed.
    package let kind: String
    /// `good`, `bad` or `missing`.
    package let verdict: String
    /// Which probe is not good, by which value and limit; nil for a good round.
    package let reason: String?
    /// Of that kind, one after the other.
    package let rounds: Int
    package let probes: [ProbeResource]
    package let at: String

    package init(
        kind: String, verdict: String, reason: String? = nil, rounds: Int,
        probes: [ProbeResource], at: String
    ) {
        self.kind = kind
        self.verdict = verdict
        self.reason = reason
        self.rounds = rounds
        self.probes = probes
        self.at = at
    }
}

/// One probe in a round: how many answers of which kind, and the means with the samples that they
/// rest on, in the probe's unit.
package struct ProbeResource: Codable, Sendable, Equatable {
    package let name: String
    package let good: Int
    package let bad: Int
    package let missing: Int
    package let mean: Int?
    package let samples: Int
    /// From before the batch.
    package let baselineMean: Int?
    package let baselineSamples: Int?
    /// Of hosts that don't have the patch yet.
    package let controlMean: Int?
    package let controlSamples: Int?

    package init(
        name: String, good: Int, bad: Int, missing: Int, mean: Int? = nil, samples: Int,
        baselineMean: Int? = nil, baselineSamples: Int? = nil, controlMean: Int? = nil,
        controlSamples: Int? = nil
    ) {
        self.name = name
        self.good = good
        self.bad = bad
        self.missing = missing
        self.mean = mean
        self.samples = samples
        self.baselineMean = baselineMean
        self.baselineSamples = baselineSamples
        self.controlMean = controlMean
        self.controlSamples = controlSamples
    }
}
