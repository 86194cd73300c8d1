import APIContract
import Application
import EventSourcing
import Testing

/// I14: in which role somebody approves, over the wire.
@Suite(.timeLimit(.minutes(2))) struct PatchApprovalRouteTests {
    @Test func theRoleIsOneThatApprovesAndThatTheCallerHolds() async throws {
        try await withRiskPeople { log, people, _ in
            let patch = StreamID(
                prefix: "pa", .version7(at: Timestamp(seconds: 1_767_225_600), random: (0, 1)))
            func approve(_ role: String?, as token: String?) async throws -> ServedLog.Reply {
                let digest = String(repeating: "0", count: 64)
                let more = role.map { #","role":"\#($0)""# } ?? ""
                return try await log.post(
                    "/api/v1/patches/\(patch.text):approve",
                    #"{"digest":"\#(digest)","reason":"read"\#(more)}"#, as: token)
            }
            let other = try await approve("tester", as: people.owner)
            #expect(other.status == 422, "\(other.text)")
            #expect(try other.problem.errors.map(\.field) == ["role"])
            #expect(other.text.contains("riskOwner"))
            #expect(try await approve("approver", as: people.owner).status == 403)
            let nothing = try await approve("riskOwner", as: people.owner)
            #expect(nothing.status == 404, "\(nothing.text)")
        }
    }
}
