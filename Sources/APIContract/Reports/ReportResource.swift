/// `GET /reports/compliance`, `/reports/sla` and `/reports/metrics`: what it is of, and its rows.
package struct ReportResource<Row: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    /// `compliance`, `sla` or `metrics`.
    package let report: String
    /// Everything up to this position of the log is in it.
    package let position: Int64
    /// The start of the period; nil for the beginning of the log.
    package let from: String?
    /// Its end, which is the moment that the report speaks of.
    package let to: String
    package let filter: ReportFilter
    /// `class`, `site`, `owner` or `environment`: what rows are told apart by, besides their class.
    package let by: String
    package let rows: [Row]

    package init(
        report: String, position: Int64, from: String? = nil, to: String, filter: ReportFilter,
        by: String, rows: [Row]
    ) {
        self.report = report
        self.position = position
        self.from = from
        self.to = to
        self.filter = filter
        self.by = by
        self.rows = rows
    }
}

/// Which part of the fleet and of its findings it is about; nil takes all.
package struct ReportFilter: Codable, Sendable, Equatable {
    package let site: String?
    package let owner: String?
    package let environment: String?
    package let riskClass: String?

    package init(
        site: String? = nil, owner: String? = nil, environment: String? = nil,
        riskClass: String? = nil
    ) {
        self.site = site
        self.owner = owner
        self.environment = environment
        self.riskClass = riskClass
    }
}

extension ReportResource where Row: CSVRow {
    /// Each line says what it is of, so that lines of several reports can be put together.
    package var csv: String {
        CSVText.table(
            Row.columns + ["from", "to", "position"],
            rows.map { $0.cells + [from, to, String(position)] })
    }
}
