import APIContract
import Application
import EventSourcing
import Testing

/// Who is let in, and with which roles.
@Suite(.timeLimit(.minutes(2))) struct SigningInTests {
    @Test func whoeverHasNoGoodTokenIsRefusedBeforeAnythingElse() async throws {
        try await withServedLog { log in
            let secret = try await log.administrator()
            var forged = secret
            forged.replaceSubrange(
                forged.index(
                    forged.startIndex, offsetBy: 10)...forged.index(
                        forged.startIndex, offsetBy: 10),
                with: secret.dropFirst(10).first == "0" ? "1" : "0")
            for token in [nil, "pf_x", forged, secret.uppercased()] {
                let read = try await log.get("/api/v1/assets?nonsense=1", as: token)
                #expect(read.status == 401)
                #expect(read.header("www-authenticate") == "Bearer")
                #expect(read.header("content-type") == "application/problem+json")
                let problem = try read.problem
                #expect(problem.code == "not-signed-in")
                #expect(problem.requestId == read.header("x-request-id"))
                let write = try await log.post("/api/v1/tokens", "{", as: token)
                #expect(write.status == 401)
            }
        }
    }

    @Test func theAdministratorIsMadeOnceAndItsTokenWorks() async throws {
        try await withServedLog { log in
            let secret = try await log.administrator()
            #expect(try await log.useCases.installAdministrator() == nil)
            let me: MeResource = try await log.get("/api/v1/me", as: secret).decode()
            #expect(me.person == "administrator")
            #expect(me.roles == ["administrator"])
            let second = try await log.useCases.installAdministrator(again: true)
            let reply = try await log.get("/api/v1/me", as: second)
            #expect(reply.status == 200)
            #expect(try await log.get("/api/v1/me", as: secret).status == 200)
        }
    }

    @Test func ofSeveralProcessesOneMakesTheAdministrator() async throws {
        try await withServedLog { log in
            let secrets = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<6 {
                    group.addTask { try await log.useCases.installAdministrator() }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let made = secrets.compactMap { $0 }
            #expect(made.count == 1)
            #expect(try await log.get("/api/v1/me", as: made.first).status == 200)
        }
    }

    @Test func aTokenThatHasExpiredOrWasRevokedIsRefusedOnTheNextRequest() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let viewer = try await log.token("vera", "viewer", by: administrator)
            #expect(try await log.get("/api/v1/events", as: viewer.secret).status == 200)

            let other = try await log.token("otto", "viewer", by: administrator)
            let revoked = try await log.post(
                "/api/v1/tokens/\(other.id):revoke", #"{"reason":"lost"}"#, as: administrator)
            #expect(revoked.status == 200, "\(revoked.text)")
            let refused = try await log.get("/api/v1/events", as: other.secret)
            #expect(refused.status == 401)
            #expect(try refused.problem.detail.contains("revoked"))
            #expect(try await log.get("/api/v1/events", as: viewer.secret).status == 200)

            log.clock.advance(by: .seconds(3601))
            let late = try await log.get("/api/v1/events", as: viewer.secret)
            #expect(late.status == 401)
            #expect(try late.problem.detail.contains("expired"))
        }
    }

    @Test func whoLacksTheRoleIsToldWhichOneItTakes() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let viewer = try await log.token("vera", "viewer", by: administrator)
            let reply = try await log.post(
                "/api/v1/assets:import", #"{"format":"ini","text":"web1"}"#, as: viewer.secret)
            #expect(reply.status == 403)
            let problem = try reply.problem
            #expect(problem.code == "not-allowed")
            #expect(problem.detail.contains("releaseManager"))
            #expect(try await log.useCases.store.head() == 4)
        }
    }
}
