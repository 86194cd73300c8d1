import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("How many people approve is for the policy of the targets to say", .timeLimit(.minutes(3)))
struct ApproverPolicyTests {
    @Test("The strictest policy of the targets counts, and two people have to be two")
    func strictest() async throws {
        try await withHouse { house in
            let patch = try await house.signedOff()
            try await house.publish(
                #"{"patch":{"approvers":{"urgent":3,"important":2}}}"#,
                "asset:\(House.asset("web-3"))")
            _ = try await house.useCases.submit(
                patch.text, House.production, expiresInSeconds: nil, house.order(rita))
            #expect(try await house.patch(patch).approval?.needed == 2, "it is important")
            let approve = { (order: Order) in
                try await house.useCases.approve(
                    patch.text, digest: try await house.binding(of: patch), reason: "read", order)
            }
            _ = try await approve(house.order(peter))
            #expect(try await house.patch(patch).state == .awaitingApproval)
            #expect(try await house.code(house.order(peter), approve) == "already-approved")
            let shown = try await house.useCases.show(
                .patch, patch.text, alice,
                Moment(minPosition: try await house.store.head()))
            let text = String(decoding: shown.document, as: UTF8.self)
            #expect(text.contains(#""approversNeeded":2"#) || text.contains("approvers_needed"))
            #expect(text.contains(peter.person.text))
        }
    }

    @Test("Where no target's policy asks for more, one is enough")
    func one() async throws {
        try await withHouse { house in
            try await house.publish(#"{"patch":{"approvers":{"important":2}}}"#, "site:elsewhere")
            let patch = try await house.approved()
            #expect(try await house.patch(patch).state == .approved)
        }
    }
}
