import EventSourcing
import Testing

@testable import PatchManagement

typealias StandingStory = StreamStory<StandingApprovalDecider>

let petra = Actor(id: "pe_petra", role: "approver")
let pavel = Actor(id: "pe_pavel", role: "approver")

@Suite("Standing approvals")
struct StandingApprovalTests {
    static let id = StreamID(prefix: "sa", uuid(70))

    static func terms(
        _ riskClass: RiskClass = .important, product: String = "curl",
        selector: TargetSelector = Sample.selector, days: Int = 60
    ) -> StandingTerms {
        StandingTerms(
            riskClass: riskClass, product: product, selector: selector,
            until: Moments.days(days), reason: "it is mended every week")
    }

    static var allowing: StandingPolicy {
        var policy = StandingPolicy()
        policy.important = true
        return policy
    }

    static func proposed(_ terms: StandingTerms = terms()) throws -> StandingStory {
        var story = StandingStory()
        try story.tell(.propose(terms, standing: id, policy: allowing), by: petra)
        return story
    }

    static func granted(_ terms: StandingTerms = terms()) throws -> StandingStory {
        var story = try proposed(terms)
        try story.tell(.grant(terms: terms.digest, policy: allowing, reason: "read"), by: pavel)
        return story
    }

    static func use(
        _ terms: StandingTerms = terms(), _ people: [Actor] = [petra, pavel]
    ) -> StandingUse { StandingUse(standing: id, terms: terms, people: people) }

    @Test("I14: two approvers give it, and they are two people")
    func people() throws {
        let story = try Self.proposed()
        let grant = StandingApprovalCommand.grant(
            terms: Self.terms().digest, policy: Self.allowing, reason: "read")
        for actor in [
            petra, Actor(id: petra.id, role: "approver", onBehalfOf: "pe_other"),
            Actor(id: "pe_other", role: "approver", onBehalfOf: petra.id),
        ] {
            #expect(story.refusal(of: grant, by: actor) == .mayNotGrantOwn(petra.id))
        }
        for role in Role.allCases where role != .approver {
            let actor = Actor(id: "pe_x", role: role.rawValue)
            #expect(story.refusal(of: grant, by: actor) == .approverRoleNeeded(role.rawValue))
            #expect(
                StandingStory().refusal(
                    of: .propose(Self.terms(), standing: Self.id, policy: Self.allowing),
                    by: actor) == .approverRoleNeeded(role.rawValue))
        }
        #expect(story.refusal(of: grant, by: pavel) == nil)
    }

    @Test("Without a policy that allows the class nobody can propose, grant or use one")
    func policy() throws {
        let none = StandingPolicy()
        #expect(
            StandingStory().refusal(
                of: .propose(Self.terms(), standing: Self.id, policy: none), by: petra)
                == .notAllowedByPolicy(.important))
        #expect(
            try Self.proposed().refusal(
                of: .grant(terms: Self.terms().digest, policy: none, reason: "read"), by: pavel)
                == .notAllowedByPolicy(.important))
        #expect(
            try Self.granted().refusal(
                of: .use(patch: PatchStory.id, binding: Digest(of: "b"), policy: none), by: rita)
                == .notAllowedByPolicy(.important))
        let late = Self.terms(days: 91)
        #expect(
            StandingStory().refusal(
                of: .propose(late, standing: Self.id, policy: Self.allowing), by: petra)?.code
                == "end-out-of-range")
        var other = Self.allowing
        other.longestSeconds = 3600
        other.urgent = true
        let strictest = StandingPolicy.strictest(of: [Self.allowing, other])
        #expect(strictest.allows(.important) && !strictest.allows(.urgent))
        #expect(strictest.longestSeconds == 3600)
        #expect(StandingPolicy.strictest(of: []) == none)
    }

    @Test("It is granted as it was seen, lives until its end, and every end is final")
    func life() throws {
        let other = Self.terms(days: 59)
        #expect(
            try Self.proposed().refusal(
                of: .grant(terms: other.digest, policy: Self.allowing, reason: "read"), by: pavel)
                == .staleTerms(given: other.digest, current: Self.terms().digest))
        var story = try Self.granted()
        #expect(story.state.isLive(at: Moments.days(59)))
        #expect(!story.state.isLive(at: Moments.days(60)))
        #expect(
            story.refusal(of: .timer(.end), by: clock) == .notDueYet(.end, Moments.days(60)))
        story.now = try unwrapped(story.timers["standing-approval-end"])
        #expect(
            story.refusal(
                of: .use(patch: PatchStory.id, binding: Digest(of: "b"), policy: Self.allowing),
                by: rita) == .isOver(Moments.days(60)))
        try story.tell(.timer(.end), by: clock, timer: "standing-approval-end")
        #expect(story.state.phase == .expired)
        #expect(story.refusal(of: .revoke(reason: "late"), by: paul)?.code == "wrong-state")
    }

    @Test("A revocation names every patch that it was used for, each once")
    func revocation() throws {
        var story = try Self.granted()
        let patches = (1...3).map { StreamID(prefix: "pa", uuid(200 + $0)) }
        for patch in patches + [patches[0]] {
            try story.tell(
                .use(patch: patch, binding: Digest(of: "b"), policy: Self.allowing), by: rita)
        }
        let events = try story.tell(.revoke(reason: "it broke"), by: paul)
        guard case .revoked(let revoked) = events.first else {
            Issue.record("nothing was revoked")
            return
        }
        #expect(revoked.patches == patches)
        #expect(story.timers.isEmpty)
        #expect(try story.tell(.revoke(reason: "again"), by: paul) == [])
    }

    // MARK: Its use

    private func approve(_ story: PatchStory, _ use: StandingUse = use()) -> PatchRejection? {
        story.refusal(
            of: .approveByStanding(use, binding: story.binding, reason: "as agreed"), by: rita)
    }

    @Test("A patch that fits is approved by it, names it, and ends with it")
    func approval() throws {
        var story = try PatchStory.awaitingApproval()
        let events = try story.tell(
            .approveByStanding(
                Self.use(Self.terms(days: 3)), binding: story.binding, reason: "as agreed"),
            by: rita)
        guard case .approved(let approved) = events.first else {
            Issue.record("nothing was approved")
            return
        }
        #expect(approved.standing?.standing == Self.id)
        #expect(approved.standing?.people == [petra, pavel])
        #expect(approved.by == rita)
        #expect(approved.expires == Moments.days(3))
        #expect(story.patch.mayStartRollout(at: Moments.days(2)))
        #expect(!story.patch.mayStartRollout(at: Moments.days(3)))
        #expect(story.timers["approval-expiry"] == Moments.days(3))
    }

    @Test("One for another class, product or group of assets is refused, with the reason")
    func misfits() throws {
        let story = try PatchStory.awaitingApproval()
        for (terms, words) in [
            (Self.terms(.urgent), "urgent"), (Self.terms(product: "openssl"), "openssl"),
            (Self.terms(selector: TargetSelector(environments: [.lab])), "assets"),
            (
                Self.terms(
                    selector: TargetSelector(environments: [.production], sites: ["north"])),
                "assets"
            ),
        ] {
            let refusal = approve(story, Self.use(terms))
            #expect(refusal?.code == "standing-does-not-fit")
            #expect(refusal?.message.contains(words) == true)
        }
        var three = try PatchStory.tested()
        try three.tell(.signOff(evidence: unwrapped(three.patch.evidence).digest), by: sam)
        try three.tell(
            .submit(
                Sample.selector, targets: Sample.targets, expires: three.now + .seconds(86_400),
                need: ApprovalNeed(approvers: 3)), by: rita)
        #expect(approve(three)?.code == "standing-does-not-fit", "two people are not three")
        var risky = try PatchStory.tested()
        try risky.tell(.signOff(evidence: unwrapped(risky.patch.evidence).digest), by: sam)
        try risky.tell(
            .submit(
                Sample.selector, targets: Sample.targets, expires: risky.now + .seconds(86_400),
                need: ApprovalNeed(roles: [.riskOwner])), by: rita)
        #expect(approve(risky)?.code == "standing-does-not-fit", "approvers are no risk owners")
    }

    @Test("Its revocation takes the ground from what it approved, and from nothing else")
    func loss() throws {
        var story = try PatchStory.awaitingApproval()
        try story.tell(
            .approveByStanding(Self.use(), binding: story.binding, reason: "as agreed"), by: rita)
        try story.tell(
            .observeRollouts(Sample.overview(.running, verified: 2)), by: workflow)
        let events = try story.tell(.loseStanding(Self.id, reason: "it broke"), by: workflow)
        guard case .approvalRevoked(let revoked) = events.first else {
            Issue.record("nothing was revoked")
            return
        }
        #expect(revoked.rollouts.count == 1, "the coordinator pauses it")
        #expect(!story.patch.mayStartRollout(at: story.now))
        var byPerson = try PatchStory.approved()
        #expect(try byPerson.tell(.loseStanding(Self.id, reason: "x"), by: workflow) == [])
        #expect(byPerson.state == .approved)
    }

    @Test("A selector covers what it chooses and no more")
    func selectors() {
        let all = TargetSelector(environments: [.production, .staging])
        let north = TargetSelector(environments: [.production], sites: ["north"])
        let later = TargetSelector(environments: [.production], includesLaterAssets: true)
        #expect(all.covers(north) && !north.covers(all) && north.covers(north))
        #expect(later.covers(north) == false || north.sites == ["north"])
        #expect(!all.covers(later), "assets that come later were not agreed to")
        #expect(later.covers(TargetSelector(environments: [.production])))
    }
}
