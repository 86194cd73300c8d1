/// An input of a decision table, which has few values. Feeds write them in words, in any case of
/// letters.
package protocol DecisionPoint: CaseIterable, Hashable, Sendable {
    /// How feeds and tables write this value, in lower case; the first is the table's own word.
    var words: [String] { get }
}

extension DecisionPoint {
    /// - Returns: nil for a word that no value has.
    package init?(word: String) {
        let lower = word.lowercased()
        guard let value = Self.allCases.first(where: { $0.words.contains(lower) }) else {
            return nil
        }
        self = value
    }
}

package enum YesNo: String, Codable, DecisionPoint {
    case no, yes

    package init(_ isSo: Bool) { self = isSo ? .yes : .no }

    package var words: [String] { [rawValue] }
}

/// How much an exploit gives an attacker. Source: SSVC, decision point TI 1.0.0.
package enum TechnicalImpact: String, Codable, DecisionPoint {
    case partial, total

    package var words: [String] { [rawValue] }
}

/// How far exploitation has come. Source: SSVC, decision point E 1.1.0.
package enum Exploitation: String, Codable, DecisionPoint {
    case notSeen = "none"
    case publicProof = "public poc"
    case active

    /// Vulnrichment writes `PoC` where the tables write `public poc`.
    package var words: [String] { self == .publicProof ? [rawValue, "poc"] : [rawValue] }
}

/// The tables' system exposure: small, controlled, open. Source: SSVC, decision point EXP 1.0.1.
extension Exposure: DecisionPoint {
    package var words: [String] {
        switch self {
        case .internal: ["small", "internal"]
        case .controlled: ["controlled"]
        case .open: ["open", "public"]
        }
    }
}

/// The tables' human impact, which follows from how much depends on the asset.
/// Source: SSVC, decision point HI 2.0.2.
extension Criticality: DecisionPoint {
    package var words: [String] {
        switch self {
        case .low: ["low"]
        case .medium: ["medium"]
        case .high: ["high"]
        case .veryHigh: ["very high", "veryhigh", "very_high"]
        }
    }
}
