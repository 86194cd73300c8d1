import APIContract
import ArgumentParser
import FoundationEssentials

struct AdvisoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advisory", abstract: "Feeds of advisories, and who watches them.",
        subcommands: [Watch.self, Import.self, Feeds.self, Show.self])

    struct Watch: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Names the team that watches a feed.",
            discussion: "Asked again, it changes team and track; the kind stays.")

        @Argument(help: "The feed's name, such as debian-osv.")
        var name: String

        @Option(help: "osv, csaf, kev, epss or ssvc.")
        var kind: String

        @Option(help: "The team that watches it.")
        var team: String

        @Option(help: "os or third_party.")
        var track: String = "os"

        @Option(help: "After so long without news it counts as silent, such as 2d.")
        var silentAfter: Seconds?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "feeds",
                WatchFeedRequest(
                    name: name, kind: kind, track: track, team: team,
                    silentAfterSeconds: silentAfter?.value))
        }
    }

    struct Feeds: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the feeds, who watches them, and what they said last.")

        @Option(help: "Only of this kind: osv, csaf, kev, epss or ssvc.")
        var kind: String?

        @Option(help: "Only in this state: watched, current or rejected.")
        var state: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "feeds", query: ["kind": kind, "state": state], limit: limit, FeedTable.columns)
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a feed.")

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

enum FeedTable {
    static let columns: [Column<FeedResource>] = [
        Column("name") { $0.name }, Column("kind") { $0.kind }, Column("track") { $0.track },
        Column("team") { $0.team }, Column("state") { state($0) },
        Column("records", .right) { String($0.records) },
        Column("refused", .right) { String($0.refused) },
        Column("of") { $0.latest.map(Moment.short) ?? "-" },
        Column("confirmed") { $0.confirmedAt.map(Moment.short) ?? "never" },
        Column("rejected because") { $0.rejection ?? "-" },
    ]

    /// A feed that has said nothing for too long is not what its last word was.
    static func state(_ feed: FeedResource, now: Date = Date()) -> String {
        guard let text = feed.confirmedAt, let confirmed = Moment.date(text) else {
            return feed.state
        }
        let age = now.timeIntervalSince(confirmed)
        return age > Double(feed.silentAfterSeconds) ? "\(feed.state), silent" : feed.state
    }

    static func details(_ feed: FeedResource) -> String {
        Table.details([
            ("feed", feed.id), ("name", feed.name), ("kind", feed.kind), ("track", feed.track),
            ("team", feed.team), ("state", state(feed)), ("contents", feed.contents),
            ("documents", String(feed.documents)), ("records", String(feed.records)),
            ("refused", String(feed.refused)), ("of", feed.latest.map(Moment.short)),
            ("publisher's version", feed.publisherVersion),
            ("taken", feed.takenAt.map(Moment.short)),
            ("confirmed", feed.confirmedAt.map(Moment.short)),
            ("rejected", feed.rejectedAt.map(Moment.short)),
            ("because", feed.rejection), ("version", String(feed.version)),
        ])
    }
}
