import APIContract
import ArgumentParser
import FoundationEssentials

struct FreezeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeze",
        abstract: "Times in which nothing begins, whatever windows and plans say.",
        discussion: """
            A freeze holds as soon as it is acknowledged, for rollouts that were approved before as \
            well: nothing begins in its scope, what runs finishes, and rollbacks wait. It is made by \
            one person; freezes that are known long before belong into a policy, which two people \
            publish: see 'policy propose'. 'rollout override-freeze' lets one rollout go on.
            """,
        subcommands: [List.self, Show.self, Create.self, Lift.self])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the freezes, those that begin first first.")

        @Option(help: "standing, lifted or all.")
        var state: String = "all"

        @Option(help: "Only of this scope: account, site:NAME, group:NAME or asset:ID.")
        var scope: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "freezes", query: ["state": state == "all" ? nil : state, "scope": scope],
                limit: limit, FreezeTable.columns(now: Remaining.now(asOf: global.asOf)))
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a freeze.")

        @Argument(help: "The freeze's id.")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let freeze: FreezeResource = try await session.read("freezes/\(id.segment)")
            try session.printer.show(freeze) {
                FreezeTable.details(freeze, now: Remaining.now(asOf: global.asOf))
            }
        }
    }

    struct Create: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets nothing begin in a scope, from now on or from a moment on.")

        @Argument(help: "What it is called, such as 'Quarter end'.")
        var name: String

        @Option(help: "account, site:NAME, group:NAME or asset:ID.")
        var scope: String

        @Option(help: "When it begins, such as 2026-12-20T00:00:00Z or 2h; now without it.")
        var from: EndMoment?

        @Option(
            name: .customLong("until"),
            help: "When it ends: 4h from now on, or a time such as 2027-01-02T00:00:00Z.")
        var end: EndMoment

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "freezes",
                CreateFreezeRequest(
                    name: name, scope: scope, from: from?.text, to: end.text, reason: why.reason))
        }
    }

    struct Lift: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a freeze before its time: what waits for its end goes on.")

        @Argument(help: "The freeze's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try session.printer.confirm("Lift \(id)?", isYes: global.yes)
            try await session.act("freezes/\(id.segment):lift", ReasonRequest(reason: why.reason))
        }
    }
}

enum FreezeTable {
    /// - Parameter now: By which it is told whether one holds; nil where nobody can tell.
    static func columns(now: Date?) -> [Column<FreezeResource>] {
        [
            Column("name") { $0.name }, Column("scope") { $0.scope },
            Column("state") { state($0, now: now) }, Column("from") { Moment.short($0.from) },
            Column("ends before") { Moment.short($0.to) },
            Column("because") { Table.cut($0.reason, to: 40) }, Column("freeze") { $0.id },
        ]
    }

    static func details(_ freeze: FreezeResource, now: Date?) -> String {
        Table.details([
            ("freeze", freeze.id), ("name", freeze.name), ("scope", freeze.scope),
            ("state", state(freeze, now: now)), ("from", Moment.short(freeze.from)),
            ("ends before", Moment.short(freeze.to)), ("because", freeze.reason),
            ("by", freeze.by),
            (
                "lifted",
                freeze.lifted.map { "\(Moment.short($0.at)) by \($0.by): \($0.reason)" }
            ),
            ("version", String(freeze.version)),
        ])
    }

    private static func state(_ freeze: FreezeResource, now: Date?) -> String {
        guard freeze.state == "standing", let now else { return freeze.state }
        let text = now.formatted(Date.ISO8601FormatStyle())
        // Moments in UTC are in the order of their texts, up to a second.
        if freeze.to.prefix(19) <= text.prefix(19) { return "over" }
        return freeze.from.prefix(19) <= text.prefix(19) ? "holds" : "to come"
    }
}
