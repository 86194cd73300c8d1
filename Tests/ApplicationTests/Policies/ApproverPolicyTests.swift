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

    @Test("A risk owner has to be among them where a target is critical, and each approves as one")
    func roles() async throws {
        try await withHouse { house in
            let patch = try await house.signedOff()
            try await house.publish(
                #"{"patch":{"approver_roles":{"important":[{"role":"riskOwner","#
                    + #""criticality":"medium"},{"role":"incidentCommander","#
                    + #""criticality":"veryHigh"}]}}}"#, "account")
            _ = try await house.useCases.submit(
                patch.text, House.production, expiresInSeconds: nil, house.order(rita))
            #expect(try await house.patch(patch).approval?.roles == [.riskOwner])
            let approve = { (order: Order) in
                try await house.useCases.approve(
                    patch.text, digest: try await house.binding(of: patch), reason: "read", order)
            }
            // Holds both: the role that fewer people hold comes first.
            let both = person(12, .approver, .riskOwner)
            #expect(
                try await house.code(house.order(gustav), approve) == "not-allowed")
            #expect(
                try await house.code(house.order(both)) { order in
                    try await house.useCases.approve(
                        patch.text, digest: try await house.binding(of: patch), reason: "read",
                        as: "tester", order)
                } == "invalid role")
            #expect(
                try await house.code(house.order(peter)) { order in
                    try await house.useCases.approve(
                        patch.text, digest: try await house.binding(of: patch), reason: "read",
                        as: "riskOwner", order)
                } == "not-allowed")
            let order = house.order(both, key: "once")
            _ = try await approve(order)
            _ = try await approve(order)
            let approval = try #require(try await house.patch(patch).approval)
            #expect(approval.given.map(\.role) == ["riskOwner"], "once, though asked twice")
            #expect(approval.awaited == [.approver])
            let shown = try await house.useCases.show(
                .patch, patch.text, alice, Moment(minPosition: try await house.store.head()))
            let text = String(decoding: shown.document, as: UTF8.self)
            #expect(text.contains(#""awaited_roles":["approver"]"#), "\(text)")
            _ = try await approve(house.order(peter))
            #expect(try await house.patch(patch).state == .approved)
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
