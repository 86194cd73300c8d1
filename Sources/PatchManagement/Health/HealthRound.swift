package import EventSourcing

/// One time that the hosts of a rollout are asked.
package struct HealthRound: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// The hosts of the next batch, before it begins.
        case baseline
        /// Those of a batch that soaks, and some that come after it.
        case soak
        /// Those of batches that have passed, while others go on.
        case watch
    }

    /// Rises with every round that is ordered; an answer to another one comes too late.
    package let number: Int
    package let kind: Kind
    /// The batch that it is about; the last one that has passed, of a watch.
    package let batch: Int

    package init(number: Int, kind: Kind, batch: Int) {
        self.number = number
        self.kind = kind
        self.batch = batch
    }
}

/// The data of a round's activity.
package struct HealthTask: Codable, Sendable, Equatable {
    package let round: HealthRound
    package let probes: [HealthProbe]
    package let sampleHosts: Int
    /// Digest of the `HealthSample`.
    package let sample: Digest

    private enum CodingKeys: String, CodingKey {
        case round, probes, sample
        case sampleHosts = "sample_hosts"
    }
}

/// What came of asking, before anybody judges it.
package enum HealthReading: Sendable, Equatable {
    /// An answer with its value; `isRefusal` when it says by itself that something is wrong, such as
    /// a status that isn't the one wanted.
    case answer(value: Int?, isRefusal: Bool, detail: String)
    /// It can't be told: the host was never asked, or the answer means nothing.
    case none(detail: String)
}

/// One answer, judged by the limits of its probe.
package struct HealthMeasurement: Codable, Hashable, Sendable {
    package enum Outcome: String, Codable, Sendable {
        case good, bad, missing
    }

    /// nil for one that is of the whole batch.
    package let asset: StreamID?
    package let probe: String
    package let outcome: Outcome
    /// In the probe's unit.
    package let value: Int?
    /// In words, at most `longestDetail` characters, without control characters.
    package let detail: String

    package static let longestDetail = 200

    package init(_ reading: HealthReading, of probe: HealthProbe, on asset: StreamID?) {
        self.asset = asset
        self.probe = probe.name
        switch reading {
        case .none(let detail):
            outcome = .missing
            value = nil
            self.detail = printable(detail, longest: Self.longestDetail)
        case .answer(let value, let isRefusal, let detail):
            let isOutside =
                value.map { value in
                    probe.most.map { value > $0 } ?? false
                        || probe.least.map { value < $0 } ?? false
                } ?? false
            outcome = isRefusal || isOutside ? .bad : .good
            self.value = value
            self.detail = printable(detail, longest: Self.longestDetail)
        }
    }
}

/// All answers of a round: a document, of which the event keeps the sums.
package struct HealthReport: Codable, Sendable, Equatable {
    package let rollout: StreamID
    package let round: HealthRound
    package let subjects: [HealthMeasurement]
    package let control: [HealthMeasurement]

    package init(
        rollout: StreamID, round: HealthRound, subjects: [HealthMeasurement],
        control: [HealthMeasurement]
    ) {
        self.rollout = rollout
        self.round = round
        self.subjects = subjects
        self.control = control
    }

    package var document: Document {
        Document(mediaType: "application/json", bytes: storedForm(self))
    }
}

/// How many answers of which outcome, with the sum of those values that there are.
package struct HealthSums: Codable, Hashable, Sendable {
    package var good = 0
    package var bad = 0
    package var missing = 0
    package var values = 0
    package var total = 0

    package init() {}

    package init(_ measurements: some Sequence<HealthMeasurement>) {
        for measurement in measurements {
            switch measurement.outcome {
            case .good: good += 1
            case .bad: bad += 1
            case .missing: missing += 1
            }
            if let value = measurement.value {
                values += 1
                total = Self.clamped(total + value)
            }
        }
    }

    package var asked: Int { good + bad + missing }
    package var answered: Int { good + bad }
    /// Rounded down; nil without a value.
    package var mean: Int? { values > 0 ? total / values : nil }

    package static func + (left: Self, right: Self) -> Self {
        var sums = left
        sums.good += right.good
        sums.bad += right.bad
        sums.missing += right.missing
        sums.values += right.values
        sums.total = clamped(left.total + right.total)
        return sums
    }

    /// What can be stored: a server may say any number.
    private static func clamped(_ total: Int) -> Int { max(-(1 << 53), min(total, 1 << 53)) }
}

/// What the answers to one probe come to.
package struct HealthSummary: Codable, Hashable, Sendable {
    package static let mostNamed = 10

    package let probe: String
    package var subjects: HealthSums
    package var control: HealthSums
    /// The first `mostNamed` that gave a bad answer, or none.
    package let named: [StreamID]

    package init(
        probe: String, subjects: HealthSums, control: HealthSums, named: [StreamID] = []
    ) {
        self.probe = probe
        self.subjects = subjects
        self.control = control
        self.named = named
    }
}

extension HealthPlan {
    /// The sums of a report for each of its probes, in their order.
    func summaries(of report: HealthReport) -> [HealthSummary] {
        probes.map { probe in
            let subjects = report.subjects.filter { $0.probe == probe.name }
            let worst: HealthMeasurement.Outcome =
                subjects.contains { $0.outcome == .bad } ? .bad : .missing
            return HealthSummary(
                probe: probe.name, subjects: HealthSums(subjects),
                control: HealthSums(report.control.filter { $0.probe == probe.name }),
                named: Array(
                    subjects.filter { $0.outcome == worst }.compactMap(\.asset)
                        .prefix(HealthSummary.mostNamed)))
        }
    }
}
