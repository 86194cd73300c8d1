/// How many assets have which outcome. Those without one are not counted here.
package struct OutcomeCounts: Codable, Sendable, Equatable {
    private var counts: [Int]

    package init() {
        counts = Array(repeating: 0, count: DeploymentOutcome.allCases.count)
    }

    package subscript(outcome: DeploymentOutcome) -> Int {
        get { counts[Self.index(of: outcome)] }
        set { counts[Self.index(of: outcome)] = newValue }
    }

    package var total: Int { counts.reduce(0, +) }

    /// Stable for the gate.
    package var ok: Int { self[.succeeded] + self[.installedPendingReboot] }

    package var bad: Int { sum { $0.isBad } }

    package var final: Int { sum { $0.isFinal } }

    package var settledInRollback: Int { sum { $0.isSettledInRollback } }

    package static func + (left: Self, right: Self) -> Self {
        var sum = left
        for outcome in DeploymentOutcome.allCases { sum[outcome] += right[outcome] }
        return sum
    }

    private func sum(where counted: (DeploymentOutcome) -> Bool) -> Int {
        DeploymentOutcome.allCases.reduce(0) { counted($1) ? $0 + self[$1] : $0 }
    }

    private static func index(of outcome: DeploymentOutcome) -> Int {
        switch outcome {
        case .unknown: 0
        case .rollingBack: 1
        case .succeeded: 2
        case .installedPendingReboot: 3
        case .failedBeforeInstall: 4
        case .failed: 5
        case .verificationFailed: 6
        case .unreachable: 7
        case .absent: 8
        case .skipped: 9
        case .cancelled: 10
        case .rolledBack: 11
        case .rollbackFailed: 12
        case .deadAfterReboot: 13
        }
    }
}

/// Stored as an object of the counts that aren't zero, so that a new outcome needs no new version.
extension OutcomeCounts {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ outcome: DeploymentOutcome) { stringValue = outcome.rawValue }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: Key.self)
        for outcome in DeploymentOutcome.allCases {
            self[outcome] = try container.decodeIfPresent(Int.self, forKey: Key(outcome)) ?? 0
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for outcome in DeploymentOutcome.allCases where self[outcome] != 0 {
            try container.encode(self[outcome], forKey: Key(outcome))
        }
    }
}
