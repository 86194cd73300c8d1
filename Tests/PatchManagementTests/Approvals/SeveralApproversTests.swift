import EventSourcing
import JSON
import Support
import Testing

@testable import PatchManagement

/// I14: where a policy asks for it, several people approve, all of them distinct.
@Suite("Approval by several people")
struct SeveralApproversTests {
    private let pia = Actor(id: "pe_pia", role: "approver")
    private let quin = Actor(id: "pe_quin", role: "approver")

    private func waiting(for approvers: Int) throws -> PatchStory {
        var story = try PatchStory.tested()
        try story.tell(.signOff(evidence: story.patch.evidence?.digest ?? Digest(of: "")), by: sam)
        try story.tell(
            .submit(
                Sample.selector, targets: Sample.targets, expires: story.now + .seconds(86_400),
                need: ApprovalNeed(approvers: approvers)), by: rita)
        return story
    }

    @Test("One is enough where nothing else is asked for, and events look as they did")
    func one() throws {
        var story = try waiting(for: 1)
        let asked = try CanonicalJSON.encode(
            ApprovalRequested(
                binding: try #require(story.patch.approval).binding, digest: story.binding,
                expires: story.now, by: rita, covered: 0, approvers: nil))
        #expect(!String(decoding: asked, as: UTF8.self).contains("approvers"))
        try story.tell(.approve(binding: story.binding), by: paul)
        #expect(story.state == .approved)
    }

    @Test("Two have to be two people, and until then nothing may start")
    func two() throws {
        var story = try waiting(for: 2)
        let events = try story.tell(.approve(binding: story.binding), by: paul)
        #expect(events.map { type(of: $0.payload).type } == ["PatchApprovalGiven"])
        #expect(story.state == .awaitingApproval)
        #expect(!story.patch.mayStartRollout(at: story.now))
        let again = story.refusal(of: .approve(binding: story.binding), by: paul)
        #expect(again == .alreadyApproved("pe_paul", missing: 1))
        #expect(again?.kind == .notAllowed)
        for actor in [
            Actor(id: "pe_other", role: "approver", onBehalfOf: "pe_paul"),
            Actor(id: "pe_paul", role: "approver", onBehalfOf: "pe_other"),
        ] {
            #expect(
                story.refusal(of: .approve(binding: story.binding), by: actor)?.code
                    == "already-approved", "nor one for the other")
        }
        #expect(
            story.refusal(
                of: .approve(binding: story.binding), by: Actor(id: "pe_tom", role: "approver")
            )?.code == "tester-may-not-approve", "the second is barred as the first")
        try story.tell(.approve(binding: story.binding), by: pia)
        #expect(story.state == .approved)
        #expect(story.patch.mayStartRollout(at: story.now))
    }

    @Test("A change in between makes what was given void")
    func changed() throws {
        var story = try waiting(for: 2)
        try story.tell(.approve(binding: story.binding), by: paul)
        try story.tell(.assess(Sample.assessment(downtime: 600)), by: anna)
        #expect(story.state == .tested)
        try story.tell(.signOff(evidence: story.patch.evidence?.digest ?? Digest(of: "")), by: sam)
        try story.tell(
            .submit(
                Sample.selector, targets: Sample.targets, expires: story.now + .seconds(86_400),
                need: ApprovalNeed(approvers: 2)), by: rita)
        #expect(story.patch.approval?.given.isEmpty == true)
        try story.tell(.approve(binding: story.binding), by: paul)
        #expect(story.state == .awaitingApproval, "he may again, and is one of two")
    }

    @Test("A refusal by one ends it, whoever has approved; so does its time")
    func refused() throws {
        var story = try waiting(for: 3)
        try story.tell(.approve(binding: story.binding), by: paul)
        try story.tell(.approve(binding: story.binding), by: pia)
        #expect(story.state == .awaitingApproval)
        var other = story
        try other.tell(.reject(reason: "not this week"), by: quin)
        #expect(other.state == .rejected)
        story.now = story.now + .seconds(86_400)
        #expect(
            story.refusal(of: .approve(binding: story.binding), by: quin)?.code
                == "approval-expired")
    }

    @Test("The numbers are of each class, and one where nothing is said")
    func classes() throws {
        #expect(RiskClass.allCases.allSatisfy { PatchPolicy().approvers(of: $0) == 1 })
        let book = PolicyBook([
            EffectivePolicyTests.published(
                .account, [.approversUrgent: .integer(2), .approversNonCritical: .integer(1)]),
            EffectivePolicyTests.published(.site("berlin"), [.approversImportant: .integer(3)]),
        ])
        let here = book.effective(for: PolicyPath(site: "berlin")).patch
        #expect(
            [RiskClass.urgent, .important, .nonCritical].map { here.approvers(of: $0) }
                == [2, 3, 1])
        #expect(book.effective(for: PolicyPath()).patch.approvers(of: .important) == 1)
        for wrong in [0, 6] {
            let document = PolicyDocument([.approversUrgent: .integer(Int64(wrong))])
            #expect(document.faults.map(\.field) == ["patch.approvers.urgent"])
        }
    }
}
