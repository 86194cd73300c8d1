/// The equations of CVSS 2.0.
/// Source: "A Complete Guide to the Common Vulnerability Scoring System Version 2.0", §3.2.
struct CVSS2Equations {
    /// The places of the metrics in a vector's values.
    enum Metric: Int {
        case av, ac, au, c, i, a, e, rl, rc, cdp, td, cr, ir, ar
    }

    let vector: CVSSVector

    private static let accessVector = [0.395, 0.646, 1]
    private static let accessComplexity = [0.35, 0.61, 0.71]
    private static let authentication = [0.45, 0.56, 0.704]
    private static let impact = [0, 0.275, 0.660]
    private static let exploitability = [1, 0.85, 0.9, 0.95, 1]
    private static let remediationLevel = [1, 0.87, 0.90, 0.95, 1]
    private static let reportConfidence = [1, 0.90, 0.95, 1]
    private static let collateralDamage = [0, 0, 0.1, 0.3, 0.4, 0.5]
    private static let targetDistribution = [1, 0, 0.25, 0.75, 1]
    private static let requirement = [1, 0.5, 1, 1.51]

    var scores: CVSSScores {
        let base = max(0, Self.tenths(baseEquation(impact: impact)))
        return CVSSScores(
            base: CVSSScore(tenths: base),
            temporal: vector.says(.temporal)
                ? CVSSScore(tenths: temporalTenths(base: base)) : nil,
            environmental: vector.says(.environmental)
                ? CVSSScore(tenths: environmentalTenths) : nil)
    }

    private func weight(_ metric: Metric, _ weights: [Double]) -> Double {
        weights[Int(vector.values[metric.rawValue])]
    }

    private var impact: Double {
        10.41
            * (1 - (1 - weight(.c, Self.impact)) * (1 - weight(.i, Self.impact))
                * (1 - weight(.a, Self.impact)))
    }

    /// With the requirements of the place where the flaw is.
    private var adjustedImpact: Double {
        func left(_ metric: Metric, _ requirement: Metric) -> Double {
            1 - weight(metric, Self.impact) * weight(requirement, Self.requirement)
        }
        return min(10, 10.41 * (1 - left(.c, .cr) * left(.i, .ir) * left(.a, .ar)))
    }

    private func baseEquation(impact: Double) -> Double {
        if impact == 0 { return 0 }
        let exploitability =
            20 * weight(.av, Self.accessVector) * weight(.ac, Self.accessComplexity)
            * weight(.au, Self.authentication)
        return (0.6 * impact + 0.4 * exploitability - 1.5) * 1.176
    }

    private func temporalTenths(base tenths: Int) -> Int {
        Self.tenths(
            Double(tenths) / 10 * weight(.e, Self.exploitability)
                * weight(.rl, Self.remediationLevel) * weight(.rc, Self.reportConfidence))
    }

    private var environmentalTenths: Int {
        let base = Self.tenths(baseEquation(impact: adjustedImpact))
        let temporal = Double(temporalTenths(base: base)) / 10
        return Self.tenths(
            (temporal + (10 - temporal) * weight(.cdp, Self.collateralDamage))
                * weight(.td, Self.targetDistribution))
    }

    /// To the nearest tenth, halves away from zero. Of all that the equations can yield, nothing lies
    /// nearer to a half without being one than 0.00005, so what is nearer than the guard is that
    /// half, missed by binary fractions.
    private static func tenths(_ value: Double) -> Int {
        let half = 0.5 + 1e-9
        return Int(value * 10 + (value < 0 ? -half : half))
    }
}
