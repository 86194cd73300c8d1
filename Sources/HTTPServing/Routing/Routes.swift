internal import APIContract
package import Application
private import EventSourcing
private import FoundationEssentials
internal import Hummingbird

/// What a server serves: a table of paths, filled once, one line for each route.
///
/// ```swift
/// var routes = Routes()
/// routes.get("patches", query: .list, ["risk_class"]) { call in
///     try .page(await useCases.list(.patch, call.caller(), call.listWish()))
/// }
/// routes.get("patches/{id}", query: .moment) { call in
///     try .view(
///         await useCases.show(.patch, call.parameter("id"), call.caller(), call.moment()))
/// }
/// routes.post("patches/{id}:approve", ApproveRequest.self) { call, body, order in
///     try .receipt(await useCases.approve(call.parameter("id"), body.digest, order))
/// }
/// ```
///
/// A handler throws what the use case throws; `Problem(_:requestID:)` makes the answer of it. The
/// table refuses what no route names: unknown paths (404), other methods (405), query parameters
/// (400), fields of bodies (400).
package struct Routes: Sendable {
    package typealias Handler = @Sendable (Call) async throws -> Answer

    /// Query parameters that many reads share.
    package enum Query: Sendable {
        case none
        /// `as_of`, `min_position`.
        case moment
        /// `as_of`, `min_position`, `limit`, `cursor`.
        case list

        var names: Set<String> {
            switch self {
            case .none: []
            case .moment: ["as_of", "min_position"]
            case .list: ["as_of", "min_position", "limit", "cursor"]
            }
        }
    }

    struct Route: Sendable {
        let path: RoutePath
        let query: Set<String>
        let bodyLimit: Int
        let isOpen: Bool
        let handler: Handler
    }

    /// Bodies are small, but for inventories.
    package static let usualBodyLimit = 1024 * 1024

    private var table: [HTTPRequest.Method: [Route]] = [:]
    private let prefix: String

    /// - Parameter prefix: Stands before every path.
    package init(prefix: String = "/api/v1") {
        self.prefix = prefix
    }

    /// Serves a read to somebody who is signed in.
    ///
    /// - Parameter filters: Query parameters beside those of `query`.
    package mutating func get(
        _ path: String, query: Query = .none, _ filters: [String] = [],
        _ handler: @escaping Handler
    ) {
        add(.get, path, query.names.union(filters), limit: 0, isOpen: false, handler)
    }

    /// Serves a read to everybody.
    package mutating func open(_ path: String, _ handler: @escaping Handler) {
        add(.get, path, [], limit: 0, isOpen: true, handler)
    }

    /// Serves a write: with an idempotency key, and a body that is a `Body` and nothing more.
    package mutating func post<Body: Codable & Sendable>(
        _ path: String, _ body: Body.Type, bodyLimit: Int = Self.usualBodyLimit,
        _ handler: @escaping @Sendable (Call, Body, Order) async throws -> Answer
    ) {
        add(.post, path, [], limit: bodyLimit, isOpen: false) { call in
            let order = try call.order()
            return try await handler(call, try call.body(as: Body.self), order)
        }
    }

    private mutating func add(
        _ method: HTTPRequest.Method, _ path: String, _ query: Set<String>, limit: Int,
        isOpen: Bool, _ handler: @escaping Handler
    ) {
        let path = RoutePath("\(prefix)/\(path)")
        precondition(
            !(table[method] ?? []).contains { $0.path == path }, "\(path) is served already")
        table[method, default: []].append(
            Route(
                path: path, query: query, bodyLimit: limit, isOpen: isOpen, handler: handler))
    }

    /// The route for a request, and what its path names.
    ///
    /// - Throws: `Problem` with `not-found`, or `method-not-allowed` when another method is served
    ///   at that path.
    func route(
        _ method: HTTPRequest.Method, _ path: String
    ) throws(Problem) -> (Route, [String: String]) {
        let segments = RoutePath.segments(of: path)
        for route in table[method] ?? [] {
            if let parameters = route.path.match(segments) { return (route, parameters) }
        }
        let others = table.filter { entry in
            entry.value.contains { $0.path.match(segments) != nil }
        }
        guard !others.isEmpty else {
            throw Problem(.notFound, "there is nothing at '\(path)'; look at the path again")
        }
        let names = others.keys.map(\.rawValue).sorted().joined(separator: ", ")
        throw Problem(
            .methodNotAllowed, "\(method.rawValue) is not served at '\(path)'; use \(names)",
            errors: [FieldProblem(field: "Allow", detail: names)])
    }
}
