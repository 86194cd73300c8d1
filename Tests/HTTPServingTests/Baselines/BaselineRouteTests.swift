import APIContract
import Application
import EventSourcing
import FoundationEssentials
import Testing

/// Baselines and drift over the wire.
@Suite(.timeLimit(.minutes(2))) struct BaselineRouteTests {
    @Test func aBaselineIsSetAndItsDriftCounted() async throws {
        try await withRiskPeople { log, people, asset in
            let body = """
                {"kind":"machine","scheme":"debian",\
                "standards":[{"name":"curl","version":"7.88.1-2"}]}
                """
            let set = try await log.post("/api/v1/baselines", body, as: people.analyst)
            #expect(set.status == 200, "\(set.text)")
            let id = try set.decode(Receipt.self).id
            let list: ListPage<BaselineResource> = try await log.get(
                "/api/v1/baselines?kind=machine", as: people.owner
            ).decode()
            #expect(list.data.map(\.id) == [id])
            for name in ["machine", id] {
                let drift: DriftResource = try await log.get(
                    "/api/v1/baselines/\(name)/drift?limit=10", as: people.owner
                ).decode()
                #expect(drift.assets == 0 && drift.assetsUnreported == 1)
                #expect(drift.baseline == id)
            }
            let unknown = try await log.get("/api/v1/baselines/router/drift", as: people.owner)
            #expect(unknown.status == 404)
            let bad = try await log.post(
                "/api/v1/baselines", body.replacing("debian", with: "slackware"),
                as: people.analyst)
            #expect(try bad.problem.errors.first?.field == "scheme")
            let limit = try await log.get(
                "/api/v1/baselines/machine/drift?limit=0", as: people.owner)
            #expect(limit.status == 422)
        }
    }
}
