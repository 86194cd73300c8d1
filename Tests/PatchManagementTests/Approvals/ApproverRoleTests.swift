import EventSourcing
import JSON
import Support
import Testing

@testable import PatchManagement

/// I14: where a policy asks for it, other roles are among those who approve, in people of their own.
@Suite("Approval in roles that a policy asks for")
struct ApproverRoleTests {
    private let pia = Actor(id: "pe_pia", role: "approver")
    private let risk = Actor(id: "pe_ruth", role: "riskOwner")

    private func waiting(for need: ApprovalNeed) throws -> PatchStory {
        var story = try PatchStory.tested()
        try story.tell(.signOff(evidence: story.patch.evidence?.digest ?? Digest(of: "")), by: sam)
        try story.tell(
            .submit(
                Sample.selector, targets: Sample.targets, expires: story.now + .seconds(86_400),
                need: need), by: rita)
        return story
    }

    @Test("One approver and one risk owner, in either order, and neither alone")
    func both() throws {
        for order in [[paul, risk], [risk, paul]] {
            var story = try waiting(for: ApprovalNeed(roles: [.riskOwner]))
            #expect(story.patch.approval?.awaited == [.riskOwner, .approver])
            try story.tell(.approve(binding: story.binding), by: order[0])
            #expect(story.state == .awaitingApproval)
            #expect(!story.patch.mayStartRollout(at: story.now))
            #expect(story.patch.approval?.awaited.map(\.rawValue) == [order[1].role])
            try story.tell(.approve(binding: story.binding), by: order[1])
            #expect(story.state == .approved)
        }
    }

    @Test("A second person in the same role doesn't stand in for the other role")
    func sameRole() throws {
        var story = try waiting(for: ApprovalNeed(roles: [.riskOwner]))
        try story.tell(.approve(binding: story.binding), by: paul)
        let refusal = story.refusal(of: .approve(binding: story.binding), by: pia)
        #expect(refusal == .otherRoleAwaited(.approver, [.riskOwner]))
        #expect(refusal?.kind == .notAllowed)
        #expect(refusal?.message.contains("waits for somebody as riskOwner") == true)
        let twice = story.refusal(
            of: .approve(binding: story.binding), by: Actor(id: "pe_paul", role: "riskOwner"))
        #expect(twice?.code == "already-approved", "nor the same person in both roles")
    }

    @Test("Whom a policy asks for may reject what waits; a role that nobody asks for may not")
    func rejection() throws {
        let asked = try waiting(for: ApprovalNeed(roles: [.riskOwner]))
        #expect(asked.refusal(of: .reject(reason: "not now"), by: risk) == nil)
        let unasked = try waiting(for: ApprovalNeed())
        #expect(
            unasked.refusal(of: .reject(reason: "not now"), by: risk)?.code
                == "approver-role-needed")
        #expect(unasked.refusal(of: .reject(reason: "not now"), by: paul) == nil)
    }

    @Test("Who tested or asked for it is barred in every role; a role that nobody asks for is none")
    func barred() throws {
        let story = try waiting(for: ApprovalNeed(roles: [.riskOwner]))
        #expect(
            story.refusal(
                of: .approve(binding: story.binding), by: Actor(id: "pe_tom", role: "riskOwner")
            )?.code == "tester-may-not-approve")
        #expect(
            story.refusal(
                of: .approve(binding: story.binding), by: Actor(id: "pe_x", role: "assetOwner"))
                == .approverRoleNeeded("assetOwner"))
        let plain = try waiting(for: ApprovalNeed())
        #expect(
            plain.refusal(of: .approve(binding: plain.binding), by: risk)
                == .approverRoleNeeded("riskOwner"))
    }

    @Test("What is asked for goes by class, scope and how critical the targets are")
    func policy() throws {
        let onCritical = JSONValue.array([
            .object(["role": .string("riskOwner"), "criticality": .string("high")]),
            .object(["role": .string("assetOwner")]),
        ])
        let book = PolicyBook([
            EffectivePolicyTests.published(
                .account, [.approverRolesUrgent: onCritical, .approversUrgent: .integer(2)]),
            EffectivePolicyTests.published(.site("lab"), [.approverRolesUrgent: .array([])]),
        ])
        let here = book.effective(for: PolicyPath(site: "berlin")).patch
        #expect(
            here.approval(of: .urgent, for: .veryHigh)
                == ApprovalNeed(approvers: 2, roles: [.assetOwner, .riskOwner]))
        #expect(
            here.approval(of: .urgent, for: .medium)
                == ApprovalNeed(approvers: 2, roles: [.assetOwner]))
        #expect(here.approval(of: .important, for: .veryHigh) == ApprovalNeed())
        let lab = book.effective(for: PolicyPath(site: "lab")).patch
        #expect(lab.approval(of: .urgent, for: .veryHigh) == ApprovalNeed(approvers: 2))
        #expect(
            ApprovalNeed(approvers: 3).union(ApprovalNeed(roles: [.riskOwner]))
                == ApprovalNeed(approvers: 3, roles: [.riskOwner]))
    }

    @Test(
        "A list that can't be is refused with the field",
        arguments: [
            #"[{"role": "approver"}]"#, #"[{"role": "tester"}]"#,
            #"[{"role": "riskOwner", "x": 1}]"#,
            #"[{"role": "riskOwner"}, {"role": "riskOwner"}]"#, #"["riskOwner"]"#, #""riskOwner""#,
            #"[{"role": "riskOwner", "criticality": "extreme"}]"#, #"[{"criticality": "high"}]"#,
        ])
    func refused(_ text: String) throws {
        let value = try CanonicalJSON.decode(JSONValue.self, from: Array(text.utf8))
        let document = PolicyDocument([.approverRolesUrgent: value])
        #expect(document.faults.map(\.field) == ["patch.approver_roles.urgent"])
        #expect(document.faults.first?.rule.contains("each role once") == true)
    }

    @Test("Where nothing is asked for, events and policies look as they did")
    func unchanged() throws {
        let patch = PolicyBook().effective(for: PolicyPath()).patch
        #expect(patch.approverRoles == nil)
        let stored = String(decoding: try CanonicalJSON.encode(patch), as: UTF8.self)
        #expect(!stored.contains("approver"))
        let story = try waiting(for: ApprovalNeed())
        let asked = try CanonicalJSON.encode(
            ApprovalRequested(
                binding: try #require(story.patch.approval).binding, digest: story.binding,
                expires: story.now, by: rita, covered: 0))
        #expect(!String(decoding: asked, as: UTF8.self).contains("roles"))
    }
}
