/// The rule after a batch, as the plan pins it. Percentages are whole numbers.
package struct GateSettings: Codable, Sendable, Equatable, Hashable {
    package enum OnTrip: String, Codable, Sendable, CaseIterable {
        case pause
        /// Pause, and only another person's promotion goes on.
        case freeze
        case rollbackBatch
        case rollbackAll
    }

    /// Failures that one batch may have; nil leaves it to the percentage.
    package var maxFailures: Int?
    package var maxPercent = 5
    package var minSuccessPercent = 90
    /// Absent assets of a batch, of those that weren't skipped or cancelled.
    package var maxAbsentPercent = 25
    /// Failures over the whole rollout, acknowledged or not; nil leaves it to the batches.
    package var maxTotalFailures: Int?
    /// Whether a health signal must be good for the whole soak.
    package var needsHealth = false
    package var onTrip = OnTrip.pause

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case maxFailures = "max_failures"
        case maxPercent = "max_percent"
        case minSuccessPercent = "min_success_percent"
        case maxAbsentPercent = "max_absent_percent"
        case maxTotalFailures = "max_total_failures"
        case needsHealth = "needs_health"
        case onTrip = "on_trip"
    }

    /// What can't be right in them, one sentence each; empty when they are sound.
    package var faults: [String] {
        var faults: [String] = []
        for (name, value, range) in [
            ("max_percent", maxPercent, 0...100),
            ("min_success_percent", minSuccessPercent, 1...100),
            ("max_absent_percent", maxAbsentPercent, 0...100),
        ] where !range.contains(value) {
            faults.append(
                "\(name) is \(value): give a whole number from \(range.lowerBound) to 100")
        }
        for (name, value) in [
            ("max_failures", maxFailures), ("max_total_failures", maxTotalFailures),
        ] {
            if let value, value < 0 {
                faults.append("\(name) is \(value): give 0 or more, or leave it out")
            }
        }
        if let maxTotalFailures, let maxFailures, maxTotalFailures < maxFailures {
            faults.append(
                "max_total_failures is \(maxTotalFailures), less than max_failures "
                    + "\(maxFailures) of a single batch: raise it")
        }
        return faults
    }
}
