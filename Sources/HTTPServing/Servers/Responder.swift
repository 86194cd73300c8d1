internal import APIContract
internal import Application
private import FoundationEssentials
internal import Hummingbird
private import Logging
private import NIOCore

/// Answers one request after the routes: finds the route, lets the caller in, reads the body, and
/// makes a problem of whatever is thrown.
struct Responder: HTTPResponder {
    typealias Context = BasicRequestContext

    let routes: Routes
    /// Who bears a token.
    let signIn: @Sendable (String) async throws -> SignedIn
    let counters: RequestCounters

    func respond(to request: Request, context: Context) async throws -> Response {
        let id = UUID().uuidString.lowercased()
        var logger = context.logger
        logger[metadataKey: "request"] = "\(id)"
        let answer: Answer
        do {
            answer = try await serve(request, id, logger)
        } catch {
            answer = Self.answer(Problem(error, requestID: id), error, logger)
        }
        counters.count(method: request.method.rawValue, status: answer.status)
        logger.debug(
            "answered",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)",
                "status": "\(answer.status)",
            ])
        var response = answer.response(requestID: id)
        if answer.status == 503 { response.headers[.retryAfter] = "1" }
        if answer.status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    private func serve(
        _ request: Request, _ id: String, _ logger: Logger
    ) async throws -> Answer {
        let target = request.head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(parts[0])
        let (route, parameters) = try routes.route(request.method, path)
        // Strangers learn nothing about what a request would need.
        let bearer = route.isOpen ? nil : try await signIn(Self.token(request.headers))
        let query = try Self.query(parts.count > 1 ? parts[1] : "", known: route.query)
        let call = Call(
            requestID: id, logger: logger, method: request.method.rawValue,
            target: target, parameters: parameters, query: query,
            headers: Self.headers(request.headers),
            content: try await Self.content(request, limit: route.bodyLimit), bearer: bearer)
        return try await route.handler(call)
    }

    private static func token(_ headers: HTTPFields) throws -> String {
        guard let header = headers[.authorization] else { throw NotSignedIn(.noToken) }
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw NotSignedIn(.noToken)
        }
        return String(words[1])
    }

    private static func query(
        _ text: Substring, known: Set<String>
    ) throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        for item in text.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = percentDecoded(parts[0]),
                let value = percentDecoded(parts.count > 1 ? parts[1] : "")
            else { throw Problem(invalid: "query", "'\(item)' has a broken %-escape") }
            guard known.contains(name) else {
                let names = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
                throw Problem(
                    .unknownField,
                    "the query parameter '\(name)' is not known here; known: \(names)",
                    errors: [FieldProblem(field: name, detail: "is not known")])
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem(invalid: name, "is given twice")
            }
        }
        return values
    }

    private static func headers(_ fields: HTTPFields) -> [String: String] {
        var headers: [String: String] = [:]
        for name in ["accept", "idempotency-key", "if-match"] {
            if let field = HTTPFields.Element.Name(name) { headers[name] = fields[field] }
        }
        return headers
    }

    private static func content(_ request: Request, limit: Int) async throws -> Data {
        do {
            let buffer = try await request.body.collect(upTo: limit)
            return Data(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(
                .bodyTooLarge,
                "the body is larger than the \(limit) bytes that this request may have")
        }
    }

    private static func answer(
        _ problem: Problem, _ error: any Error, _ logger: Logger
    ) -> Answer {
        if problem.status >= 500 {
            logger.error("a request failed", metadata: ["error": "\(error)"])
        }
        do {
            var answer = try Answer.json(problem, status: problem.status)
            answer.mediaType = "application/problem+json"
            return answer
        } catch {
            preconditionFailure("a problem can't be written as JSON: \(error)")
        }
    }
}
