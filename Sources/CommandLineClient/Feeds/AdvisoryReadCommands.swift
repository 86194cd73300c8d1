import APIContract
import ArgumentParser

extension AdvisoryCommand {
    struct List: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Lists what the feeds say, or said then (--as-of), the advisory that changed last first."
        )

        @Option(help: "Only of this id: an advisory's own, a CVE, GHSA and so on.")
        var id: String?

        @Option(help: "Only those that speak of this package.")
        var package: String?

        @Option(help: "Only of this feed.")
        var feed: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "advisories", query: ["id": id, "package": package, "feed": feed], limit: limit,
                AdvisoryTable.columns)
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows all that feeds say, or said then (--as-of), under an id.",
            discussion: """
                The id is an advisory's own (DSA-5678-1) or one that it is known by (CVE-2026-1000). \
                The findings that follow are shown by 'patchflow finding list'.
                """)

        @Argument(help: "The id.")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let found: StatedAdvisories = try await session.read("advisories/\(id.segment)")
            try session.printer.show(found) {
                found.data.map(AdvisoryTable.details).joined(separator: "\n")
            }
        }
    }
}

enum AdvisoryTable {
    static let columns: [Column<AdvisoryResource>] = [
        Column("id") { $0.id }, Column("feed") { $0.feed },
        Column("ids") { shortened($0.ids, 3) }, Column("packages") { shortened($0.packages, 3) },
        Column("severity") { $0.severity ?? "-" },
        Column("changed") { Moment.short($0.modified) },
        Column("withdrawn") { $0.withdrawn.map(Moment.short) ?? "-" },
        Column("summary") { $0.summary.isEmpty ? "-" : String($0.summary.prefix(60)) },
    ]

    static func details(_ stated: StatedAdvisoryResource) -> String {
        let advisory = stated.advisory
        let head = Table.details([
            ("advisory", advisory.id), ("feed", advisory.feed), ("publisher", stated.publisher),
            ("ids", joined(advisory.ids)), ("related", joined(stated.related)),
            ("summary", advisory.summary), ("severities", joined(stated.severities)),
            ("published", advisory.published.map(Moment.short)),
            ("changed", Moment.short(advisory.modified)),
            ("withdrawn", advisory.withdrawn.map(Moment.short)),
            ("disputed", stated.isDisputed ? "yes" : nil),
            ("references", joined(stated.references)), ("left out", joined(stated.skipped)),
            ("document", stated.document), ("sha256", stated.digest),
        ])
        if stated.affected.isEmpty { return head }
        return head + "\n" + Table.text(stated.affected, affected)
    }

    private static let affected: [Column<StatedAdvisoryResource.Affected>] = [
        Column("within") { $0.within }, Column("name") { $0.name },
        Column("fixed in") { $0.fixed.isEmpty ? "-" : shortened($0.fixed, 5) },
        Column("vulnerability") { $0.vulnerability ?? "-" },
    ]

    private static func joined(_ texts: [String]) -> String? {
        texts.isEmpty ? nil : shortened(texts, 20)
    }

    private static func shortened(_ texts: [String], _ most: Int) -> String {
        if texts.isEmpty { return "-" }
        let shown = texts.prefix(most).joined(separator: ", ")
        return texts.count > most ? "\(shown) and \(texts.count - most) more" : shown
    }
}
