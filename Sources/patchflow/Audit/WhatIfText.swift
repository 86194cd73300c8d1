internal import Audit
internal import CommandLineClient
internal import PatchManagement

/// A what-if as people read it: how much was decided again, then each difference, then what can't be
/// told.
enum WhatIfText {
    static func text(_ report: WhatIfReport) -> String {
        let summary = Table.details([
            ("log", report.origin),
            ("checkpoint", "\(report.size) entries, root \(report.root)"),
            ("signed by", report.signedBy),
            ("replayed", "\(report.patches) patches, \(report.rollouts) rollouts"),
            ("findings", report.findings.map(findings)),
            ("decided again", "\(report.decisions), \(report.same) of them the same"),
        ])
        return summary + "\n" + differences(report) + undecided(report)
    }

    private static func findings(_ findings: WhatIfReport.Findings) -> String {
        let classes = findings.classes.map {
            "\($0.count) \($0.after.rawValue) instead of \($0.before.rawValue)"
        }
        let deadlines = "\(findings.earlier) due earlier, \(findings.later) later"
        return ["\(findings.classified) classified again", deadlines].joined(separator: ": ")
            + (classes.isEmpty ? "" : "; " + classes.joined(separator: ", "))
    }

    private static func differences(_ report: WhatIfReport) -> String {
        guard !report.differences.isEmpty else { return "nothing would have come out otherwise\n" }
        return Table.text(
            report.differences,
            [
                Column("position", .right) { "\($0.position)" }, Column("stream") { $0.stream },
                Column("decision") { $0.decision }, Column("kind") { word($0.kind) },
                Column("was") { $0.was }, Column("would have been") { $0.would },
            ])
    }

    private static func word(_ kind: WhatIfReport.Kind) -> String {
        switch kind {
        case .refused: "refused"
        case .stopped: "stopped"
        case .letGo: "let go"
        case .otherwise: "otherwise"
        case .moved: "moved"
        }
    }

    private static func undecided(_ report: WhatIfReport) -> String {
        guard !report.undecided.isEmpty else { return "" }
        return "\n"
            + Table.text(
                report.undecided,
                [Column("not decidable", .right) { "\($0.count)" }, Column("why") { $0.reason }])
    }
}
