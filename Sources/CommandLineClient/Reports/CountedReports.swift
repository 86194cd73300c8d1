import APIContract
import ArgumentParser

/// Which findings a report is about, and of when.
struct ReportOptions: ParsableArguments, Sendable {
    @Option(help: "Only assets at this site.")
    var site: String?

    @Option(help: "Only assets of this owner: a team, or a person by its id.")
    var owner: String?

    @Option(help: "Only assets of this environment: lab, staging or production.")
    var environment: String?

    @Option(help: "Only this class: urgent, important or nonCritical.")
    var riskClass: String?

    @Option(
        help: ArgumentHelp(
            "The end of the period, a time or the end of a day; now, or what --as-of says.",
            valueName: "time"))
    var to: String?

    func query(_ more: [String: String?] = [:]) -> [String: String?] {
        let own: [String: String?] = [
            "site": site, "owner": owner, "environment": environment, "risk_class": riskClass,
            "to": to,
        ]
        return own.merging(more) { $1 }
    }
}

struct PeriodOption: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "The start of the period, a time or the start of a day; without it, it begins with the log.",
            valueName: "time"))
    var from: String?
}

struct GroupingOption: ParsableArguments, Sendable {
    @Option(help: "A row for each class, or for each site, owner or environment and class.")
    var by: String = "class"
}

extension ReportCommand {
    struct Compliance: ReadCommand {
        static let configuration = CommandConfiguration(
            commandName: "compliance", abstract: "How much was closed in time, of what should be.",
            discussion: """
                Compliance is closed in time, divided by closed in time, closed late, and open past \
                the deadline; '-' where there is nothing to measure. What an exception covers, and \
                what was dismissed, decommissioned, removed or installed out of band stands beside \
                it. The columns from 'in time' on add up to 'all'. A finding that came back counts \
                once for each of its lives.
                """)

        @OptionGroup var report: ReportOptions
        @OptionGroup var period: PeriodOption
        @OptionGroup var grouping: GroupingOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.report(
                "compliance", report.query(["from": period.from, "by": grouping.by]),
                of: ComplianceRow.self
            ) { Table.text($0.rows, ReportTable.compliance(by: $0.by)) }
        }
    }

    struct SLA: ReadCommand {
        static let configuration = CommandConfiguration(
            commandName: "sla", abstract: "What is open, and how soon it is due.",
            discussion: """
                What is due within 3 days is part of what is due within 7, and that of what is due \
                within 14. 'open' is what is in time, breached, or without a deadline; what an \
                exception defers is due when that ends.
                """)

        @OptionGroup var report: ReportOptions
        @OptionGroup var grouping: GroupingOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.report("sla", report.query(["by": grouping.by]), of: SLARow.self) {
                Table.text($0.rows, ReportTable.sla(by: $0.by))
            }
        }
    }

    struct Metrics: ReadCommand {
        static let configuration = CommandConfiguration(
            commandName: "metrics", abstract: "The programme's metrics, with their denominators.",
            discussion: """
                Each figure stands with what it is made of and with what is unknown. Where there is \
                nothing to count, or no event says it, there is no figure, and the note says why; \
                classes without any are left out of the table. \
                -o csv and -o json have each metric's definition and the numerators too.
                """)

        @OptionGroup var report: ReportOptions
        @OptionGroup var period: PeriodOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.report(
                "metrics", report.query(["from": period.from]), of: MetricRow.self
            ) { Table.text(ReportTable.lines($0.rows), ReportTable.metrics) }
        }
    }
}

extension Session {
    /// Counting over a large fleet takes a while.
    private static var patience: Duration { .seconds(300) }

    /// Prints a report: CSV as the server makes it, else its rows.
    ///
    /// - Parameter text: For people.
    fileprivate func report<Row: CSVRow & Codable & Sendable & Equatable>(
        _ name: String, _ query: [String: String?], of type: Row.Type,
        _ text: (ReportResource<Row>) -> String
    ) async throws {
        var query = query
        query["as_of"] = options.asOf
        let path = "reports/\(name)"
        if printer.format == .csv {
            return printer.write(
                try await client.getBytes(
                    path, query: query, accept: "text/csv", patience: Self.patience))
        }
        let report: ReportResource<Row> = try await client.get(
            path, query: query, patience: Self.patience)
        if printer.format == .jsonl {
            let page = ListPage(data: report.rows, next: nil, position: report.position)
            return try printer.list(page, [])
        }
        try printer.show(report) { text(report) }
        if printer.format == .table { printer.note(ReportTable.words(report)) }
    }
}
