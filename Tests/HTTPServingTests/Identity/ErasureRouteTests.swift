import APIContract
import Application
import EventSourcing
import Testing

/// Erasing somebody over the wire: what each refusal is told as, and what is shown afterwards.
@Suite(.timeLimit(.minutes(2))) struct ErasureRouteTests {
    private func body(_ person: String, _ reason: String = "by letter") -> String {
        #"{"person":"\#(person)","reason":"\#(reason)"}"#
    }

    @Test func eachRefusalIsNamedAndTwoPeopleAreAnswered() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let anna = try await log.token("anna", "analyst", by: administrator)
            let rolf = try await log.token("rolf", "riskOwner", by: administrator)
            let (ask, confirm) = ("/api/v1/erasures", "/api/v1/erasures:confirm")
            let refusals = [
                (ask, body("nobody"), administrator, 404, "not-found"),
                (ask, body("-x"), administrator, 422, "invalid-field"),
                (ask, body("anna", " "), administrator, 422, "reason-missing"),
                (ask, body("anna", "Anna left."), administrator, 422, "invalid-field"),
                (
                    ask, #"{"person":"anna","reason":"by letter","key_lost":true}"#, administrator,
                    422, "invalid-field"
                ),
                (ask, body("anna"), rolf.secret, 403, "not-allowed"),
                (confirm, body("anna"), anna.secret, 403, "not-allowed"),
                (confirm, body("anna"), rolf.secret, 409, "erasure-not-requested"),
            ]
            let head = try await log.useCases.store.head()
            for (path, body, token, status, code) in refusals {
                let reply = try await log.post(path, body, as: token)
                #expect(reply.status == status, "\(path) \(body): \(reply.text)")
                #expect(try reply.problem.code == code)
            }
            #expect(try await log.useCases.store.head() == head)

            // By the id as well as by the name; the same request is answered alike (I10).
            let asked = try await log.post(ask, body(anna.personId), as: administrator)
            #expect(asked.status == 200, "\(asked.text)")
            let own = try await log.post(confirm, body("anna"), as: administrator)
            #expect(own.status == 403)
            #expect(try own.problem.code == "requester-may-not-confirm")
            let first = try await log.post(confirm, body("anna"), as: rolf.secret, key: "k")
            let again = try await log.post(confirm, body("anna"), as: rolf.secret, key: "k")
            #expect(first.status == 200 && again.status == 200, "\(first.text)\(again.text)")
            #expect(again.body == first.body)
            let receipt: Receipt = try first.decode()
            #expect(receipt.state == "erased")

            #expect(try await log.get("/api/v1/me", as: anna.secret).status == 401)
            let page: ListPage<TokenResource> = try await log.get(
                "/api/v1/tokens?min_position=\(receipt.position)", as: administrator
            ).decode()
            let token = try #require(page.data.first { $0.id == anna.id })
            #expect(token.person == "(erased)" && token.state == "revoked")
            let late = try await log.post(confirm, body("anna"), as: rolf.secret)
            #expect(late.status == 409)
            #expect(try late.problem.code == "subject-erased")
        }
    }
}
