internal import Audit
internal import CommandLineClient

/// A report as people read it: the result first, then why, then what was looked at.
enum AuditText {
    static func text(_ report: AuditReport) -> String {
        var lines = [headline(report)]
        for finding in report.findings {
            let words = [place(finding), finding.rule, finding.reason].compactMap { $0 }
            lines.append("  " + words.joined(separator: "  "))
        }
        if report.moreFindings > 0 { lines.append("  and \(report.moreFindings) more") }
        let text = lines.map { Table.printable($0) + "\n" }.joined()
        let checked = report.checked
        return text
            + Table.details([
                ("log", report.origin),
                ("checkpoint", report.size.map { "\($0) entries, root \(report.root ?? "")" }),
                ("signed by", list(report.signers)), ("cosigned by", list(report.witnesses)),
                (
                    "continues",
                    report.result == .tampered
                        ? nil : report.since.map { "the saved checkpoint of \($0) entries" }
                ),
                (
                    "checked",
                    "\(checked.entries) entries of \(checked.streams) streams, "
                        + "\(checked.documents) documents"
                ),
                ("held against the rules", judged(checked.judged)),
                (
                    "not judged",
                    checked.unjudged == 0
                        ? nil : "\(checked.unjudged) events, whose rules need others"
                ),
            ])
            + report.notes.map { "note: \(Table.printable($0))\n" }.joined()
    }

    /// In the words that people use for the kinds of streams.
    private static let kinds = [
        ("pa", "patches"), ("ro", "rollouts"), ("de", "deployments"), ("fi", "findings"),
        ("ex", "exceptions"), ("ct", "controls"), ("ba", "baselines"), ("fe", "feeds"),
        ("po", "policies"), ("pe", "people"), ("em", "emergencies"),
        ("sa", "standing approvals"), ("di", "disasters"), ("sd", "schedules"),
        ("as", "assets"), ("cl", "cloud accounts"), ("ar", "lists of attribute rules"),
        ("fz", "freezes"), ("cp", "caps"), ("lg", "the log's own keys"),
    ]

    private static func judged(_ streams: [String: Int64]) -> String? {
        list(kinds.compactMap { kind, name in streams[kind].map { "\($0) \(name)" } })
    }

    private static func list(_ names: [String]) -> String? {
        names.isEmpty ? nil : names.joined(separator: ", ")
    }

    private static func headline(_ report: AuditReport) -> String {
        switch report.result {
        case .sound: return "sound: everything is as it was signed, and keeps the rules"
        case .tampered:
            let isRule = report.findings.allSatisfy { $0.kind != .tampered }
            return isRule ? "TAMPERED: what was signed broke the rules" : "TAMPERED"
        case .incomplete: return "incomplete: not everything could be judged"
        }
    }

    private static func place(_ finding: AuditFinding) -> String? {
        if let position = finding.position { return "position \(position)" }
        guard let between = finding.between, between.count == 2 else { return nil }
        return "between positions \(between[0]) and \(between[1])"
    }
}
