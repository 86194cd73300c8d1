import APIContract
import Application
import EventSourcing
import Testing

/// The log as it is read from outside.
@Suite(.timeLimit(.minutes(2))) struct EventTests {
    @Test func eventsComeInOrderPageByPageWithTheirDataUntouched() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let viewer = try await log.token("vera", "viewer", by: administrator)
            let token = viewer.secret
            let first: ListPage<EventResource> = try await log.get(
                "/api/v1/events?limit=3&min_position=4", as: token
            ).decode()
            #expect(first.data.map(\.position) == [1, 2, 3])
            #expect(first.position == 4)
            let next = try #require(first.next)
            let second: ListPage<EventResource> = try await log.get(
                "/api/v1/events?limit=3&cursor=\(next)", as: token
            ).decode()
            #expect(second.data.map(\.position) == [4])
            #expect(second.next == nil)

            let issued: ListPage<EventResource> = try await log.get(
                "/api/v1/events?type=TokenIssued&after=2", as: token
            ).decode()
            #expect(issued.data.map(\.position) == [4])
            let own: ListPage<EventResource> = try await log.get(
                "/api/v1/events?stream=\(viewer.personId)&limit=1", as: token
            ).decode()
            #expect(own.data.map(\.type) == ["RoleGranted"])
            #expect(own.next == "3")
            let then: ListPage<EventResource> = try await log.get(
                "/api/v1/events?as_of=2", as: token
            ).decode()
            #expect(then.data.map(\.position) == [1, 2])
            #expect(then.position == 2)

            let shown = try await log.get("/api/v1/events/4", as: token)
            let stored = try await log.useCases.store.read(after: 3, limit: 1)
            let data = String(decoding: stored[0].data, as: UTF8.self)
            #expect(shown.text.hasSuffix(",\"data\":\(data)}"))
            #expect(try shown.decode(EventResource.self) == issued.data[0])
        }
    }

    @Test(arguments: [
        ("/api/v1/events/5000", 404, "not-found"), ("/api/v1/events/0", 404, "not-found"),
        ("/api/v1/events/x", 404, "not-found"),
        ("/api/v1/events?stream=../x", 422, "invalid-field"),
        ("/api/v1/events?after=-1", 422, "invalid-field"),
        ("/api/v1/events?limit=0", 422, "invalid-field"),
        ("/api/v1/events?limit=501", 422, "invalid-field"),
        ("/api/v1/events?cursor=x", 422, "invalid-field"),
        ("/api/v1/events?as_of=yesterday", 422, "invalid-field"),
        ("/api/v1/events?as_of=99999", 422, "invalid-field"),
        ("/api/v1/events?limit=1&limit=2", 422, "invalid-field"),
        ("/api/v1/events?kind=x", 400, "unknown-field"),
    ])
    func whatCannotBeRightIsSaid(path: String, status: Int, code: String) async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let viewer = try await log.token("vera", "viewer", by: administrator)
            let reply = try await log.get(path, as: viewer.secret)
            #expect(reply.status == status, "\(reply.text)")
            #expect(try reply.problem.code == code)
        }
    }

    @Test func aReaderOfTheirOwnWriteWaitsForTheReadModelsAndNotForEver() async throws {
        try await withServedLog(isProjecting: false) { log in
            let administrator = try await log.administrator()
            let viewer = try await log.token("vera", "viewer", by: administrator)
            let none: ListPage<EventResource> = try await log.get(
                "/api/v1/events", as: viewer.secret
            ).decode()
            #expect(none.data.isEmpty)
            #expect(none.position == 0)
            let reply = try await log.get("/api/v1/events?min_position=4", as: viewer.secret)
            #expect(reply.status == 503)
            #expect(reply.header("retry-after") == "1")
            #expect(try reply.problem.code == "unavailable")
        }
    }
}
