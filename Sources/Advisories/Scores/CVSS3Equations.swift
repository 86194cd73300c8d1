/// The equations of CVSS 3.0 and 3.1.
/// Source: CVSS 3.0 §8, CVSS 3.1 §7 and appendix A.
struct CVSS3Equations {
    /// The places of the metrics in a vector's values.
    enum Metric: Int {
        case av, ac, pr, ui, s, c, i, a, e, rl, rc, cr, ir, ar, mav, mac, mpr, mui, ms, mc, mi, ma
    }

    let vector: CVSSVector

    private static let attackVector = [0.85, 0.62, 0.55, 0.2]
    private static let attackComplexity = [0.77, 0.44]
    private static let privilegesRequired = [0.85, 0.62, 0.27]
    private static let privilegesRequiredChanged = [0.85, 0.68, 0.5]
    private static let userInteraction = [0.85, 0.62]
    private static let impact = [0.56, 0.22, 0]
    private static let exploitCodeMaturity = [1, 1, 0.97, 0.94, 0.91]
    private static let remediationLevel = [1, 1, 0.97, 0.96, 0.95]
    private static let reportConfidence = [1, 1, 0.96, 0.92]
    private static let requirement = [1, 1.5, 1, 0.5]

    /// Whether the flaw reaches beyond its component.
    private static let changed = 1

    var scores: CVSSScores {
        let base = baseTenths
        return CVSSScores(
            base: CVSSScore(tenths: base), temporal: CVSSScore(tenths: temporalTenths(of: base)),
            environmental: CVSSScore(tenths: temporalTenths(of: modifiedTenths)))
    }

    private func value(_ metric: Metric) -> Int { Int(vector.values[metric.rawValue]) }

    /// The value of the modified metric where it is given, else that of the metric itself.
    private func value(_ modified: Metric, orElse metric: Metric) -> Int {
        value(modified) > 0 ? value(modified) - 1 : value(metric)
    }

    private var baseTenths: Int {
        let isChanged = value(.s) == Self.changed
        let subscore =
            1 - (1 - Self.impact[value(.c)]) * (1 - Self.impact[value(.i)])
            * (1 - Self.impact[value(.a)])
        let impact =
            isChanged
            ? 7.52 * (subscore - 0.029) - 3.25 * power(subscore - 0.02, 15) : 6.42 * subscore
        return tenths(
            impact,
            exploitability(value(.av), value(.ac), value(.pr), value(.ui), isChanged: isChanged),
            isChanged: isChanged)
    }

    private var modifiedTenths: Int {
        let isChanged = value(.ms, orElse: .s) == Self.changed
        func left(_ modified: Metric, _ metric: Metric, _ requirement: Metric) -> Double {
            1 - Self.impact[value(modified, orElse: metric)] * Self.requirement[value(requirement)]
        }
        let subscore = min(1 - left(.mc, .c, .cr) * left(.mi, .i, .ir) * left(.ma, .a, .ar), 0.915)
        let impact: Double
        if !isChanged {
            impact = 6.42 * subscore
        } else if vector.version == .v30 {
            impact = 7.52 * (subscore - 0.029) - 3.25 * power(subscore - 0.02, 15)
        } else {
            impact = 7.52 * (subscore - 0.029) - 3.25 * power(subscore * 0.9731 - 0.02, 13)
        }
        return tenths(
            impact,
            exploitability(
                value(.mav, orElse: .av), value(.mac, orElse: .ac), value(.mpr, orElse: .pr),
                value(.mui, orElse: .ui), isChanged: isChanged),
            isChanged: isChanged)
    }

    private func exploitability(
        _ vector: Int, _ complexity: Int, _ privileges: Int, _ interaction: Int, isChanged: Bool
    ) -> Double {
        let privilegesRequired =
            isChanged ? Self.privilegesRequiredChanged : Self.privilegesRequired
        return 8.22 * Self.attackVector[vector] * Self.attackComplexity[complexity]
            * privilegesRequired[privileges] * Self.userInteraction[interaction]
    }

    private func tenths(_ impact: Double, _ exploitability: Double, isChanged: Bool) -> Int {
        if impact <= 0 { return 0 }
        return roundedUp(min((isChanged ? 1.08 : 1) * (impact + exploitability), 10))
    }

    private func temporalTenths(of tenths: Int) -> Int {
        roundedUp(
            Double(tenths) / 10 * Self.exploitCodeMaturity[value(.e)]
                * Self.remediationLevel[value(.rl)] * Self.reportConfidence[value(.rc)])
    }

    /// To the next tenth that isn't less. 3.1 says how, so that binary fractions don't matter: in
    /// hundred-thousandths. In 3.0 it is the number itself that counts. Of all that the equations can
    /// yield, nothing lies nearer above a tenth than 0.00002, so what is nearer than the guard is
    /// that tenth, missed by binary fractions.
    private func roundedUp(_ value: Double) -> Int {
        guard vector.version == .v31 else {
            let guarded = value * 10 - 1e-10
            let down = Int(guarded)
            return Double(down) < guarded ? down + 1 : down
        }
        let whole = Int(value * 100_000 + 0.5)
        return whole % 10_000 == 0 ? whole / 10_000 : whole / 10_000 + 1
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}
