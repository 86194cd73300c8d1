import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

@Suite("Standing approvals stand in for a person, and stop", .timeLimit(.minutes(3)))
struct StandingApprovalUseTests {
    private let petra = person(23, .approver)
    private let pavel = person(24, .approver)

    private func granted(
        _ house: House, by one: Caller? = nil, _ two: Caller? = nil
    ) async throws -> StreamID {
        let terms = StandingTerms(
            riskClass: .important, product: "curl",
            selector: TargetSelector(environments: [.production]),
            until: house.clock.now + .seconds(30 * 86_400), reason: "it is mended every week")
        let standing = try await house.useCases.proposeStandingApproval(
            terms, house.order(one ?? petra)
        ).id
        _ = try await house.useCases.grantStandingApproval(
            standing.text, digest: terms.digest.description, reason: "read",
            house.order(two ?? pavel))
        return standing
    }

    private func allow(_ house: House) async throws {
        try await house.publish(#"{"patch":{"standing":{"important":true}}}"#, "account")
    }

    @Test("I14: it approves what fits; its revocation stops the next start at once")
    func life() async throws {
        try await withHouse { house in
            try await allow(house)
            let standing = try await granted(house)
            let patch = try await house.submitted()
            let digest = try await house.binding(of: patch)
            let use = { (order: Order) in
                try await house.useCases.approve(
                    patch.text, byStanding: standing.text, digest: digest, reason: "as agreed",
                    order)
            }
            #expect(try await house.code(house.order(peter), use) == "not-allowed")
            #expect(try await house.code(house.order(anton), use) == "not-allowed")
            let order = house.order(rita)
            let first = try await use(order)
            #expect(first.state == "approved")
            #expect(try await use(order) == first, "I10: asked again, it answers the same")
            let approval = try #require(try await house.patch(patch).approval)
            #expect(approval.standing?.standing == standing)
            #expect(
                approval.standing?.people.map(\.id) == [petra.person.text, pavel.person.text])
            let held = try await house.bus.state(of: standing, as: StandingApprovalDecider.self)
            #expect(held.state.patches == [patch])

            let planned = try await house.schedule(
                try await house.useCases.plan(house.request(patch), house.order(rita)))
            _ = try await house.useCases.revokeStandingApproval(
                standing.text, reason: "it broke", house.order(rolf))
            // At once, whether or not the coordinator has told the patch yet.
            let code = try await house.code(house.order(rita)) {
                try await house.useCases.startRollout(planned.plan.rollout.text, $0)
            }
            #expect(code == "wrong-state")
            try await house.wait("the patch to lose its approval") {
                try await house.patch(patch).decision == .approvalRevoked
            }
        }
    }

    @Test("Whoever signed the test off did not approve it beforehand")
    func excluded() async throws {
        try await withHouse { house in
            try await allow(house)
            let tester = Caller(person: alice.person, roles: [.approver])
            let standing = try await granted(house, by: tester, pavel)
            let patch = try await house.submitted()
            let digest = try await house.binding(of: patch)
            let code = try await house.code(house.order(rita)) {
                try await house.useCases.approve(
                    patch.text, byStanding: standing.text, digest: digest, reason: "as agreed", $0)
            }
            #expect(code == "tester-may-not-approve")
            let held = try await house.bus.state(of: standing, as: StandingApprovalDecider.self)
            #expect(held.state.patches.isEmpty, "a refusal leaves no use behind")
        }
    }

    @Test("A policy that no longer allows the class ends its use")
    func policy() async throws {
        try await withHouse { house in
            try await allow(house)
            let standing = try await granted(house)
            let patch = try await house.submitted()
            try await house.publish(
                #"{"patch":{"standing":{"important":false}}}"#, "asset:\(House.web[0])")
            let digest = try await house.binding(of: patch)
            let code = try await house.code(house.order(rita)) {
                try await house.useCases.approve(
                    patch.text, byStanding: standing.text, digest: digest, reason: "as agreed", $0)
            }
            #expect(code == "standing-not-allowed")
        }
    }

    @Test("Many at once: each is decided on its own, and asked again answers the same")
    func bulk() async throws {
        try await withHouse { house in
            let patch = try await house.submitted()
            let digest = try await house.binding(of: patch)
            let items = [
                ApprovalItem(id: patch.text, digest: digest),
                ApprovalItem(id: "ro_00000000-0000-4000-8000-000000000000", digest: digest),
            ]
            for caller in [Caller(person: rita.person, roles: [.approver]), olga] {
                let answers = try await house.useCases.approve(
                    items, reason: "read", house.order(caller))
                let isApproved = caller.person != rita.person
                for (place, answer) in answers.enumerated() {
                    switch answer.outcome {
                    case .success: #expect(place == 0 && isApproved)
                    case .failure: #expect(place == 1 || !isApproved)
                    }
                }
            }
            #expect(try await house.patch(patch).state == .approved)
            let order = house.order(peter)
            let late = try await house.useCases.approve(items, reason: "read", order)
            #expect(late.count == 2)
            guard case .failure(let error) = late[0].outcome else {
                Issue.record("it was approved twice")
                return
            }
            #expect((error as? PatchRejection)?.code == "wrong-state")
        }
    }
}
