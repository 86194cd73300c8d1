import APIContract
import AsyncHTTPClient
import CommandLineClient
import Testing

/// A request that has to be tried again is the same request (I10).
@Suite(.timeLimit(.minutes(1))) struct RetryTests {
    private let receipt = Receipt(id: "pa_1", state: "dismissed", version: 4, position: 17)
    private let away = PlayedServer.Played(
        status: 503,
        body: """
            {"type":"about:blank","title":"x","status":503,"detail":"the database is away",\
            "code":"unavailable","errors":[],"request_id":"r"}
            """)
    private let done = PlayedServer.Played(
        status: 200, body: #"{"id":"pa_1","state":"dismissed","version":4,"position":17}"#)

    @Test func aServerThatIsNotAvailableIsAskedAgainWithTheSameKey() async throws {
        try await withPlayedServer { terminal in
            terminal.server.play("POST /api/v1/patches/pa_1:dismiss", away, away, done)
            let ran = await terminal.run("patch", "dismiss", "pa_1", "--reason", "no use")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output == "pa_1 dismissed (version 4, position 17)\n")
            #expect(ran.error.contains("the database is away; trying again"))
            let asked = terminal.server.asked
            #expect(asked.count == 3)
            #expect(Set(asked.map(\.key)).count == 1)
            #expect(asked[0].body == #"{"reason":"no use"}"#)
        }
    }

    @Test func whatIsRefusedIsNotAskedAgain() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.refuse(
                "POST /api/v1/patches/pa_1:dismiss",
                Problem(.versionConflict, "it moved on", requestId: "r"))
            let ran = await terminal.run(
                "patch", "dismiss", "pa_1", "--reason", "no use", "--if-version", "3")
            #expect(ran.status == 5)
            #expect(terminal.server.asked.map(\.version) == ["\"3\""])
        }
    }

    @Test func theBudgetEnds() async throws {
        try await withPlayedServer { terminal in
            terminal.server.play("GET /api/v1/me", away)
            let client = APIClient(
                server: terminal.address, token: "pf_x", http: .shared,
                retries: APIClient.RetryBudget(
                    total: .seconds(2), firstPause: .milliseconds(20)))
            let failure = await #expect(throws: ClientFailure.self) {
                let _: MeResource = try await client.get("me")
            }
            #expect(failure?.exitStatus == .failed)
            #expect(terminal.server.asked.allSatisfy { $0.token == "Bearer pf_x" })
        }
    }

    @Test func withoutABudgetItIsAskedOnce() async throws {
        try await withPlayedServer { terminal in
            terminal.server.play("GET /api/v1/me", away)
            let client = APIClient(
                server: terminal.address, token: nil, http: .shared,
                retries: APIClient.RetryBudget(total: .zero, firstPause: .milliseconds(20)))
            await #expect(throws: ClientFailure.self) {
                let _: MeResource = try await client.get("me")
            }
            #expect(terminal.server.asked.count == 1)
        }
    }

    @Test func whatIsNotAnsweredInItsTimeIsNotAskedAgain() async throws {
        try await withPlayedServer { terminal in
            terminal.server.play(
                "GET /api/v1/me",
                PlayedServer.Played(status: 503, body: "", pause: .seconds(3)))
            let client = APIClient(
                server: terminal.address, token: "pf_x", http: .shared,
                retries: APIClient.RetryBudget(
                    total: .seconds(20), firstPause: .milliseconds(20)))
            let failure = await #expect(throws: ClientFailure.self) {
                let _: MeResource = try await client.get("me", patience: .seconds(1))
            }
            #expect(failure?.message.contains("no answer in time") == true)
            #expect(terminal.server.asked.count <= 1, "under load it may not even arrive")
        }
    }

    @Test func aServerThatIsNotThereIsNamed() async throws {
        let http = HTTPClient(configuration: APIClient.configuration)
        let client = APIClient(
            server: "http://127.0.0.1:9", token: nil, http: http,
            retries: APIClient.RetryBudget(total: .zero, firstPause: .milliseconds(1)))
        let began = ContinuousClock.now
        let failure = await #expect(throws: ClientFailure.self) {
            let _: MeResource = try await client.get("me")
        }
        #expect(ContinuousClock.now - began < .seconds(5))
        #expect(failure?.message.contains("http://127.0.0.1:9") == true)
        try await http.shutdown()
    }

    @Test func anAnswerThatIsNotOfPatchflowIsSaid() async throws {
        try await withPlayedServer { terminal in
            terminal.server.play(
                "GET /api/v1/patches/pa_1", PlayedServer.Played(status: 200, body: "<html>"))
            let ran = await terminal.run("patch", "show", "pa_1")
            #expect(ran.status == 1)
            #expect(ran.error.contains("can't be read"))
        }
    }

    @Test func pagesAreFollowedToTheLimit() async throws {
        try await withPlayedServer { terminal in
            func worker(_ id: String) -> WorkerResource {
                WorkerResource(
                    id: id, name: id, state: "live", held: 0,
                    startedAt: "2026-03-01T09:30:00.000000Z",
                    leaseUntil: "2026-03-01T09:30:00.000000Z")
            }
            try terminal.server.play(
                "GET /api/v1/workers?limit=500",
                ListPage(data: [worker("w1"), worker("w2")], next: "n/1", position: 9))
            try terminal.server.play(
                "GET /api/v1/workers?cursor=n%2F1&limit=500",
                ListPage(data: [worker("w3")], next: nil, position: 9))
            let ran = await terminal.run("worker", "list", "-o", "jsonl")
            #expect(ran.status == 0)
            #expect(ran.output.split(separator: "\n").count == 3)
            #expect(ran.output.hasPrefix(#"{"held":0,"id":"w1""#))
        }
    }
}
