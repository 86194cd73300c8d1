import APIContract
import ArgumentParser

struct AdvisoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advisory",
        abstract: "Feeds of advisories, who watches them, and what they say.",
        subcommands: [
            Watch.self, PinKeys.self, GiveUp.self, Import.self, Feeds.self, FeedShow.self,
            Origins.self, List.self, Show.self,
        ])

    struct Feeds: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the feeds, who watches them, and what they said last.",
            discussion: """
                A feed is silent when nothing that could be taken has come for longer than its \
                registration allows; then the moment since when stands beside it.
                """)

        @Option(help: "Only of this kind: osv, csaf, kev, epss or ssvc.")
        var kind: String?

        @Option(
            help:
                "Only in this state: watched, current, incomplete, rejected, failing or unwatched."
        )
        var state: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "feeds", query: ["kind": kind, "state": state], limit: limit, FeedTable.columns)
            if session.printer.format == .table { await noteUnwatched(session) }
        }

        /// What hosts are offered updates from is a feed as well, though nothing is fetched of it here.
        private func noteUnwatched(_ session: Session) async {
            let found: ArchiveOrigins
            do {
                found = try await session.client.get(
                    "archive-origins", query: ["as_of": global.asOf])
            } catch {
                // The list is there; this is only a word beside it.
                return
            }
            let unwatched = found.data.count { $0.watchers.isEmpty }
            guard unwatched > 0 else { return }
            session.printer.note(
                "\(unwatched) archives that hosts are offered updates from are watched by nobody: "
                    + "'patchflow advisory origins --unwatched'")
        }
    }

    struct FeedShow: ReadCommand {
        static let configuration = CommandConfiguration(
            commandName: "feed", abstract: "Shows a feed.")

        @Argument(help: "The feed's name or id.")
        var feed: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let found: FeedResource
            if feed.hasPrefix("fe_") {
                found = try await session.read("feeds/\(feed.segment)")
            } else {
                let page: ListPage<FeedResource> = try await session.client.list(
                    "feeds", query: ["name": feed, "as_of": global.asOf])
                guard let first = page.data.first else {
                    throw ClientFailure.usage(
                        "there is no feed '\(feed)'; 'patchflow advisory feeds' shows which there are"
                    )
                }
                found = first
            }
            try session.printer.show(found) { FeedTable.details(found) }
        }
    }
}
