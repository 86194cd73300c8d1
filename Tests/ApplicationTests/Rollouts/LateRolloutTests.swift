import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("A rollout that ends after the deadline of what it mends", .timeLimit(.minutes(3)))
struct LateRolloutTests {
    @Test("It is held until a risk owner who is none of its makers knows of the miss")
    func held() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            try await house.exposed()
            let patch = try await useCases.identify(House.identification, house.order(alice)).id
            let approved = try await house.approved(identified: patch)
            // The findings are due in 14 or 30 days; a canary that soaks for longer is too late.
            var request = house.request(approved)
            request.soakSeconds = 40 * 86_400
            let planned = try await useCases.plan(request, house.order(rita))
            #expect(planned.plan.lateness != nil)
            _ = try await house.schedule(planned)
            let (id, digest) = (planned.plan.rollout.text, planned.digest.description)
            func start() async throws -> String {
                try await house.code(house.order(rita)) {
                    try await useCases.startRollout(id, $0)
                }
            }
            #expect(try await start() == "ends-too-late")
            let maker = Caller(person: rita.person, roles: [.riskOwner])
            for (caller, digest, code) in [
                (peter, digest, "not-allowed"), (maker, digest, "releaser-may-not-acknowledge"),
                (rolf, Digest(of: "x").description, "stale-plan"),
            ] {
                #expect(
                    try await house.code(house.order(caller)) {
                        try await useCases.acknowledgeMiss(id, digest: digest, reason: "r", $0)
                    } == code)
            }
            #expect(try await start() == "ends-too-late")
            _ = try await useCases.acknowledgeMiss(
                id, digest: digest, reason: "the vendor was late", house.order(rolf))
            #expect(
                try await house.rollout(planned.plan.rollout).missAcknowledgedBy == rolf.person.text
            )
            _ = try await useCases.startRollout(id, house.order(rita))
            #expect(try await house.rollout(planned.plan.rollout).batch == 0)
        }
    }
}

@Suite("Acknowledging a miss")
struct MissTests {
    @Test("What is in time needs no word, and an emergency has its own")
    func inTime() async throws {
        try await withHouse { house in
            let planned = try await house.scheduled()
            let (id, digest) = (planned.plan.rollout.text, planned.digest.description)
            #expect(
                try await house.code(house.order(rolf)) {
                    try await house.useCases.acknowledgeMiss(id, digest: digest, reason: "r", $0)
                } == "ends-in-time")
            _ = try await house.useCases.startRollout(id, house.order(rita))
        }
    }
}
