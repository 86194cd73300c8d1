import ArgumentParser
import FoundationEssentials

/// How answers are printed.
package enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, json, jsonl, csv
}

/// Options that every command has.
package struct GlobalOptions: ParsableArguments, Sendable {
    package init() {}

    @Option(name: [.short, .long], help: "For people, or JSON (jsonl is one item a line), or CSV.")
    var output: OutputFormat = .table

    @Option(
        help: ArgumentHelp(
            "The server (PATCHFLOW_SERVER, else http://127.0.0.1:8080).", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "The file that holds your token (PATCHFLOW_TOKEN_FILE).", valueName: "file"))
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            """
            Shows what was then, at a time such as 2026-03-01T09:30:00Z, at the end of a day in \
            UTC or at a position of the log, as writes answer it. For lists and shows; workers and \
            activities have no past.
            """, valueName: "time|date|position"))
    var asOf: String?

    @Option(
        help: ArgumentHelp(
            """
            For changes: does nothing, with exit status 5, unless the thing still has this \
            version, as 'show' gives it.
            """, valueName: "version"))
    var ifVersion: Int?

    @Flag(name: [.short, .long], help: "Asks nothing: confirms what would be asked at a terminal.")
    var yes = false

    @Flag(name: [.short, .long], help: "Prints no receipts and no progress.")
    var quiet = false

    var serverAddress: String {
        server ?? Self.variable("PATCHFLOW_SERVER") ?? "http://127.0.0.1:8080"
    }

    /// The caller's token: nil when no file is named, and then the server says who may do what.
    func token() throws -> String? {
        guard let path = tokenFile ?? Self.variable("PATCHFLOW_TOKEN_FILE") else { return nil }
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let token = text.split(whereSeparator: \.isWhitespace).first.map(String.init)
            guard let token else { throw ClientFailure.usage("the token file '\(path)' is empty") }
            return token
        } catch let failure as ClientFailure {
            throw failure
        } catch {
            throw ClientFailure.usage("the token file '\(path)' can't be read; does it exist?")
        }
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
