import APIContract
import Application
import EventSourcing
import FoundationEssentials
import Testing

/// Exceptions over the wire: asked for, granted by another, listed with their ends.
@Suite(.timeLimit(.minutes(2))) struct ExceptionRouteTests {
    private func request(_ asset: String, until: String, more: String = "") -> String {
        #"{"kind":"acceptRisk","scope":{"assets":["\#(asset)"]},"until":"\#(until)","#
            + #""reason":"slow vendor"\#(more)}"#
    }

    @Test func itIsRequestedShownGrantedAndRevoked() async throws {
        try await withRiskPeople { log, people, asset in
            let end = log.end()
            let body = request(asset, until: end)
            let made = try await log.post("/api/v1/exceptions", body, as: people.analyst, key: "k")
            #expect(made.status == 201, "\(made.text)")
            let receipt: Receipt = try made.decode()
            #expect(made.header("location") == "/api/v1/exceptions/\(receipt.id)")
            let again = try await log.post("/api/v1/exceptions", body, as: people.analyst, key: "k")
            #expect(try again.decode(Receipt.self).id == receipt.id)

            let path = "/api/v1/exceptions/\(receipt.id)"
            let shown: ExceptionResource = try await log.get(
                "\(path)?min_position=\(receipt.position)", as: people.owner
            ).decode()
            #expect(shown.state == "requested" && shown.until == end)
            let grant = #"{"digest":"\#(shown.digest)","restart":"restarts","reason":"read"}"#
            let own = try await log.post("\(path):approve", grant, as: people.analyst)
            #expect(own.status == 403)
            let granted = try await log.post("\(path):approve", grant, as: people.owner)
            #expect(granted.status == 200, "\(granted.text)")
            #expect(try granted.decode(Receipt.self).state == "granted")
            let late = try await log.post(
                "\(path):deny", #"{"reason":"no"}"#, as: people.owner)
            #expect(late.status == 409)
            #expect(try late.problem.code == "wrong-state")

            let live: ListPage<ExceptionResource> = try await log.get(
                "/api/v1/exceptions?state=granted&kind=acceptRisk&is_forgotten=false",
                as: people.owner
            ).decode()
            #expect(live.data.map(\.id) == [receipt.id])
            #expect(live.data[0].decision?.restart == "restarts")
            let revoked = try await log.post(
                "\(path):revoke", #"{"reason":"exploited"}"#, as: people.owner)
            #expect(try revoked.decode(Receipt.self).state == "revoked")
            let then: ExceptionResource = try await log.get(
                "\(path)?as_of=\(receipt.position)", as: people.owner
            ).decode()
            #expect(then == shown)
        }
    }

    @Test func whatCannotBeMeantIsRefusedByItsField() async throws {
        try await withRiskPeople { log, people, asset in
            let head = try await log.useCases.store.head()
            let end = log.end()
            let nobody = "as_00000000-0000-4000-8000-000000000000"
            for (body, status, field) in [
                (request(asset, until: "tomorrow"), 422, "until"),
                (request("web1", until: end), 422, "scope.assets"),
                (request(nobody, until: end), 422, "scope.assets"),
                (request(asset, until: end, more: #","control":"x""#), 422, "control"),
                (request(asset, until: end, more: #","colour":"red""#), 400, "colour"),
                (
                    request(asset, until: end).replacing("acceptRisk", with: "ignore"), 422,
                    "kind"
                ),
            ] {
                let reply = try await log.post("/api/v1/exceptions", body, as: people.analyst)
                #expect(reply.status == status, "\(reply.text)")
                #expect(try reply.problem.errors.first?.field == field)
            }
            let past = try await log.post(
                "/api/v1/exceptions", request(asset, until: "2020-01-01T00:00:00Z"),
                as: people.analyst)
            #expect(try past.problem.code == "end-out-of-range")
            let keyless = try await log.post(
                "/api/v1/exceptions", request(asset, until: end), as: people.analyst, key: nil)
            #expect(keyless.status == 400)
            let filter = try await log.get("/api/v1/exceptions?state=live", as: people.owner)
            #expect(filter.status == 422)
            #expect(try await log.useCases.store.head() == head)
        }
    }
}
