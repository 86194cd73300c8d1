import APIContract

enum ReportTable {
    /// What the rows are of, for people.
    static func words<Row>(_ report: ReportResource<Row>) -> String {
        let start = report.from.map { "from \(Moment.short($0)) " } ?? ""
        return "\(start)to \(Moment.short(report.to)), up to position \(report.position)"
    }

    static func compliance(by grouping: String) -> [Column<ComplianceRow>] {
        let counts: [Column<ComplianceRow>] = [
            Column("class") { $0.riskClass },
            Column("compliance", .right) { $0.compliancePercent.map { "\($0) %" } ?? "-" },
            Column("of", .right) { String($0.measured) },
            Column("in time", .right) { String($0.closedInTime) },
            Column("late", .right) { String($0.closedLate) },
            Column("open past", .right) { String($0.openPastDeadline) },
            Column("open", .right) { String($0.openInTime) },
            Column("excepted", .right) { String($0.excepted) },
            Column("dismissed", .right) { String($0.dismissed) },
            Column("decomm.", .right) { String($0.decommissioned) },
            Column("out of band", .right) { String($0.outOfBand) },
            Column("removed", .right) { String($0.removed) },
            Column("disputed", .right) { String($0.disputed) },
            Column("undated", .right) { String($0.withoutDeadline) },
            Column("all", .right) { String($0.population) },
            Column("on silent", .right) { String($0.openOnSilentAssets) },
        ]
        if grouping == "class" { return counts }
        return [Column(grouping) { $0.group ?? "(all)" }] + counts
    }

    static func sla(by grouping: String) -> [Column<SLARow>] {
        let counts: [Column<SLARow>] = [
            Column("class") { $0.riskClass },
            Column("open", .right) { String($0.open) },
            Column("in time", .right) { String($0.inTime) },
            Column("3 days", .right) { String($0.dueInThreeDays) },
            Column("7 days", .right) { String($0.dueInSevenDays) },
            Column("14 days", .right) { String($0.dueInFourteenDays) },
            Column("breached", .right) { String($0.breached) },
            Column("undated", .right) { String($0.withoutDeadline) },
        ]
        if grouping == "class" { return counts }
        return [Column(grouping) { $0.group ?? "(all)" }] + counts
    }

    /// A metric of one class: its figure, with the percentiles where it is a time.
    struct MetricLine: Sendable {
        let figure: MetricRow
        var median: MetricRow?
        var ninetieth: MetricRow?
    }

    /// The figures of a metric and a class side by side; classes of which there is nothing to say are
    /// left out.
    static func lines(_ rows: [MetricRow]) -> [MetricLine] {
        var lines: [MetricLine] = []
        for row in rows {
            switch row.statistic {
            case "p50" where !lines.isEmpty: lines[lines.count - 1].median = row
            case "p90" where !lines.isEmpty: lines[lines.count - 1].ninetieth = row
            default: lines.append(MetricLine(figure: row))
            }
        }
        return lines.filter { line in
            let figure = line.figure
            let isEmpty = figure.value == nil && figure.denominator == 0 && figure.unknown == 0
            return figure.riskClass == "all" || !isEmpty
        }
    }

    static let metrics: [Column<MetricLine>] = [
        Column("metric") { $0.figure.metric }, Column("class") { $0.figure.riskClass },
        Column("value", .right) { $0.figure.value ?? "-" },
        Column("p50", .right) { $0.median?.value ?? "" },
        Column("p90", .right) { $0.ninetieth?.value ?? "" },
        Column("unit") { $0.figure.unit }, Column("of", .right) { denominator($0.figure) },
        Column("unknown", .right) { String($0.figure.unknown) },
        Column("note") { $0.figure.note ?? "" },
    ]

    /// A share is shown with its part; effort is in minutes.
    private static func denominator(_ row: MetricRow) -> String {
        switch (row.statistic, row.numerator) {
        case ("share", let part?): "\(part) of \(row.denominator)"
        case ("ratio", _): "\(row.denominator) min"
        default: String(row.denominator)
        }
    }
}
