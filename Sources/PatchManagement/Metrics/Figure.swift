/// One number of a report, with what it was made of.
package struct Figure: Sendable, Equatable {
    package enum Statistic: String, Codable, Sendable, CaseIterable {
        case mean, p50, p90, share, sum, count, ratio
    }

    /// Why there is no number.
    package enum Gap: Sendable, Equatable {
        case nothingToCount
        /// There is no event that says it yet.
        case notRecorded
        /// Of some of what it is over nobody has said how much work it is.
        case effortUnknown
        /// It can't be told apart by what was filtered for.
        case notBy(String)

        package var words: String {
            switch self {
            case .nothingToCount: "no figure: nothing to count"
            case .notRecorded: "not recorded: no event says it yet"
            case .effortUnknown: "no figure: not all of the patches have an estimate of effort"
            case .notBy(let field): "no figure by \(field): it isn't recorded by that"
            }
        }
    }

    package let metric: Metric
    package let statistic: Statistic
    package let lane: ClassLane
    /// In hundredths of the metric's unit; nil where there is a gap.
    package let hundredths: Int64?
    /// Durations are in seconds, effort in minutes, all else is counted; nil for a percentile.
    package let numerator: Int64?
    package let denominator: Int64
    package let unknown: Int64
    package let gap: Gap?

    /// A part of a whole, in per cent.
    package static func share(
        _ metric: Metric, _ lane: ClassLane, _ part: Int64, of whole: Int64, unknown: Int64 = 0
    ) -> Figure {
        precondition(part >= 0 && part <= whole, "a part is more than its whole")
        return Figure(
            metric: metric, statistic: .share, lane: lane,
            hundredths: whole > 0 ? Ratio.rounded(part, 10_000, whole) : nil, numerator: part,
            denominator: whole, unknown: unknown, gap: whole > 0 ? nil : .nothingToCount)
    }

    /// Mean, median and 90th percentile, in hours.
    package static func times(
        _ metric: Metric, _ lane: ClassLane, _ spread: TimeSpread, unknown: Int64
    ) -> [Figure] {
        let percentiles = spread.percentiles([50, 90])
        let isEmpty = spread.count == 0
        let mean = Figure(
            metric: metric, statistic: .mean, lane: lane,
            hundredths: isEmpty ? nil : Ratio.rounded(spread.sum, 100, 3600 * spread.count),
            numerator: spread.sum, denominator: spread.count, unknown: unknown,
            gap: isEmpty ? .nothingToCount : nil)
        return [mean]
            + zip([Statistic.p50, .p90], percentiles).map { statistic, seconds in
                Figure(
                    metric: metric, statistic: statistic, lane: lane,
                    hundredths: seconds.map { Ratio.rounded($0, 100, 3600) }, numerator: nil,
                    denominator: spread.count, unknown: unknown,
                    gap: isEmpty ? .nothingToCount : nil)
            }
    }

    /// A sum of days over `count` things.
    package static func days(
        _ metric: Metric, _ lane: ClassLane, seconds: Int64, over count: Int64, unknown: Int64
    ) -> Figure {
        Figure(
            metric: metric, statistic: .sum, lane: lane,
            hundredths: count > 0 ? Ratio.rounded(seconds, 100, 86_400) : nil,
            numerator: seconds, denominator: count, unknown: unknown,
            gap: count > 0 ? nil : .nothingToCount)
    }

    /// Days for each hour.
    ///
    /// - Parameter unknown: Things whose days are counted and whose minutes aren't: there is no figure
    ///   while there are any, which would be too high.
    package static func daysPerHour(
        _ metric: Metric, _ lane: ClassLane, seconds: Int64, minutes: Int64, unknown: Int64
    ) -> Figure {
        let gap: Gap? =
            if unknown > 0 { .effortUnknown } else { minutes > 0 ? nil : .nothingToCount }
        return Figure(
            metric: metric, statistic: .ratio, lane: lane,
            hundredths: gap == nil ? Ratio.rounded(seconds, 100 * 60, 86_400 * minutes) : nil,
            numerator: seconds, denominator: minutes, unknown: unknown, gap: gap)
    }

    package static func none(
        _ metric: Metric, _ statistic: Statistic, _ lane: ClassLane, _ gap: Gap
    ) -> Figure {
        Figure(
            metric: metric, statistic: statistic, lane: lane, hundredths: nil, numerator: nil,
            denominator: 0, unknown: 0, gap: gap)
    }
}

/// Division as reports do it: in whole numbers, halves rounded up.
package enum Ratio {
    /// `value * factor / divisor`, of numbers that are not negative; too large a one is the largest.
    package static func rounded(_ value: Int64, _ factor: Int64, _ divisor: Int64) -> Int64 {
        precondition(value >= 0 && factor > 0 && divisor > 0, "reports divide what was counted")
        let product = value.multipliedFullWidth(by: factor)
        let half = UInt64(divisor / 2)
        let (low, carry) = product.low.addingReportingOverflow(half)
        let high = product.high + (carry ? 1 : 0)
        guard high < divisor else { return .max }
        let quotient = UInt64(divisor).dividingFullWidth((UInt64(high), low)).quotient
        return Int64(clamping: quotient)
    }

    /// `12345` hundredths as `123.45`.
    package static func text(hundredths: Int64) -> String {
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        return rest < 10 ? "\(whole).0\(rest)" : "\(whole).\(rest)"
    }
}
