import APIContract
import Application
import EventSourcing
import Testing

/// How far the read models are, for whoever may read.
@Suite(.timeLimit(.minutes(2))) struct ProjectionTests {
    @Test func theReadModelsTellHowFarTheyAreAndWhatTheyLack() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let token = try await log.token("vera", "viewer", by: administrator).secret
            let page: ListPage<ProjectionResource> = try await log.get(
                "/api/v1/projections?state=live&min_position=4", as: token
            ).decode()
            let live = try #require(page.data.first)
            #expect(page.data.count == 1)
            #expect(live.position >= 4)
            #expect(live.parked == 0)
            let shown = try await log.get("/api/v1/projections/\(live.id)", as: token)
            #expect(try shown.decode(ProjectionResource.self).state == "live")
            let parked: ListPage<ParkedEventResource> = try await log.get(
                "/api/v1/projections/\(live.id)/parked", as: token
            ).decode()
            #expect(parked.data.isEmpty)
        }
    }

    @Test(arguments: [
        ("/api/v1/projections/99", 404), ("/api/v1/projections/x", 404),
        ("/api/v1/projections/99/parked", 404), ("/api/v1/projections?state=dead", 422),
        ("/api/v1/projections?as_of=1", 422), ("/api/v1/projections?limit=0", 422),
        ("/api/v1/projections?cursor=7", 422),
    ])
    func whatIsNotThereIsSaid(path: String, status: Int) async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            #expect(try await log.get(path).status == 401)
            #expect(try await log.get(path, as: administrator).status == status)
        }
    }
}
