import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Approval: distinct people, exactly what was seen, in time")
struct ApprovalTests {
    private func approver(_ id: String, for other: String? = nil) -> Actor {
        Actor(id: id, role: "approver", onBehalfOf: other)
    }

    @Test(
        "I14: requester, tester, security tester and last editor may not approve, whatever role they use",
        arguments: [
            ("pe_rita", "requester-may-not-approve"), ("pe_tom", "tester-may-not-approve"),
            ("pe_sam", "security-tester-may-not-approve"),
            ("pe_anna", "last-editor-may-not-approve"),
        ])
    func barred(_ person: String, _ code: String) throws {
        let story = try PatchStory.awaitingApproval()
        let approve = PatchCommand.approve(binding: story.binding)
        let refusal = story.refusal(of: approve, by: approver(person))
        #expect(refusal?.code == code)
        #expect(refusal?.kind == .notAllowed)
        #expect(
            story.refusal(of: approve, by: approver("pe_other", for: person))?.code == code,
            "nor somebody else on their behalf")
        #expect(
            story.refusal(of: approve, by: approver(person, for: "pe_other"))?.code == code,
            "nor they on somebody else's")
    }

    @Test("I14: only the role approver approves; an administrator's or a service's does not")
    func roles() throws {
        let story = try PatchStory.awaitingApproval()
        for role in Role.allCases where role != .approver {
            let actor = Actor(id: "pe_new", role: role.rawValue)
            #expect(
                story.refusal(of: .approve(binding: story.binding), by: actor)
                    == .approverRoleNeeded(role.rawValue))
        }
        #expect(story.refusal(of: .approve(binding: story.binding), by: paul) == nil)
    }

    @Test("I14: who did the work for somebody else bars both")
    func onBehalf() throws {
        var story = try PatchStory.tested()
        let evidence = try #require(story.patch.evidence)
        try story.tell(
            .signOff(evidence: evidence.digest),
            by: Actor(id: "pe_sam", role: "securityTester", onBehalfOf: "pe_olga"))
        try story.tell(
            .submit(
                Sample.selector, targets: Sample.targets, expires: story.now + .seconds(86_400)),
            by: rita)
        #expect(
            story.refusal(of: .approve(binding: story.binding), by: approver("pe_olga"))?.code
                == "security-tester-may-not-approve")
    }

    @Test("I14: an edit by the approver bars him; an edit by another makes way for the first")
    func lastEditor() throws {
        var story = try PatchStory.tested()
        try story.tell(
            .assess(Sample.assessment(downtime: 6)), by: Actor(id: "pe_paul", role: "analyst"))
        try story.signOffAndSubmit()
        #expect(
            story.refusal(of: .approve(binding: story.binding), by: paul)?.code
                == "last-editor-may-not-approve")
        #expect(story.refusal(of: .approve(binding: story.binding), by: approver("pe_anna")) == nil)
    }

    @Test("I14: an approval of what was seen before a change is stale")
    func staleBinding() throws {
        var story = try PatchStory.awaitingApproval()
        let seen = story.binding
        try story.tell(.assess(Sample.assessment(downtime: 600)), by: anna)
        #expect(story.state == .tested, "the request fell")
        #expect(story.refusal(of: .approve(binding: seen), by: paul)?.code == "wrong-state")
        try story.signOffAndSubmit()
        #expect(story.binding != seen)
        let refusal = story.refusal(of: .approve(binding: seen), by: paul)
        #expect(refusal == .staleBinding(given: seen, current: story.binding))
        #expect(refusal?.kind == .stale)
    }

    @Test("I14: artefact, evidence, assessment, selector and targets are each bound")
    func binding() throws {
        let story = try PatchStory.awaitingApproval()
        let bound = try #require(story.patch.approval?.binding)
        let other = Digest(of: "other")
        func changed(
            artefact: Digest? = nil, evidence: Digest? = nil, assessment: Digest? = nil,
            selector: TargetSelector? = nil, targets: ApplicableAssets? = nil
        ) -> Digest {
            ApprovalBinding(
                patch: bound.patch, artefact: artefact ?? bound.artefact,
                evidence: evidence ?? bound.evidence, assessment: assessment ?? bound.assessment,
                selector: selector ?? bound.selector, targets: targets ?? bound.targets
            ).digest
        }
        #expect(changed() == bound.digest)
        let variants = [
            changed(artefact: other), changed(evidence: other), changed(assessment: other),
            changed(selector: TargetSelector(environments: [.staging])),
            changed(
                selector: TargetSelector(environments: [.production], includesLaterAssets: true)),
            changed(targets: ApplicableAssets([(production(1), debian12)])),
        ]
        #expect(Set(variants + [bound.digest]).count == variants.count + 1)
        for digest in variants {
            #expect(
                story.refusal(of: .approve(binding: digest), by: paul)?.code == "stale-approval")
        }
    }

    @Test("Checks that changed, or a platform that was not tested, void the evidence")
    func evidenceFalls() throws {
        let checks = VerificationChecks(packages: ["curl"], services: [], command: nil)
        let wider = ApplicableAssets([(production(1), debian12), (production(2), debian13)])
        for assessment in [Sample.assessment(checks: checks), Sample.assessment(targets: wider)] {
            var story = try PatchStory.awaitingApproval()
            try story.tell(.assess(assessment), by: anna)
            #expect(story.state == .acquired)
            #expect(story.patch.evidence == nil)
        }
    }

    @Test("Targets on a platform that the tests did not cover can't be submitted")
    func uncovered() throws {
        var story = try PatchStory.tested()
        try story.tell(.signOff(evidence: try #require(story.patch.evidence).digest), by: sam)
        let wider = ApplicableAssets([(production(1), debian12), (production(2), debian13)])
        let expires = story.now + .seconds(86_400)
        #expect(
            story.refusal(of: .submit(Sample.selector, targets: wider, expires: expires), by: rita)
                == .targetsNotCovered([debian13]))
    }

    @Test("A sign-off is for the evidence that was looked at")
    func signOff() throws {
        let story = try PatchStory.tested()
        #expect(
            story.refusal(of: .signOff(evidence: Digest(of: "other")), by: sam)?.code
                == "stale-evidence")
    }

    @Test("I14: evidence that is too old carries no sign-off, no request and no approval")
    func evidenceAge() throws {
        let age = Duration.seconds(PatchPolicy().evidenceSeconds)
        var story = try PatchStory.tested()
        let digest = try #require(story.patch.evidence).digest
        story.pass(age)
        #expect(story.refusal(of: .signOff(evidence: digest), by: sam) == nil, "just old enough")
        story.pass(.seconds(1))
        #expect(
            story.refusal(of: .signOff(evidence: digest), by: sam)?.code == "evidence-too-old")

        story = try PatchStory.tested()
        try story.tell(.signOff(evidence: digest), by: sam)
        story.pass(age + .seconds(1))
        let submit = PatchCommand.submit(
            Sample.selector, targets: Sample.targets, expires: story.now + .seconds(60))
        #expect(story.refusal(of: submit, by: rita)?.code == "evidence-too-old")

        story = try PatchStory.tested()
        story.pass(age - .seconds(60))
        try story.signOffAndSubmit()
        story.pass(.seconds(61))
        #expect(
            story.refusal(of: .approve(binding: story.binding), by: paul)?.code
                == "evidence-too-old")
    }

    @Test("I14: a request and an approval end by their timer, and count as ended before it fires")
    func expiry() throws {
        var story = try PatchStory.awaitingApproval()
        let expires = try #require(story.timers["approval-expiry"])
        #expect(
            story.refusal(of: .timer(.approvalExpiry), by: clock)
                == .notDueYet(.approvalExpiry, expires))
        story.now = expires
        #expect(
            story.refusal(of: .approve(binding: story.binding), by: paul)
                == .approvalExpired(expires))
        try story.tell(.timer(.approvalExpiry), by: clock)
        #expect(story.state == .approvalExpired)
        #expect(try story.tell(.timer(.approvalExpiry), by: clock).isEmpty)

        story = try PatchStory.approved()
        story.now = expires
        #expect(!story.patch.mayStartRollout(at: story.now))
        try story.tell(.timer(.approvalExpiry), by: clock)
        #expect(story.state == .approvalExpired)
        try story.tell(.reopen(reason: "still wanted"), by: rita)
        #expect(story.state == .tested)
    }

    @Test("An approval may end while rollouts run: nothing new starts, and what runs finishes")
    func expiryWhileDeploying() throws {
        var story = try PatchStory.approved()
        try story.tell(.observeRollouts(Sample.overview(.running)), by: workflow)
        story.now = try #require(story.timers["approval-expiry"])
        try story.tell(.timer(.approvalExpiry), by: clock)
        #expect(story.state == .approvalExpired)
        #expect(!story.patch.mayStartRollout(at: story.now))
        try story.tell(.observeRollouts(Sample.overview(.completed, verified: 6)), by: workflow)
        #expect(story.state == .verified)
        #expect(story.types.last == "PatchVerified")
    }

    @Test("What is verified no longer needs its approval")
    func expiryWhenVerified() throws {
        var story = try PatchStory.approved()
        try story.tell(.observeRollouts(Sample.overview(.completed, verified: 6)), by: workflow)
        story.now = try #require(story.timers["approval-expiry"])
        #expect(try story.tell(.timer(.approvalExpiry), by: clock).isEmpty)
        #expect(story.state == .verified)
    }

    @Test("An approval expires under a deferral and under a withdrawal as well")
    func expiryAside() throws {
        let aside: [(PatchCommand, PatchCommand)] = [
            (.withdraw(reason: "x"), .reinstate(reason: "x")),
            (
                .defer(until: PatchStory.origin + .seconds(20 * 86_400), reason: "x"),
                .resume(reason: "x")
            ),
        ]
        for (leave, back) in aside {
            var story = try PatchStory.approved()
            let expires = try #require(story.timers["approval-expiry"])
            try story.tell(leave, by: rolf)
            story.now = expires
            try story.tell(.timer(.approvalExpiry), by: clock)
            try story.tell(back, by: rolf)
            #expect(story.state == .approvalExpired)
        }
    }

    @Test("An approver revokes: at once nothing more may start")
    func revocation() throws {
        var story = try PatchStory.approved()
        #expect(story.refusal(of: .revokeApproval(reason: " "), by: paul) == .reasonMissing)
        try story.tell(.revokeApproval(reason: "a report from the field"), by: paul)
        #expect(story.state == .approvalRevoked)
        #expect(!story.patch.mayStartRollout(at: story.now))
        #expect(try story.tell(.revokeApproval(reason: "again"), by: paul).isEmpty)
        try story.tell(.startQualification(sample: [lab(1)], targetStrata: []), by: tom)
        #expect(story.state == .testing)
        #expect(story.patch.approval == nil)
    }

    @Test("The life of an approval is bounded")
    func expiryRange() throws {
        var story = try PatchStory.tested()
        try story.tell(.signOff(evidence: try #require(story.patch.evidence).digest), by: sam)
        for days in [-1, 0, 31] {
            let expires = story.now + .seconds(days * 86_400)
            #expect(
                story.refusal(
                    of: .submit(Sample.selector, targets: Sample.targets, expires: expires),
                    by: rita)?.code == "expiry-out-of-range")
        }
        let nobody = PatchCommand.submit(
            Sample.selector, targets: ApplicableAssets([]), expires: story.now + .seconds(60))
        #expect(story.refusal(of: nobody, by: rita) == .noTargets)
    }

    @Test("A rejection leads back to the test or to a new request")
    func rejection() throws {
        var story = try PatchStory.awaitingApproval()
        try story.tell(.reject(reason: "not before the audit"), by: paul)
        #expect(story.state == .rejected)
        #expect(!story.patch.mayStartRollout(at: story.now))
        try story.tell(.reopen(reason: "the audit is over"), by: rita)
        #expect(story.state == .tested)
        #expect(
            story.refusal(
                of: .submit(
                    Sample.selector, targets: Sample.targets, expires: story.now + .seconds(60)),
                by: rita)?.code == "wrong-state", "it has to be signed off again")
    }
}
