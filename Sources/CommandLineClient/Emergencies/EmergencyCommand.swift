import APIContract
import ArgumentParser

struct EmergencyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emergency",
        abstract: "Patches that can't wait: two people declare, a third approves, one reviews.",
        discussion: """
            Declared for one patch and named assets, an emergency lasts 72 hours from its \
            confirmation on. While it lasts one approval is enough for these assets, which neither of \
            the two who declared it may give; it ends with the emergency. Batches and soaks are those \
            of urgent patches, and the canary stays.

            Within 5 days somebody else reviews it. Until then patchflow reminds: the declarers' roles \
            first, then the incidentCommander, then the riskOwner, every day. While a review is \
            overdue, the team and the two who declared can't declare another one, unless a riskOwner \
            is one of the two.
            """,
        subcommands: [
            List.self, Show.self, Declare.self, Confirm.self, End.self, Review.self,
        ])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Overdue reviews first, then what is in force, then what waits.")

        @Option(help: "proposed, lapsed, declared, ended, reviewed or all.")
        var state: String = "all"

        @Option(help: "Only those of this patch, by its id.")
        var patch: String?

        @Option(help: "Only those of this team.")
        var team: String?

        @Option(help: "Of the review: none, owed, reminded, overdue or done.")
        var review: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let page: ListPage<EmergencyResource> = try await session.client.list(
                "emergencies",
                query: [
                    "state": state == "all" ? nil : state, "patch": patch, "team": team,
                    "review": review, "as_of": global.asOf,
                ], limit: limit)
            let now = Remaining.now(asOf: global.asOf)
            try session.printer.list(page, EmergencyTable.columns(now: now))
            let overdue = page.data.count { $0.review == "overdue" }
            if overdue > 0 {
                session.printer.note(
                    "\(Count.of(overdue, "review")) overdue: their teams declare nothing further "
                        + "without a riskOwner; see 'patchflow emergency review'")
            }
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows an emergency: what it is for, its people, its end and its review.")

        @Argument(help: "The emergency's id.")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let emergency: EmergencyResource = try await session.read("emergencies/\(id.segment)")
            let now = Remaining.now(asOf: global.asOf)
            try session.printer.show(emergency) { EmergencyTable.details(emergency, now: now) }
        }
    }

    struct Declare: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proposes an emergency; a second person confirms it within a day.")

        @Argument(help: "The patch's id.")
        var patch: String

        @OptionGroup var group: GroupOptions

        @Option(help: "The team that owes the review.")
        var team: String

        @Option(
            help: ArgumentHelp(
                "Why its rollouts may begin in a freeze. Those that are planned in it go on past each "
                    + "freeze that they meet while it lasts, which its review shows."))
        var overrideFreeze: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "emergencies",
                DeclareEmergencyRequest(
                    patch: patch, target: try group.needed(), team: team, reason: why.reason,
                    freezeOverride: overrideFreeze))
        }
    }

    struct Confirm: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Confirms exactly what was proposed, as the second person.",
            discussion:
                "Nobody may confirm what they proposed, or declare it and approve the patch.")

        @Argument(help: "The emergency's id.")
        var id: String

        @Option(help: "The digest that you read; without it the current one is shown and taken.")
        var digest: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let emergency: EmergencyResource = try await session.client.get(
                "emergencies/\(id.segment)")
            let read = digest ?? emergency.digest
            let freeze = emergency.freezeOverride.map {
                ", overriding freezes because '\(Table.printable($0))'"
            }
            try session.printer.confirm(
                "Declare an emergency for \(Table.printable(emergency.patch)) on "
                    + "\(Table.printable(emergency.target.words))\(freeze ?? "") with digest \(read)?",
                isYes: global.yes)
            try await session.act(
                "emergencies/\(id.segment):confirm",
                ApproveRequest(digest: read, reason: why.reason))
        }
    }

    struct End: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends an emergency before its time; the review is owed all the same.")

        @Argument(help: "The emergency's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "emergencies/\(id.segment):end", ReasonRequest(reason: why.reason))
        }
    }

    struct Review: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Records what was learnt, once the emergency has ended.",
            discussion: "Neither of the two who declared it may review it.")

        @Argument(help: "The emergency's id.")
        var id: String

        @Option(help: "What was learnt; it is recorded.")
        var outcome: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "emergencies/\(id.segment):review", ReviewEmergencyRequest(outcome: outcome))
        }
    }
}

extension GroupOptions {
    /// - Throws: A usage failure where no environment is named.
    func needed() throws -> AssetGroupSelector {
        guard let selector = try selector() else {
            throw ClientFailure.usage(
                "say which assets it is for: --environment lab, staging or production")
        }
        return selector
    }
}
