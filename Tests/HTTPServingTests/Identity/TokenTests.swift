import APIContract
import Application
import EventSourcing
import Testing

/// Tokens: who may make them, what is kept of them.
@Suite(.timeLimit(.minutes(2))) struct TokenTests {
    @Test func theSecretIsShownOnceAndOnlyItsDigestIsStored() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let body = #"{"person":"anna","roles":["analyst","tester"],"expires_in_seconds":60}"#
            let first = try await log.post(
                "/api/v1/tokens", body, as: administrator, key: "the-same")
            #expect(first.status == 201)
            let token: TokenResource = try first.decode()
            #expect(token.roles == ["analyst", "tester"])
            let secret = try #require(token.secret)
            #expect(secret.hasPrefix(token.prefix))

            // I10: the same key is the same token, whose secret is nowhere by now.
            let second: TokenResource = try await log.post(
                "/api/v1/tokens", body, as: administrator, key: "the-same"
            ).decode()
            #expect(second.id == token.id)
            #expect(second.expiresAt == token.expiresAt)
            #expect(second.secret == nil)

            let other = try await log.post(
                "/api/v1/tokens", body.replacing("60", with: "61"), as: administrator,
                key: "the-same")
            #expect(other.status == 409)
            #expect(try other.problem.code == "idempotency-conflict")

            for event in try await log.useCases.store.read(after: 0, limit: 100) {
                let data = String(decoding: event.data, as: UTF8.self)
                #expect(!data.contains(secret))
                #expect(!data.contains(administrator))
            }
        }
    }

    @Test(arguments: [
        (#"{"person":"-x","roles":["viewer"],"expires_in_seconds":60}"#, "person"),
        (#"{"person":"x; rm","roles":["viewer"],"expires_in_seconds":60}"#, "person"),
        (#"{"person":"x","roles":["root"],"expires_in_seconds":60}"#, "roles"),
        (#"{"person":"x","roles":["viewer","workflow"],"expires_in_seconds":60}"#, "roles"),
        (#"{"person":"x","roles":["viewer"],"expires_in_seconds":0}"#, "expires_in_seconds"),
        (#"{"person":"x","roles":["viewer"],"expires_in_seconds":1e12}"#, "expires_in_seconds"),
    ])
    func aWrongFieldIsNamedAndNothingIsWritten(body: String, field: String) async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let before = try await log.useCases.store.head()
            let reply = try await log.post("/api/v1/tokens", body, as: administrator)
            #expect(reply.status == 422, "\(reply.text)")
            #expect(try reply.problem.errors.map(\.field) == [field])
            #expect(try await log.useCases.store.head() == before)
        }
    }

    @Test func nobodyGrantsRolesToOneselfOrNoneAtAll() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let before = try await log.useCases.store.head()
            let own = try await log.post(
                "/api/v1/tokens",
                #"{"person":"administrator","roles":["approver"],"expires_in_seconds":60}"#,
                as: administrator)
            #expect(own.status == 403)
            #expect(try own.problem.code == "may-not-grant-to-self")
            let none = try await log.post(
                "/api/v1/tokens", #"{"person":"x","roles":[],"expires_in_seconds":60}"#,
                as: administrator)
            #expect(none.status == 422)
            #expect(try none.problem.code == "token-without-roles")
            #expect(try await log.useCases.store.head() == before)

            let analyst = try await log.token("anna", "analyst", by: administrator)
            let reply = try await log.post(
                "/api/v1/tokens", #"{"person":"x","roles":["viewer"],"expires_in_seconds":60}"#,
                as: analyst.secret)
            #expect(reply.status == 403)
        }
    }

    @Test func aChangeBasedOnAnOlderVersionIsRefusedButNotTheSameRequestAgain() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let token = try await log.token("anna", "analyst", by: administrator)
            let path = "/api/v1/tokens/\(token.id):revoke"
            let body = #"{"reason":"lost"}"#
            let stale = try await log.post(path, body, as: administrator, ifMatch: "\"1\"")
            #expect(stale.status == 412)
            #expect(try stale.problem.code == "version-conflict")
            let first = try await log.post(
                path, body, as: administrator, key: "k", ifMatch: "\"2\"")
            #expect(first.status == 200)
            #expect(first.header("etag") == "\"3\"")
            // I10: its answer was lost; by now the version is another one because of itself.
            let again = try await log.post(
                path, body, as: administrator, key: "k", ifMatch: "\"2\"")
            #expect(again.status == 200)
            #expect(again.body == first.body)
            let empty = try await log.post(path, #"{"reason":" "}"#, as: administrator)
            #expect(empty.status == 422)
            #expect(try empty.problem.code == "reason-missing")
        }
    }

    @Test func tokensAreListedByTheirStateNow() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let short = try await log.token("anna", "analyst", by: administrator)
            let gone = try await log.token("anna", "analyst", by: administrator)
            let receipt: Receipt = try await log.post(
                "/api/v1/tokens/\(gone.id):revoke", #"{"reason":"lost"}"#, as: administrator
            ).decode()
            let path = "/api/v1/tokens?min_position=\(receipt.position)"
            let page: ListPage<TokenResource> = try await log.get(path, as: administrator).decode()
            let states = Dictionary(uniqueKeysWithValues: page.data.map { ($0.id, $0.state) })
            #expect(states[short.id] == "active")
            #expect(states[gone.id] == "revoked")
            #expect(states.count == 3)
            log.clock.advance(by: .seconds(3601))
            let later: ListPage<TokenResource> = try await log.get(path, as: administrator)
                .decode()
            #expect(later.data.first { $0.id == short.id }?.state == "expired")
            #expect(later.data.allSatisfy { $0.secret == nil })
            let unknown = try await log.post(
                "/api/v1/tokens/to_00000000-0000-4000-8000-000000000000:revoke",
                #"{"reason":"lost"}"#, as: administrator)
            #expect(unknown.status == 404)
        }
    }
}
