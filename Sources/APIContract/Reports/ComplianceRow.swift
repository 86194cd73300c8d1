/// Findings of one group and class by where they stand with their deadlines; the columns from
/// `closed_in_time` to `without_deadline` add up to the population.
package struct ComplianceRow: Codable, Sendable, Equatable {
    /// A site, owner or environment; nil for all of them.
    package let group: String?
    /// `all`, `urgent`, `important`, `nonCritical` or `unclassified`.
    package let riskClass: String
    /// Closed in time ÷ measured, in per cent; nil when there is nothing to measure.
    package let compliancePercent: String?
    /// Closed in time, closed late, and open past the deadline.
    package let measured: Int64
    package let closedInTime: Int64
    package let closedLate: Int64
    package let openPastDeadline: Int64
    package let openInTime: Int64
    package let excepted: Int64
    package let dismissed: Int64
    package let decommissioned: Int64
    package let outOfBand: Int64
    package let removed: Int64
    package let disputed: Int64
    package let withoutDeadline: Int64
    package let population: Int64
    /// Of those that are open, in time or past their deadline: on assets that haven't reported for 7
    /// days, so that nobody knows.
    package let openOnSilentAssets: Int64

    package init(
        group: String? = nil, riskClass: String, compliancePercent: String? = nil,
        measured: Int64, closedInTime: Int64, closedLate: Int64, openPastDeadline: Int64,
        openInTime: Int64, excepted: Int64, dismissed: Int64, decommissioned: Int64,
        outOfBand: Int64, removed: Int64, disputed: Int64, withoutDeadline: Int64,
        population: Int64, openOnSilentAssets: Int64
    ) {
        self.group = group
        self.riskClass = riskClass
        self.compliancePercent = compliancePercent
        self.measured = measured
        self.closedInTime = closedInTime
        self.closedLate = closedLate
        self.openPastDeadline = openPastDeadline
        self.openInTime = openInTime
        self.excepted = excepted
        self.dismissed = dismissed
        self.decommissioned = decommissioned
        self.outOfBand = outOfBand
        self.removed = removed
        self.disputed = disputed
        self.withoutDeadline = withoutDeadline
        self.population = population
        self.openOnSilentAssets = openOnSilentAssets
    }
}

extension ComplianceRow: CSVRow {
    package static var columns: [String] {
        [
            "group", "risk_class", "compliance_percent", "measured", "closed_in_time",
            "closed_late", "open_past_deadline", "open_in_time", "excepted", "dismissed",
            "decommissioned", "out_of_band", "removed", "disputed", "without_deadline",
            "population", "open_on_silent_assets",
        ]
    }

    package var cells: [String?] {
        let counts = [
            measured, closedInTime, closedLate, openPastDeadline, openInTime, excepted, dismissed,
            decommissioned, outOfBand, removed, disputed, withoutDeadline, population,
            openOnSilentAssets,
        ]
        return [group, riskClass, compliancePercent] + counts.map { String($0) }
    }
}
