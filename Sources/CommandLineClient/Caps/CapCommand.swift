import APIContract
import ArgumentParser

struct CapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cap",
        abstract: "How many hosts may be worked on at once, over all rollouts.",
        discussion: """
            A cap holds as soon as it is acknowledged, for rollouts that were approved before as well, \
            and counts what is under way: where that is more, nothing begins until it has become \
            fewer. A failure domain, such as a database cluster that lives as long as two of three \
            members are there, gets as many as it can do without. What waits for a cap says so, and \
            goes on by itself in its turn: urgent patches first, then the rollouts in turn. The cap of \
            a single rollout stands in its plan. To let nothing begin at all, make a freeze.
            """,
        subcommands: [List.self, Show.self, Set.self, Clear.self])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the caps by their scopes.")

        @Option(help: "set, cleared or all.")
        var state: String = "set"

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "caps", query: ["state": state == "all" ? nil : state], limit: limit,
                CapTable.columns)
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Shows the cap of a scope.")

        @Argument(help: "account, site:NAME, group:NAME or domain:NAME; or the cap's id.")
        var scope: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let cap: CapResource = try await session.read("caps/\(scope.segment)")
            try session.printer.show(cap) { CapTable.details(cap) }
        }
    }

    struct Set: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets how many may be under way in a scope at once.")

        @Argument(help: "account, site:NAME, group:NAME or domain:NAME.")
        var scope: String

        @Argument(help: "So many at most, from 1 to 10000.")
        var limit: Int

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "caps", SetCapRequest(scope: scope, limit: limit, reason: why.reason))
        }
    }

    struct Clear: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a cap away: what waits for it goes on.")

        @Argument(help: "account, site:NAME, group:NAME or domain:NAME; or the cap's id.")
        var scope: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try session.printer.confirm("Take away the cap of \(scope)?", isYes: global.yes)
            try await session.act("caps/\(scope.segment):clear", ReasonRequest(reason: why.reason))
        }
    }
}

enum CapTable {
    static let columns: [Column<CapResource>] = [
        Column("scope") { $0.scope }, Column("at once") { String($0.limit) },
        Column("state") { $0.state }, Column("since") { Moment.short($0.changedAt) },
        Column("because") { Table.cut($0.reason, to: 40) }, Column("cap") { $0.id },
    ]

    static func details(_ cap: CapResource) -> String {
        Table.details([
            ("cap", cap.id), ("scope", cap.scope), ("at once", String(cap.limit)),
            ("state", cap.state), ("since", Moment.short(cap.changedAt)),
            ("because", cap.reason), ("by", cap.by), ("version", String(cap.version)),
        ])
    }
}
