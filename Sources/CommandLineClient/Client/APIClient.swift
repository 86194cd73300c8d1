package import APIContract
package import AsyncHTTPClient
package import FoundationEssentials
private import NIOCore
private import NIOHTTP1

/// Talks to a patchflow server: one request at a time, with time-outs, a bearer token, and retries
/// that can't do anything twice.
package struct APIClient: Sendable {
    /// How often and how long a request is tried again when the connection is lost or the server
    /// is not available. One that was not answered in its time is not: the server may still be at
    /// work on it.
    package struct RetryBudget: Sendable {
        package let total: Duration
        package let firstPause: Duration

        package init(total: Duration, firstPause: Duration) {
            self.total = total
            self.firstPause = firstPause
        }

        package static let standard = RetryBudget(
            total: .seconds(10), firstPause: .milliseconds(100))
    }

    /// How the HTTP client has to be made. It doesn't try to connect again by itself: that would
    /// take its whole time limit where nobody listens.
    package static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    package static let timeLimit: Duration = .seconds(30)
    private static let largestAnswer = 256 * 1024 * 1024

    private let server: String
    private let token: String?
    private let http: HTTPClient
    private let retries: RetryBudget
    private let onRetry: @Sendable (String) -> Void

    /// - Parameters:
    ///   - server: Such as `http://127.0.0.1:8080`, without a path.
    ///   - onRetry: Is told why, the first time that a request has to be tried again.
    package init(
        server: String, token: String?, http: HTTPClient, retries: RetryBudget = .standard,
        onRetry: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.token = token
        self.http = http
        self.retries = retries
        self.onRetry = onRetry
    }

    /// Reads one resource. `path` begins after `/api/v1/`.
    ///
    /// - Parameter patience: For one try.
    package func get<Answer: Decodable>(
        _ path: String, query: [String: String?] = [:],
        patience: Duration = APIClient.timeLimit, as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try decode(
            await getBytes(path, query: query, accept: "application/json", patience: patience))
    }

    /// Reads an answer as it is.
    package func getBytes(
        _ path: String, query: [String: String?] = [:], accept: String,
        patience: Duration = APIClient.timeLimit
    ) async throws -> Data {
        var request = HTTPClientRequest(url: url(path, query))
        request.headers.add(name: "accept", value: accept)
        return try await send(request, patience)
    }

    /// Writes. Every try carries the same idempotency key, so the server does it at most once.
    ///
    /// - Parameters:
    ///   - ifVersion: Refused with 412 when the thing has another version by now.
    ///   - patience: For one try.
    package func post<Body: Encodable, Answer: Decodable>(
        _ path: String, _ body: Body, ifVersion: Int? = nil,
        patience: Duration = APIClient.timeLimit, as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url(path, [:]))
        request.method = .POST
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "idempotency-key", value: UUID().uuidString.lowercased())
        if let ifVersion { request.headers.add(name: "if-match", value: "\"\(ifVersion)\"") }
        request.body = .bytes(ByteBuffer(bytes: try WireJSON.encode(body)))
        return try decode(await send(request, patience))
    }

    /// A page after another until the last, joined; at most `limit` items.
    package func list<Item: Codable & Sendable>(
        _ path: String, query: [String: String?] = [:], limit: Int? = nil,
        of type: Item.Type = Item.self
    ) async throws -> ListPage<Item> {
        var items: [Item] = []
        var query = query
        while true {
            let wanted = min(500, (limit ?? .max) - items.count)
            query["limit"] = String(wanted)
            let page: ListPage<Item> = try await get(path, query: query)
            items += page.data
            guard let next = page.next, items.count < limit ?? .max else {
                return ListPage(data: items, next: nil, position: page.position)
            }
            query["cursor"] = next
        }
    }

    private func send(
        _ original: HTTPClientRequest, _ patience: Duration = timeLimit
    ) async throws -> Data {
        var request = original
        request.headers.add(name: "user-agent", value: "patchflow")
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        let clock = ContinuousClock()
        let end = clock.now + retries.total
        var pause = retries.firstPause
        var isRetried = false
        while true {
            let cause: String
            do {
                let response = try await http.execute(
                    request, timeout: .seconds(patience.components.seconds))
                let body = try await response.body.collect(upTo: Self.largestAnswer)
                let data = Data(body.readableBytesView)
                if (200..<300).contains(response.status.code) { return data }
                let problem = Self.problem(status: Int(response.status.code), data)
                guard problem.status == 503, clock.now < end else {
                    throw ClientFailure.problem(problem)
                }
                cause = problem.detail
            } catch let error where Self.isConnectionLoss(error) {
                cause = Self.words(for: error)
                let isOutOfTime = error as? HTTPClientError == .deadlineExceeded
                guard !isOutOfTime, clock.now < end else {
                    throw ClientFailure.unreachable(server: server, cause: cause)
                }
            }
            if !isRetried { onRetry("\(server): \(cause); trying again") }
            isRetried = true
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    private func decode<Answer: Decodable>(_ data: Data) throws -> Answer {
        do {
            return try WireJSON.decode(Answer.self, from: data)
        } catch {
            throw ClientFailure.unreadable(server: server, cause: "\(error)")
        }
    }

    private static func problem(status: Int, _ data: Data) -> Problem {
        if let problem = try? WireJSON.decode(Problem.self, from: data) { return problem }
        return Problem(
            title: Problem.title(of: status), status: status,
            detail: "the server answered with status \(status), and not as patchflow does",
            code: "unexpected-answer", requestId: "")
    }

    /// Whether `error` says that the connection failed, so that nothing is known of the outcome.
    private static func isConnectionLoss(_ error: any Error) -> Bool {
        switch error {
        case is ClientFailure, is CancellationError, is NIOTooManyBytesError: false
        case let error as HTTPClientError:
            [
                .remoteConnectionClosed, .connectTimeout, .readTimeout, .deadlineExceeded,
                .uncleanShutdown, .getConnectionFromPoolTimeout,
            ].contains(error)
        default: true
        }
    }

    private static func words(for error: any Error) -> String {
        switch error as? HTTPClientError {
        case .some(.remoteConnectionClosed): "the connection was closed"
        case .some(.connectTimeout), .some(.deadlineExceeded): "no answer in time"
        default: "no connection"
        }
    }

    private func url(_ path: String, _ query: [String: String?]) -> String {
        let items = query.sorted { $0.key < $1.key }.compactMap { name, value in
            value.map { "\(name)=\(Self.percentEncoded($0))" }
        }
        return "\(server)/api/v1/\(path)"
            + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }

    /// Everything but RFC 3986's unreserved characters is escaped.
    package static func percentEncoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { encoded, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                encoded += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
    }
}
