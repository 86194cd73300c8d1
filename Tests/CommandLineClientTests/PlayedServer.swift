import APIContract
import ArgumentParser
import CommandLineClient
import FoundationEssentials
import Hummingbird
import NIOCore
import Synchronization

/// A server that answers what a test says, and remembers what it was asked.
final class PlayedServer: Sendable {
    struct Asked: Sendable {
        /// Method, path and query.
        let line: String
        let body: String
        let key: String?
        let version: String?
        let token: String?
    }

    struct Played: Sendable {
        let status: Int
        let body: String
        /// How long the answer takes.
        var pause: Duration = .zero
    }

    private struct State {
        var answers: [String: [Played]] = [:]
        var asked: [Asked] = []
    }

    private let state = Mutex(State())

    /// Answers in this order; the last one stays.
    func play(_ line: String, _ answers: Played...) {
        state.withLock { $0.answers[line] = answers }
    }

    func play(_ line: String, _ value: some Encodable) throws {
        play(
            line,
            Played(status: 200, body: String(decoding: try WireJSON.encode(value), as: UTF8.self)))
    }

    func refuse(_ line: String, _ problem: Problem) throws {
        play(
            line,
            Played(
                status: problem.status,
                body: String(decoding: try WireJSON.encode(problem), as: UTF8.self)))
    }

    var asked: [Asked] { state.withLock { $0.asked } }

    fileprivate func respond(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        let line = "\(request.method.rawValue) \(request.head.path ?? "")"
        let asked = Asked(
            line: line, body: String(buffer: body), key: request.header("idempotency-key"),
            version: request.header("if-match"), token: request.header("authorization"))
        let played = state.withLock { state -> Played in
            state.asked.append(asked)
            guard let first = state.answers[line]?.first else {
                return Played(status: 404, body: "not played: \(line)")
            }
            if state.answers[line, default: []].count > 1 { state.answers[line]?.removeFirst() }
            return first
        }
        try await Task.sleep(for: played.pause)
        return Response(
            status: .init(code: played.status), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: played.body)))
    }
}

extension Request {
    fileprivate func header(_ name: String) -> String? {
        HTTPFields.Element.Name(name).flatMap { headers[$0] }
    }
}

private struct PlayedResponder: HTTPResponder {
    let server: PlayedServer

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        try await server.respond(request)
    }
}

/// What a command line did.
struct Ran: Sendable {
    let status: Int32
    let output: String
    let error: String
}

/// Runs command lines against a played server.
struct PlayedTerminal {
    let server: PlayedServer
    fileprivate let port: Int

    var address: String { "http://127.0.0.1:\(port)" }

    /// - Parameters:
    ///   - typed: Lines typed at a terminal; nil when there is none.
    ///   - isSeen: Whether its output goes to the terminal as well.
    func run(_ words: [String]) async -> Ran {
        await runCommandLine(words + ["--server", address])
    }

    func run(_ words: String..., typed: [String]? = nil, isSeen: Bool = false) async -> Ran {
        await runCommandLine(words + ["--server", address], typed: typed, isSeen: isSeen)
    }
}

/// - Parameters:
///   - typed: Lines typed at a terminal; nil when there is none.
///   - isSeen: Whether its output goes to the terminal as well.
func runCommandLine(
    _ words: [String], typed: [String]? = nil, piped: [String] = [], isSeen: Bool = false
) async -> Ran {
    let box = Captured()
    let terminal = Terminal(
        isTerminal: { typed != nil && ($0 == .input || ($0 == .output && isSeen)) },
        readLine: { box.next() },
        write: { bytes, stream in box.add(String(decoding: bytes, as: UTF8.self), to: stream) })
    box.fill(typed ?? piped)
    let status = await Terminal.$current.withValue(terminal) {
        await CommandLineEntry.run(Root.self, words)
    }
    return Ran(status: status, output: box.text(of: .output), error: box.text(of: .error))
}

private final class Captured: Sendable {
    private let lines = Mutex<[String]>([])
    private let texts = Mutex<[Terminal.Stream: String]>([:])

    func fill(_ typed: [String]) { lines.withLock { $0 = typed } }
    func next() -> String? { lines.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    func add(_ text: String, to stream: Terminal.Stream) {
        texts.withLock { $0[stream, default: ""] += text }
    }
    func text(of stream: Terminal.Stream) -> String { texts.withLock { $0[stream] ?? "" } }
}

private struct Root: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patchflow",
        subcommands: ClientCommands.all + [ReplayCommand.self, RedactCommand.self])
}

func withPlayedServer(_ body: (PlayedTerminal) async throws -> Void) async throws {
    let server = PlayedServer()
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let application = Application(
        responder: PlayedResponder(server: server),
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in
            if let port = channel.localAddress?.port { listening.yield(port) }
        })
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await application.run() }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else { throw CancellationError() }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(PlayedTerminal(server: server, port: port)))
        } catch {
            outcome = .failure(error)
        }
        group.cancelAll()
        while let ended = await group.nextResult() {
            // It ends because the test did.
            if case .failure = ended { continue }
        }
        try outcome.get()
    }
}
