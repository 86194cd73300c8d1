import APIContract
import ArgumentParser

struct ExceptionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exception",
        abstract: "Risks that are accepted, controlled or deferred, always with an end.",
        subcommands: [
            List.self, Show.self, Request.self, Approve.self, Deny.self, Revoke.self,
        ])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "What waits for a decision, then what lives, the next end first.",
            discussion: """
                Says how many are forgotten: those of whose end somebody was reminded, and those that \
                nobody decided on, without anything being done.
                """)

        @Option(help: "requested, granted, denied, expired, revoked or all.")
        var state: String = "all"

        @Option(help: "acceptRisk, compensatingControl or defer.")
        var kind: String?

        @Option(help: "Only those that lean on this control, by its id.")
        var control: String?

        @Flag(help: "Only those that are forgotten.")
        var forgotten = false

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let page: ListPage<ExceptionResource> = try await session.client.list(
                "exceptions",
                query: [
                    "state": state == "all" ? nil : state, "kind": kind, "control": control,
                    "is_forgotten": forgotten ? "true" : nil, "as_of": global.asOf,
                ], limit: limit)
            let now = Remaining.now(asOf: global.asOf)
            try session.printer.list(page, ExceptionTable.columns(now: now))
            let count = page.data.count(where: \.isForgotten)
            if count > 0 {
                session.printer.note(
                    "\(Count.of(count, "exception")) forgotten: nobody has decided anything after "
                        + "a reminder or a request")
            }
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows an exception: what it is for, who asked, who decided, and its end.")

        @Argument(help: "The exception's id.")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let exception: ExceptionResource = try await session.read("exceptions/\(id.segment)")
            let now = Remaining.now(asOf: global.asOf)
            try session.printer.show(exception) { ExceptionTable.details(exception, now: now) }
        }
    }
}
