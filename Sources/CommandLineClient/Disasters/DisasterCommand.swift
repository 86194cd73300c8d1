import APIContract
import ArgumentParser
import FoundationEssentials

struct DisasterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disaster",
        abstract: "Recovery, step by step, under one owner and against a time goal.",
        subcommands: [List.self, Show.self, Declare.self, Step.self, Close.self])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is overdue first, then what is under way, then what is closed.")

        @Option(help: "declared, overdue, closed or all.")
        var state: String = "all"

        @Option(help: "Only those that this owner leads.")
        var owner: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let page: ListPage<DisasterResource> = try await session.client.list(
                "disasters",
                query: [
                    "state": state == "all" ? nil : state, "owner": owner, "as_of": global.asOf,
                ], limit: limit)
            try session.printer.list(
                page, DisasterTable.columns(now: Remaining.now(asOf: global.asOf)))
            let overdue = page.data.count { $0.state == "overdue" }
            if overdue > 0 {
                session.printer.note("\(Count.of(overdue, "disaster")) past the goal, not closed")
            }
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a disaster with each of its steps.")

        @Argument(help: "The disaster's id.")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let disaster: DisasterResource = try await session.read("disasters/\(id.segment)")
            try session.printer.show(disaster) { DisasterTable.details(disaster) }
        }
    }

    struct Declare: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Declares a disaster with its steps, its owner and its goal.")

        @Argument(help: "A name for it.")
        var name: String

        @Option(help: "Who leads it: a team or a role.")
        var owner: String

        @Option(
            name: .customLong("step"), help: "A step, in the order they are meant; repeat it.")
        var steps: [String]

        @Option(
            help: "By when all is done: 4h from now on, or a time such as 2026-03-01T09:30:00Z.")
        var goal: EndMoment

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "disasters",
                DeclareDisasterRequest(
                    name: name, owner: owner, steps: steps, goal: goal.text, reason: why.reason))
        }
    }

    struct Step: ActionCommand {
        static let configuration = CommandConfiguration(abstract: "Records that a step is done.")

        @Argument(help: "The disaster's id.")
        var id: String

        @Argument(help: "The step's number, 1 for the first.")
        var number: Int

        @Option(help: "What was found and done; it is recorded.")
        var note: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "disasters/\(id.segment):finish-step", FinishStepRequest(step: number, note: note))
        }
    }

    struct Close: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Closes a disaster of which every step is done.")

        @Argument(help: "The disaster's id.")
        var id: String

        @Flag(help: "Leaves out the steps that are open, for the reason given.")
        var leaveOpen = false

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "disasters/\(id.segment):close",
                CloseDisasterRequest(reason: why.reason, leavesOpen: leaveOpen ? true : nil))
        }
    }
}

enum DisasterTable {
    /// - Parameter now: What the goals are counted from; nil where nobody can tell.
    static func columns(now: Date?) -> [Column<DisasterResource>] {
        [
            Column("state") { $0.state == "overdue" ? "OVERDUE" : $0.state },
            Column("name") { Table.cut($0.name, to: 40) }, Column("owner") { $0.owner },
            Column("done", .right) { disaster in
                "\(disaster.steps.count { $0.doneBy != nil }) of \(disaster.steps.count)"
            },
            Column("goal") { Moment.minute($0.goal) },
            Column("goal in", .right) {
                $0.state == "closed" ? "-" : Remaining.text(until: $0.goal, now: now)
            },
            Column("disaster") { $0.id },
        ]
    }

    static func details(_ disaster: DisasterResource) -> String {
        Table.details([
            ("disaster", disaster.id), ("name", disaster.name),
            ("state", disaster.state == "overdue" ? "OVERDUE" : disaster.state),
            ("owner", disaster.owner), ("because", disaster.reason),
            ("goal", Moment.short(disaster.goal)),
            ("declared", "by \(disaster.declaredBy) \(Moment.short(disaster.declaredAt))"),
            (
                "closed",
                disaster.closing.map { closing in
                    "by \(closing.by) \(Moment.short(closing.at)): \(closing.reason)"
                        + (closing.leftOut.isEmpty
                            ? ""
                            : ", without the steps "
                                + closing.leftOut.map(String.init).joined(separator: ", "))
                }
            ),
            ("version", String(disaster.version)),
        ]) + "\n" + Table.text(disaster.steps, stepColumns)
    }

    private static let stepColumns: [Column<DisasterStepResource>] = [
        Column("step", .right) { String($0.number) }, Column("what") { $0.text },
        Column("done by") { $0.doneBy ?? "-" },
        Column("done") { $0.doneAt.map(Moment.minute) ?? "-" }, Column("note") { $0.note ?? "-" },
    ]
}
