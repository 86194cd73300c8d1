/// The score of CVSS 4.0: that of the vector's class, less how far the vector lies from the
/// severest ones of its class.
/// Source: CVSS 4.0 §8.2, "CVSS v4.0 Scoring using MacroVectors and Interpolation".
struct CVSS4Equations {
    /// The places of the metrics in a vector's values.
    enum Metric: Int {
        case av, ac, at, pr, ui, vc, vi, va, sc, si, sa, e, cr, ir, ar
        case mav, mac, mat, mpr, mui, mvc, mvi, mva, msc, msi, msa
    }

    let vector: CVSSVector

    var scores: CVSSScores {
        CVSSScores(
            base: CVSSScore(tenths: CVSS4Levels(vector, .base).tenths),
            temporal: vector.says(.temporal)
                ? CVSSScore(tenths: CVSS4Levels(vector, .temporal).tenths) : nil,
            environmental: vector.says(.environmental)
                ? CVSSScore(tenths: CVSS4Levels(vector, .environmental).tenths) : nil)
    }
}

/// How severe each metric is, 0 being the severest: what the modified metrics say where they say
/// something, and the worst case for what isn't said.
private struct CVSS4Levels {
    let av, pr, ui, ac, at, vc, vi, va: Int
    /// From 1 on: 0 is the safety that only the modified metrics of `si` and `sa` know.
    let sc, si, sa: Int
    let e, cr, ir, ar: Int

    /// - Parameter group: The last of base, temporal and environmental that counts.
    init(_ vector: CVSSVector, _ group: CVSSMetric.Group) {
        let isEnvironmental = group == .environmental
        func level(_ metric: CVSS4Equations.Metric) -> Int { Int(vector.values[metric.rawValue]) }
        /// `offset` is the level of the modified metric's first value.
        func level(
            _ metric: CVSS4Equations.Metric, _ modified: CVSS4Equations.Metric,
            from offset: Int = 0,
            modifiedFrom modifiedOffset: Int? = nil
        ) -> Int {
            let value = isEnvironmental ? level(modified) : 0
            return value > 0 ? value - 1 + (modifiedOffset ?? offset) : level(metric) + offset
        }
        func optional(_ metric: CVSS4Equations.Metric, _ counts: Bool) -> Int {
            counts ? max(0, level(metric) - 1) : 0
        }
        av = level(.av, .mav)
        pr = level(.pr, .mpr)
        ui = level(.ui, .mui)
        ac = level(.ac, .mac)
        at = level(.at, .mat)
        vc = level(.vc, .mvc)
        vi = level(.vi, .mvi)
        va = level(.va, .mva)
        sc = level(.sc, .msc, from: 1)
        si = level(.si, .msi, from: 1, modifiedFrom: 0)
        sa = level(.sa, .msa, from: 1, modifiedFrom: 0)
        e = optional(.e, group != .base)
        cr = optional(.cr, isEnvironmental)
        ir = optional(.ir, isEnvironmental)
        ar = optional(.ar, isEnvironmental)
    }

    private static let none = 2
    private static let noneBeyond = 3

    var tenths: Int {
        let harms = [vc, vi, va].allSatisfy { $0 == Self.none }
        if harms, [sc, si, sa].allSatisfy({ $0 == Self.noneBeyond }) { return 0 }
        let own = macroVector
        guard let score = own.score else { preconditionFailure("every vector has a class") }
        // For each respect in which a lower class exists: how far down to it, times the part of the
        // way that the vector has gone. All parts are of 840ths.
        let whole = 840
        var lost = 0
        var respects = 0
        for (lower, way) in ways(from: own) {
            guard let lower else { continue }
            respects += 1
            lost += (score - lower) * way.gone * whole / way.length
        }
        if respects == 0 { return score }
        // The nearest tenth, halves upwards, without leaving whole numbers.
        let parts = whole * respects
        return (2 * (score * parts - lost) + parts) / (2 * parts)
    }

    private var macroVector: CVSS4MacroVector {
        let reach = [av, pr, ui].count { $0 == 0 }
        let hasHighHarm = vc == 0 || vi == 0 || va == 0
        let isSafety = si == 0 || sa == 0
        let mattersMost = cr == 0 && vc == 0 || ir == 0 && vi == 0 || ar == 0 && va == 0
        return CVSS4MacroVector(
            eq1: reach == 3 ? 0 : reach > 0 && av != 3 ? 1 : 2,
            eq2: ac == 0 && at == 0 ? 0 : 1,
            eq3: vc == 0 && vi == 0 ? 0 : hasHighHarm ? 1 : 2,
            eq4: isSafety ? 0 : sc == 1 || si == 1 || sa == 1 ? 1 : 2,
            eq5: e, eq6: mattersMost ? 0 : 1)
    }

    /// How many steps a vector lies below the severest of its class, and how many there are.
    private typealias Way = (gone: Int, length: Int)

    /// The score of the next lower class in each respect, and the way to it. The fifth has but one
    /// step, on which no vector stands between.
    private func ways(from own: CVSS4MacroVector) -> [(lower: Int?, way: Way)] {
        func lower(_ change: (inout CVSS4MacroVector) -> Void) -> Int? {
            var lower = own
            change(&lower)
            return lower.score
        }
        return [
            (
                lower { $0.eq1 += 1 },
                (gone([av, pr, ui], Self.reach[own.eq1]), [1, 4, 5][own.eq1])
            ),
            (lower { $0.eq2 += 1 }, (gone([ac, at], Self.hardness[own.eq2]), [1, 2][own.eq2])),
            (lowerHarm(own), wayOfHarm(own)),
            (
                lower { $0.eq4 += 1 },
                (gone([sc, si, sa], Self.harmBeyond[own.eq4]), [6, 5, 4][own.eq4])
            ),
            (lower { $0.eq5 += 1 }, (0, 1)),
        ]
    }

    /// Third and sixth respect go together. From the severest class two lead down: the severer one
    /// counts.
    private func lowerHarm(_ own: CVSS4MacroVector) -> Int? {
        var byHarm = own
        byHarm.eq3 += 1
        var byMeaning = own
        byMeaning.eq6 += 1
        switch (own.eq3, own.eq6) {
        case (0, 0): return [byHarm.score, byMeaning.score].compactMap(\.self).max()
        case (1, 0): return byMeaning.score
        default: return byHarm.score
        }
    }

    private func wayOfHarm(_ own: CVSS4MacroVector) -> Way {
        let levels = [vc, vi, va, cr, ir, ar]
        switch (own.eq3, own.eq6) {
        case (0, 0): return (gone(levels, [[0, 0, 0, 0, 0, 0]]), 7)
        case (0, _): return (gone(levels, [[0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1]]), 6)
        case (1, 0): return (gone(levels, [[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]]), 8)
        case (1, _):
            let severest = [
                [1, 0, 1, 0, 1, 0], [1, 0, 0, 0, 1, 1], [0, 1, 0, 1, 0, 1], [0, 1, 1, 1, 0, 0],
                [1, 1, 0, 0, 0, 1],
            ]
            return (gone(levels, severest), 8)
        default: return (gone(levels, [[1, 1, 1, 0, 0, 0]]), 10)
        }
    }

    /// The steps from the first of the severest vectors of a class that isn't less severe in anything.
    private func gone(_ levels: [Int], _ severest: [[Int]]) -> Int {
        for top in severest where zip(levels, top).allSatisfy({ $0 >= $1 }) {
            return zip(levels, top).reduce(0) { $0 + $1.0 - $1.1 }
        }
        preconditionFailure("every vector of a class lies below one of its severest")
    }

    /// The severest vectors of each class, as the levels of their metrics.
    /// Source: CVSS 4.0 §8.2, tables of highest severity vectors.
    private static let reach = [
        [[0, 0, 0]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[3, 0, 0], [1, 1, 1]],
    ]
    private static let hardness = [[[0, 0]], [[1, 0], [0, 1]]]
    private static let harmBeyond = [[[1, 0, 0]], [[1, 1, 1]], [[2, 2, 2]]]
}
