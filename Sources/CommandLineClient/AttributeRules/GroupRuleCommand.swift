import APIContract
import ArgumentParser

extension AssetCommand {
    struct GroupRule: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "group-rule",
            abstract: "Rules that give assets their group, owner, site, environment, criticality.",
            discussion: """
                Rules are asked from the lowest order on, of equal ones by name; the first that matches \
                and sets a field has it. What a list of assets gives itself wins over every rule, and \
                'asset show' says where each attribute comes from. Rules count when an asset is imported \
                or reported on, and for all of them with 'apply'.
                """,
            subcommands: [List.self, Add.self, Remove.self, Apply.self])

        struct List: ReadCommand {
            static let configuration = CommandConfiguration(
                abstract: "Lists the rules in the order in which they are asked.")

            @Option(help: "set, removed or all.")
            var state: String = "set"

            @OptionGroup var global: GlobalOptions

            func run(_ session: Session) async throws {
                try await session.list(
                    "attribute-rules", query: ["state": state == "all" ? nil : state],
                    GroupRuleTable.rules)
            }
        }

        struct Add: ClientCommand {
            static let configuration = CommandConfiguration(
                abstract: "Makes a rule, or replaces the one of that name.")

            @Argument(help: "The rule's name.")
            var name: String

            @Option(
                name: .customLong("match"),
                help: """
                    Such as host=web-*; may be repeated, all have to hold. Of host, address, kind, os, \
                    location, architecture, image; * is any text, ? one character.
                    """)
            var matches: [String]

            @Option(
                name: .customLong("set"),
                help: """
                    Such as group=web,criticality=high: group, owner, site, environment, criticality.
                    """)
            var sets: [String]

            @Option(help: "From 0 to 10000; the lowest is asked first.")
            var order: Int = 100

            @Flag(help: "Only shows the assets that would change.")
            var dryRun = false

            @OptionGroup var global: GlobalOptions

            func run(_ session: Session) async throws {
                let request = SetAttributeRuleRequest(
                    name: name, order: order, matches: matches,
                    sets: sets.flatMap { $0.split(separator: ",").map(String.init) })
                guard dryRun else { return try await session.act("attribute-rules", request) }
                let result: AttributeRulesResult = try await session.client.post(
                    "attribute-rules:preview", request, patience: .seconds(300))
                try GroupRuleTable.show(result, session)
            }
        }

        struct Remove: ClientCommand {
            static let configuration = CommandConfiguration(
                abstract: "Removes a rule: what it gave goes with the next look at each asset.")

            @Argument(help: "The rule's name.")
            var name: String

            @OptionGroup var why: ReasonOption
            @OptionGroup var global: GlobalOptions

            func run(_ session: Session) async throws {
                try await session.act(
                    "attribute-rules/\(name.segment):remove", ReasonRequest(reason: why.reason))
            }
        }

        struct Apply: ClientCommand {
            static let configuration = CommandConfiguration(
                abstract: "Has all assets follow the rules now, and shows what changed.")

            @OptionGroup var global: GlobalOptions

            func run(_ session: Session) async throws {
                let result: AttributeRulesResult = try await session.client.post(
                    "attribute-rules:apply", EmptyRequest(), patience: .seconds(300))
                for entry in result.refused { session.printer.note("refused: \(entry)") }
                try GroupRuleTable.show(result, session)
            }
        }
    }
}

enum GroupRuleTable {
    static let rules: [Column<AttributeRuleResource>] = [
        Column("order", .right) { String($0.order) }, Column("rule") { $0.id },
        Column("match") { $0.matches.joined(separator: " ") },
        Column("set") { $0.sets.joined(separator: " ") }, Column("state") { $0.state },
        Column("since") { Moment.short($0.setAt) },
    ]

    static func show(_ result: AttributeRulesResult, _ session: Session) throws {
        if session.options.quiet { return }
        try session.printer.list(
            ListPage(data: result.data, next: nil, position: result.position),
            [
                Column("name") { $0.name }, Column("asset") { $0.id },
                Column("changes") { asset in
                    asset.changes.map { change in
                        "\(change.field) \(change.before) -> \(change.after)"
                            + (change.rule.map { " (\($0))" } ?? "")
                    }.joined(separator: ", ")
                },
            ])
    }
}
