import APIContract
import Application
import EventSourcing
import HTTPServing
import Testing

/// What the edge demands of every request, on routes of the test's own.
@Suite(.timeLimit(.minutes(2))) struct CallTests {
    private struct Wish: Codable {
        let name: String
        let count: Int?
    }

    private static func routes(_ useCases: UseCases) -> Routes {
        var routes = Routes()
        routes.post("things/{id}:make", Wish.self, bodyLimit: 200) { call, wish, order in
            .text("\(call.parameter("id")) \(wish.name) \(order.expectedVersion ?? -1)")
        }
        routes.get("things/{id}", query: .moment, ["exact"]) { call in
            .text("\(call.parameter("id")) \(try call.flag("exact"))")
        }
        routes.get("away") { _ in throw EventStoreError(.unavailable, "no server") }
        routes.get("broken") { _ in throw EventStoreError(.corrupted, "secret words") }
        return routes
    }

    private func withRoutes(
        _ body: (ServedLog, _ token: String) async throws -> Void
    ) async throws {
        try await withServedLog(routes: Self.routes) { log in
            try await body(log, try await log.administrator())
        }
    }

    @Test func pathsAreDecodedByTheirSegments() async throws {
        try await withRoutes { log, token in
            let made = try await log.post(
                "/api/v1/things/a%2Fb%3Ac:make", #"{"name":"x"}"#, as: token, ifMatch: "\"7\"")
            #expect(made.text == "a/b:c x 7")
            let shown = try await log.get("/api/v1/things/x?exact=true", as: token)
            #expect(shown.text == "x true")
        }
    }

    @Test func unknownPathsAndOtherMethodsAreProblems() async throws {
        try await withRoutes { log, token in
            for path in [
                "/", "/api/v1/nothing", "/api/v1/things/", "/api/v1/things/a/b",
                "/api/v2/things/a",
            ] {
                let reply = try await log.get(path, as: token)
                #expect(reply.status == 404)
                #expect(try reply.problem.code == "not-found")
            }
            for (method, path) in [
                ("DELETE", "/api/v1/things/a"), ("POST", "/api/v1/things/a"),
                ("GET", "/api/v1/things/a:make"), ("PATCH", "/api/v1/things/a:make"),
            ] {
                let reply = try await log.send(method, path, token: token, headers: [:], body: "")
                #expect(reply.status == 405)
                #expect(try reply.problem.code == "method-not-allowed")
            }
        }
    }

    @Test(
        arguments: [
            ("{", 400, "malformed-body", nil), ("[]", 422, "malformed-body", nil),
            ("{}", 422, "invalid-field", "name"), (#"{"name":1}"#, 422, "invalid-field", "name"),
            (#"{"name":"x","count":"3"}"#, 422, "invalid-field", "count"),
            (#"{"name":"x","colour":"red"}"#, 400, "unknown-field", "colour"),
        ] as [(String, Int, String, String?)])
    func bodiesAreReadStrictly(body: String, status: Int, code: String, field: String?)
        async throws
    {
        try await withRoutes { log, token in
            let reply = try await log.post("/api/v1/things/a:make", body, as: token)
            let problem = try reply.problem
            #expect(problem.code == code)
            #expect(reply.status == problem.status)
            #expect(problem.errors.first?.field == field)
        }
    }

    @Test func aBodyHasALimit() async throws {
        try await withRoutes { log, token in
            let body = #"{"name":"\#(String(repeating: "x", count: 400))"}"#
            let reply = try await log.post("/api/v1/things/a:make", body, as: token)
            #expect(reply.status == 413)
            #expect(try reply.problem.code == "body-too-large")
            #expect(try reply.problem.detail.contains("200"))
        }
    }

    @Test func aWriteNeedsAnIdempotencyKeyAndAReadableVersion() async throws {
        try await withRoutes { log, token in
            let none = try await log.post(
                "/api/v1/things/a:make", #"{"name":"x"}"#, as: token, key: nil)
            #expect(none.status == 400)
            #expect(try none.problem.code == "missing-idempotency-key")
            let long = try await log.post(
                "/api/v1/things/a:make", #"{"name":"x"}"#, as: token,
                key: String(repeating: "k", count: 201))
            #expect(try long.problem.errors.map(\.field) == ["Idempotency-Key"])
            for text in ["7", "\"x\"", "W/\"7\"", "\"-1\""] {
                let reply = try await log.post(
                    "/api/v1/things/a:make", #"{"name":"x"}"#, as: token, ifMatch: text)
                #expect(reply.status == 422)
                #expect(try reply.problem.errors.map(\.field) == ["If-Match"])
            }
        }
    }

    @Test func queryParametersThatNoRouteNamesAreRefused() async throws {
        try await withRoutes { log, token in
            let unknown = try await log.get("/api/v1/things/a?colour=red", as: token)
            #expect(unknown.status == 400)
            #expect(try unknown.problem.detail.contains("as_of, exact, min_position"))
            let flag = try await log.get("/api/v1/things/a?exact=perhaps", as: token)
            #expect(flag.status == 422)
            #expect(try flag.problem.errors.map(\.field) == ["exact"])
        }
    }

    @Test func aDatabaseThatIsAwayAsksForPatienceAndABrokenOneSaysNothing() async throws {
        try await withRoutes { log, token in
            let away = try await log.get("/api/v1/away", as: token)
            #expect(away.status == 503)
            #expect(away.header("retry-after") == "1")
            let broken = try await log.get("/api/v1/broken", as: token)
            #expect(broken.status == 500)
            #expect(!broken.text.contains("secret words"))
        }
    }
}
