/// One figure of a metric, with what it was made of.
package struct MetricRow: Codable, Sendable, Equatable {
    package let metric: String
    /// `mean`, `p50`, `p90`, `share`, `sum`, `count` or `ratio`.
    package let statistic: String
    /// `all`, `urgent`, `important` or `nonCritical`.
    package let riskClass: String
    /// With two digits after the point; nil when there is no figure, and `note` says why.
    package let value: String?
    /// `hours`, `days`, `percent`, `daysPerHour` or `count`.
    package let unit: String
    /// Durations in seconds; nil for a percentile.
    package let numerator: Int64?
    /// What it is over; for `exposureAvoided` minutes of effort.
    package let denominator: Int64
    /// Of which nobody knows.
    package let unknown: Int64
    package let note: String?
    package let definition: String

    package init(
        metric: String, statistic: String, riskClass: String, value: String? = nil, unit: String,
        numerator: Int64? = nil, denominator: Int64, unknown: Int64, note: String? = nil,
        definition: String
    ) {
        self.metric = metric
        self.statistic = statistic
        self.riskClass = riskClass
        self.value = value
        self.unit = unit
        self.numerator = numerator
        self.denominator = denominator
        self.unknown = unknown
        self.note = note
        self.definition = definition
    }
}

extension MetricRow: CSVRow {
    package static var columns: [String] {
        [
            "metric", "statistic", "risk_class", "value", "unit", "numerator", "denominator",
            "unknown", "note", "definition",
        ]
    }

    package var cells: [String?] {
        [
            metric, statistic, riskClass, value, unit, numerator.map { String($0) },
            String(denominator), String(unknown), note, definition,
        ]
    }
}
