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

    static let metrics: [Column<MetricRow>] = [
        Column("metric") { $0.metric }, Column("class") { $0.riskClass },
        Column("statistic") { $0.statistic },
        Column("value", .right) { $0.value ?? "-" }, Column("unit") { $0.unit },
        Column("of", .right) { denominator($0) },
        Column("unknown", .right) { String($0.unknown) },
        Column("note") { $0.note ?? "" },
    ]

    /// A share is shown with its part.
    private static func denominator(_ row: MetricRow) -> String {
        guard row.statistic == "share", let part = row.numerator else {
            return String(row.denominator)
        }
        return "\(part) of \(row.denominator)"
    }
}
