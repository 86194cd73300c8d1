/// A score of 0.0 to 10.0, kept as tenths, so that two are equal when they look equal.
package struct CVSSScore: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let tenths: Int

    package init(tenths: Int) { self.tenths = min(100, max(0, tenths)) }

    package static func < (left: Self, right: Self) -> Bool { left.tenths < right.tenths }

    package var description: String { "\(tenths / 10).\(tenths % 10)" }
}

/// A score in words.
package enum CVSSSeverity: String, Sendable, Hashable, CaseIterable {
    case none, low, medium, high, critical

    /// Source: CVSS 3.1 §5 and CVSS 4.0 §6, "Qualitative Severity Rating Scale". CVSS 2.0 has no
    /// scale of its own: it is read as the NVD does, which knows neither none nor critical.
    package init(_ score: CVSSScore, _ version: CVSSVersion) {
        switch score.tenths {
        case 0 where version != .v2: self = .none
        case ..<40: self = .low
        case ..<70: self = .medium
        case ..<90: self = .high
        default: self = version == .v2 ? .high : .critical
        }
    }
}

/// All that a vector scores.
package struct CVSSScores: Sendable, Hashable {
    package let base: CVSSScore
    /// With how far exploits and remedies are (in CVSS 4.0: the threat metrics). nil where the
    /// vector says nothing of it and its version has no score then (2.0 and 4.0).
    package let temporal: CVSSScore?
    /// With all metrics, also those of the place where the flaw is. nil as above.
    package let environmental: CVSSScore?

    /// The one that knows most.
    package var overall: CVSSScore { environmental ?? temporal ?? base }
}
