import APIContract
import ArgumentParser

struct FindingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finding",
        abstract: "Vulnerabilities on assets, with their class and deadline.",
        subcommands: [
            List.self, Show.self, Undetermined.self, Dismiss.self, Reopen.self, RejectDispute.self,
            Hold.self,
            Release.self,
        ])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "The work list: the most pressing findings first.",
            discussion: """
                By class, then deadline, known exploitation, EPSS, CVSS and the asset's criticality; \
                with --sort deadline by the deadline alone. Site, owner and environment are the \
                asset's as they are now, or were then (--as-of). Only what is open, unless --state says otherwise.
                """)

        @Option(help: "Only of this asset, by its name or id.")
        var asset: String?

        @Option(help: "open, mitigated, accepted, disputed, resolved, dismissed or all.")
        var state: String = "open"

        @Option(help: "Only this vulnerability, by any of its names, such as CVE-2024-6387.")
        var vulnerability: String?

        @Option(help: "Only in this package.")
        var package: String?

        @Option(help: "Only at this site.")
        var site: String?

        @Option(help: "Only of this owner.")
        var owner: String?

        @Option(help: "Only of this environment: lab, staging or production.")
        var environment: String?

        @Option(help: "Only running, warned, breached or stopped.")
        var clock: String?

        @Option(help: "Only of this class: urgent, important or nonCritical.")
        var riskClass: String?

        @Option(
            help: ArgumentHelp(
                "Only what is due before a time or the end of a day, such as 2026-03-01.",
                valueName: "time"))
        var dueBefore: String?

        @Option(help: "urgency, deadline, owner or site.")
        var sort: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "findings",
                query: [
                    "asset": asset, "state": state == "all" ? nil : state,
                    "vulnerability": vulnerability, "package": package, "site": site,
                    "owner": owner, "environment": environment, "clock": clock,
                    "risk_class": riskClass, "due_before": dueBefore, "sort": sort,
                ], limit: limit, FindingTable.columns)
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a finding: what it is, why it has its class, and until when.")

        @Argument(help: "The finding's id.")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let finding: FindingResource = try await session.read("findings/\(id.segment)")
            try session.printer.show(finding) { FindingTable.details(finding) }
        }
    }
}

enum FindingTable {
    static let columns: [Column<FindingResource>] = [
        Column("class") { $0.classification?.riskClass ?? "-" },
        Column("deadline", exact: { $0.deadline }) { $0.deadline.map(Moment.short) ?? "-" },
        Column("clock") { $0.clock },
        Column("vulnerability") { $0.vulnerability },
        Column("kev") { $0.classification?.knownExploited == true ? "yes" : "-" },
        Column("cvss", .right) { $0.classification?.cvss ?? "-" },
        Column("epss", .right) { $0.classification?.epss ?? "-" },
        Column("asset") { $0.assetName },
        Column("owner", exact: { $0.owner }) { Table.cut($0.owner ?? "-", to: 20) },
        Column("site") { $0.site ?? "-" },
        Column("package", exact: { "\($0.package) \($0.installedVersion)" }) {
            Table.cut("\($0.package) \($0.installedVersion)", to: 40)
        },
        Column("state") { $0.state },
        Column("finding") { $0.id },
    ]

    static func details(_ finding: FindingResource) -> String {
        let classification = finding.classification
        return Table.details([
            ("finding", finding.id), ("vulnerability", finding.vulnerability),
            ("asset", "\(finding.assetName) (\(finding.asset))"),
            ("environment", finding.environment), ("site", finding.site),
            ("owner", finding.owner),
            ("package", "\(finding.package) \(finding.installedVersion)"),
            ("state", finding.state), ("disputed from", finding.disputedFrom),
            ("class", classification?.riskClass),
            ("deadline", finding.deadline.map(Moment.short)), ("clock", finding.clock),
            (
                "counted from",
                classification.map { "\(Moment.short($0.clockStart)) (\($0.clock))" }
            ),
            ("decided by", classification.map { reasons($0) }),
            ("known exploited", classification.map { $0.knownExploited ? "yes" : "no" }),
            ("exploitation", classification?.exploitation), ("cvss", classification?.cvss),
            ("epss", classification?.epss), ("criticality", classification?.criticality),
            (
                "assumed",
                classification.flatMap {
                    $0.assumed.isEmpty ? nil : $0.assumed.joined(separator: ", ")
                }
            ),
            ("opened", Moment.short(finding.openedAt)),
            ("episode", finding.episode > 1 ? String(finding.episode) : nil),
            ("fix released", finding.fixReleasedAt.map(Moment.short) ?? "none yet"),
            ("treated by", finding.treatment.map { "\($0.by) until \(Moment.short($0.until))" }),
            (
                "deferred by",
                finding.deferral.map {
                    "\($0.by) until \(Moment.short($0.until)), else due "
                        + Moment.short($0.ungranted)
                }
            ),
            ("held", finding.isHeld ? "until evidence is taken" : nil),
            ("ended", finding.end.map { end($0) }), ("version", String(finding.version)),
        ])
    }

    private static func reasons(_ classification: FindingClassificationResource) -> String {
        var words = "rows " + classification.rows.joined(separator: " and ")
        if classification.isLiftedByScore { words += ", lifted by the CVSS score" }
        if let control = classification.mitigatedBy { words += ", less one for \(control)" }
        return words + ", policy version \(classification.policyVersion)"
    }

    private static func end(_ end: FindingEndResource) -> String {
        var words = "\(end.means) \(Moment.short(end.at))"
        if let isInTime = end.isInTime { words += isInTime ? ", in time" : ", too late" }
        if let deployment = end.deployment { words += ", by \(deployment)" }
        if let source = end.evidenceSource { words += ", as \(source) reported" }
        return words + (end.reason.map { ": \($0)" } ?? "")
    }
}
