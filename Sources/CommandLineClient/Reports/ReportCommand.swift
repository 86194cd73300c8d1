import ArgumentParser

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Documents for people who must be convinced.",
        subcommands: [Compliance.self, SLA.self, Metrics.self, Evidence.self])

    struct Evidence: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the evidence pack of a patch.")

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case markdown, json
        }

        @Argument(help: "The patch's id.")
        var patch: String

        @Option(help: "markdown or json; -o json means json.")
        var format: Format?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let chosen = format ?? (global.output == .table ? .markdown : .json)
            session.printer.write(
                try await session.client.getBytes(
                    "patches/\(patch.segment)/evidence", query: ["as_of": global.asOf],
                    accept: chosen == .markdown ? "text/markdown" : "application/json"))
        }
    }
}
