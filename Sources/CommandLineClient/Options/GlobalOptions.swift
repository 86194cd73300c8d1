import ArgumentParser
import FoundationEssentials

/// How answers are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, json, jsonl
}

/// Options that every command has.
struct GlobalOptions: ParsableArguments, Sendable {
    @Option(name: [.short, .long], help: "table, json, or jsonl: one item a line.")
    var output: OutputFormat = .table

    @Option(help: "The server (PATCHFLOW_SERVER, else http://127.0.0.1:8080).")
    var server: String?

    @Option(help: "The file that holds your token (PATCHFLOW_TOKEN_FILE).")
    var tokenFile: String?

    @Option(help: "Reads as of a time (RFC 3339) or a position of the log.")
    var asOf: String?

    @Option(help: "Changes nothing unless the thing still has this version.")
    var ifVersion: Int?

    @Flag(name: [.short, .long], help: "Asks nothing.")
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
