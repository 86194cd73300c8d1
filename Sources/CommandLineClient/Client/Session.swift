import APIContract
package import ArgumentParser
import AsyncHTTPClient
import NIOCore

/// What a command works with: the server, and where its words go.
package struct Session: Sendable {
    package let client: APIClient
    package let printer: Printer
    package let options: GlobalOptions

    /// Runs `work` with a session made from the command's global options.
    static func with(
        _ options: GlobalOptions, _ work: (Session) async throws -> Void
    ) async throws {
        let printer = Printer(format: options.output, isQuiet: options.quiet)
        let token = try options.token()
        let http = HTTPClient(configuration: APIClient.configuration)
        let client = APIClient(
            server: options.serverAddress, token: token, http: http,
            onRetry: { printer.note($0) })
        let result: Result<Void, any Error>
        do {
            try await work(Session(client: client, printer: printer, options: options))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await http.shutdown()
        try result.get()
    }

    /// Posts an action and prints its receipt.
    func act(_ path: String, _ body: some Encodable) async throws {
        let receipt: Receipt = try await client.post(path, body, ifVersion: options.ifVersion)
        try printer.receipt(receipt)
    }

    /// Prints a list; every page of it, or the first `limit` items.
    func list<Item: Codable & Sendable>(
        _ path: String, query: [String: String?] = [:], limit: Int? = nil,
        _ columns: [Column<Item>]
    ) async throws {
        var query = query
        query["as_of"] = options.asOf
        let page: ListPage<Item> = try await client.list(path, query: query, limit: limit)
        try printer.list(page, columns)
        if options.asOf != nil, printer.format != .json {
            printer.note("as of position \(page.position)")
        }
    }

    func read<Answer: Decodable>(_ path: String, as type: Answer.Type = Answer.self) async throws
        -> Answer
    {
        try await client.get(path, query: ["as_of": options.asOf])
    }
}

extension String {
    /// An id as one segment of a path, whatever was typed.
    var segment: String { APIClient.percentEncoded(self) }
}

/// A command that talks to the server.
package protocol ClientCommand: AsyncParsableCommand {
    /// What is used here in the place of `--as-of`; nil where nothing is.
    static var insteadOfAsOf: String? { get }

    var global: GlobalOptions { get }
    func run(_ session: Session) async throws
}

/// One that shows how things are, or were (`--as-of`).
protocol ReadCommand: ClientCommand {}

/// One that changes a thing that is there already, if wanted only as it was seen (`--if-version`).
protocol ActionCommand: ClientCommand {}

extension ClientCommand {
    package static var insteadOfAsOf: String? { nil }

    /// An option that the command can't heed is refused: whoever gave it counts on it.
    package func run() async throws {
        if let moment = global.asOf, !(self is any ReadCommand) {
            let instead = Self.insteadOfAsOf.map { "use \($0) here" } ?? "leave it out here"
            throw ClientFailure.usage(
                "--as-of '\(moment)' is for commands that list or show; \(instead)")
        }
        if let version = global.ifVersion, !(self is any ActionCommand) {
            throw ClientFailure.usage(
                "--if-version \(version) is for commands that change one thing; leave it out here")
        }
        try await Session.with(global) { try await run($0) }
    }
}
