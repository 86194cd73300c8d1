internal import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing
internal import PatchManagement

/// Reports that are counted: JSON, or CSV for who accepts `text/csv` and not JSON before it.
extension APIRoutes {
    static func addCountedReports(to routes: inout Routes, _ useCases: UseCases) {
        let filters = ["site", "owner", "environment", "risk_class", "to", "from", "by"]
        routes.get("reports/compliance", query: .moment, filters) { call in
            let report = try await useCases.complianceReport(call.caller(), call.reportWish())
            return try .report(
                report.resource("compliance") { ComplianceRow($0) }, for: call)
        }
        routes.get("reports/sla", query: .moment, filters) { call in
            let report = try await useCases.slaReport(call.caller(), call.reportWish())
            return try .report(report.resource("sla") { SLARow($0) }, for: call)
        }
        routes.get("reports/metrics", query: .moment, filters) { call in
            let report = try await useCases.metricsReport(call.caller(), call.reportWish())
            return try .report(report.resource("metrics") { MetricRow($0) }, for: call)
        }
    }
}

extension Call {
    fileprivate func reportWish() throws -> ReportWish {
        var wish = ReportWish()
        wish.moment = try moment()
        wish.from = filter("from")
        wish.to = filter("to")
        wish.site = filter("site")
        wish.owner = filter("owner")
        wish.environment = filter("environment")
        wish.riskClass = filter("risk_class")
        wish.grouping = filter("by")
        return wish
    }
}

extension Answer {
    fileprivate static func report<Row: CSVRow>(
        _ report: ReportResource<Row>, for call: Call
    ) throws -> Answer {
        call.prefers("text/csv", to: "application/json")
            ? .text(report.csv, mediaType: "text/csv; charset=utf-8") : try .json(report)
    }
}

extension Report {
    fileprivate func resource<Shown>(
        _ name: String, _ row: (Row) -> Shown
    ) -> ReportResource<Shown> {
        ReportResource(
            report: name, position: position, from: period.from?.description,
            to: period.to.description,
            filter: ReportFilter(
                site: scope.site, owner: scope.owner, environment: scope.environment?.rawValue,
                riskClass: scope.riskClass?.rawValue),
            by: grouping.rawValue, rows: rows.map(row))
    }
}

extension ComplianceRow {
    fileprivate init(_ row: GroupedCounts<ComplianceCounts>.Row) {
        let counts = row.counts
        self.init(
            group: row.group, riskClass: row.lane.rawValue,
            compliancePercent: counts.figure(row.lane).hundredths.map(Ratio.text(hundredths:)),
            measured: counts.measured, closedInTime: counts[.closedInTime],
            closedLate: counts[.closedLate], openPastDeadline: counts[.openPastDeadline],
            openInTime: counts[.openInTime], excepted: counts[.excepted],
            dismissed: counts[.dismissed], decommissioned: counts[.decommissioned],
            outOfBand: counts[.outOfBand], removed: counts[.removed],
            disputed: counts[.disputed], withoutDeadline: counts[.withoutDeadline],
            population: counts.population, openOnSilentAssets: counts.openOnSilentAssets)
    }
}

extension SLARow {
    fileprivate init(_ row: GroupedCounts<BurnDownCounts>.Row) {
        let counts = row.counts
        self.init(
            group: row.group, riskClass: row.lane.rawValue, open: counts.open,
            inTime: counts.inTime, dueInThreeDays: counts.within3Days,
            dueInSevenDays: counts.within7Days, dueInFourteenDays: counts.within14Days,
            breached: counts.breached, withoutDeadline: counts.withoutDeadline)
    }
}

extension MetricRow {
    fileprivate init(_ figure: Figure) {
        self.init(
            metric: figure.metric.rawValue, statistic: figure.statistic.rawValue,
            riskClass: figure.lane.rawValue,
            value: figure.hundredths.map(Ratio.text(hundredths:)),
            unit: figure.metric.unit.rawValue, numerator: figure.numerator,
            denominator: figure.denominator, unknown: figure.unknown, note: figure.gap?.words,
            definition: figure.metric.definition)
    }
}
