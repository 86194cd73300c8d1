import EventSourcing
import Testing

@testable import PatchManagement

typealias EmergencyStory = StreamStory<EmergencyDecider>

@Suite("Emergencies")
struct EmergencyTests {
    static let id = StreamID(prefix: "em", uuid(71))
    static let carl = Actor(id: "pe_carl", role: "incidentCommander")
    static let rosa = Actor(id: "pe_rosa", role: "releaseManager")

    static func terms(
        selector: TargetSelector = Sample.selector, team: String = "web",
        freezeOverride: String? = nil
    ) -> EmergencyTerms {
        EmergencyTerms(
            patch: PatchStory.id, selector: selector, team: team, reason: "it is attacked",
            freezeOverride: freezeOverride)
    }

    static func proposed(_ terms: EmergencyTerms = terms()) throws -> EmergencyStory {
        var story = EmergencyStory()
        try story.tell(.propose(terms, emergency: id), by: carl)
        return story
    }

    static func confirm(
        _ terms: EmergencyTerms = terms(), _ state: PatchState = .tested,
        approvers: [Actor] = [], live: StreamID? = nil, overdue: [StreamID] = []
    ) -> EmergencyCommand {
        .confirm(
            terms: terms.digest,
            ground: EmergencyGround(state: state, approvers: approvers, emergency: live),
            overdue: overdue, reason: "seen")
    }

    static func declared() throws -> EmergencyStory {
        var story = try proposed()
        try story.tell(confirm(), by: rosa)
        return story
    }

    static func ofPatch(until: Timestamp, freezeOverride: String? = nil) -> PatchEmergency {
        PatchEmergency(
            emergency: id, selector: Sample.selector, declarers: [carl, rosa], until: until,
            freezeOverride: freezeOverride)
    }

    static func submittedInEmergency(approvers: Int = 3) throws -> PatchStory {
        var story = try PatchStory.tested()
        try story.tell(
            .beginEmergency(ofPatch(until: story.now + .seconds(72 * 3600))), by: workflow)
        try story.tell(.signOff(evidence: unwrapped(story.patch.evidence).digest), by: sam)
        try story.tell(
            .submit(
                Sample.selector, targets: Sample.targets, expires: story.now + .seconds(3600),
                need: ApprovalNeed(approvers: approvers)), by: rita)
        return story
    }

    // MARK: Two people declare, a third approves

    @Test("I14: a second person confirms it, under no role and for nobody the first one")
    func people() throws {
        let story = try Self.proposed()
        for actor in [
            Self.carl, Actor(id: Self.carl.id, role: "riskOwner"),
            Actor(id: "pe_other", role: "riskOwner", onBehalfOf: Self.carl.id),
        ] {
            #expect(
                story.refusal(of: Self.confirm(), by: actor) == .mayNotConfirmOwn(Self.carl.id))
        }
        let declaring = Authorisation.roles(for: .declareEmergency)
        for role in Role.allCases where !declaring.contains(role) {
            let actor = Actor(id: "pe_x", role: role.rawValue)
            #expect(
                story.refusal(of: Self.confirm(), by: actor) == .mayNotDeclare(role.rawValue))
            #expect(
                EmergencyStory().refusal(
                    of: .propose(Self.terms(), emergency: Self.id), by: actor)
                    == .mayNotDeclare(role.rawValue))
        }
        #expect(!declaring.contains(.administrator))
        for declarer in [Self.carl, Self.rosa] {
            let approver = Actor(id: declarer.id, role: "approver")
            #expect(
                story.refusal(of: Self.confirm(approvers: [approver]), by: Self.rosa)
                    == .approverDeclares(declarer.id), "three people, not two")
        }
        #expect(story.refusal(of: Self.confirm(approvers: [paul]), by: Self.rosa) == nil)
    }

    @Test("It is confirmed as it was seen, within a day, and for a patch still to be deployed")
    func ground() throws {
        var story = try Self.proposed()
        let other = Self.terms(team: "mail")
        #expect(
            story.refusal(of: Self.confirm(other), by: Self.rosa)
                == .staleTerms(given: other.digest, current: Self.terms().digest))
        for state in PatchState.allCases {
            let refusal = story.refusal(of: Self.confirm(Self.terms(), state), by: Self.rosa)
            #expect(refusal == (state.isBeforeDeployed ? nil : .patchNotOpen(state)))
        }
        #expect(
            story.refusal(of: Self.confirm(live: Self.id), by: Self.rosa)
                == .alreadyInEmergency(Self.id))
        story.now = try unwrapped(story.timers["emergency-proposal"])
        #expect(
            story.refusal(of: Self.confirm(), by: Self.rosa) == .proposalLapsed(story.now))
        try story.tell(.timer(.proposal), by: clock, timer: "emergency-proposal")
        #expect(story.state.phase == .lapsed)
    }

    @Test("It lasts 72 hours, and the review is owed within 5 days")
    func life() throws {
        var story = try Self.declared()
        #expect(story.state.until == story.now + .seconds(72 * 3600))
        #expect(story.state.reviewBy == Moments.days(5))
        #expect(story.timers["emergency-end"] == Moments.days(3))
        #expect(story.refusal(of: .timer(.end), by: clock)?.code == "not-due-yet")
        #expect(story.refusal(of: .review(outcome: "early"), by: anna)?.code == "wrong-state")
        story.now = Moments.days(3)
        try story.tell(.timer(.end), by: clock, timer: "emergency-end")
        #expect(story.state.phase == .ended)
        #expect(story.timers["emergency-review"] == Moments.days(4), "it is owed on")
    }

    @Test("The review nags until it is done: declarers, then the commander, then the risk owner")
    func reminders() throws {
        var story = try Self.declared()
        try story.tell(.end(reason: "deployed"), by: Self.carl)
        var told: [(Bool, [Role])] = []
        for _ in 0..<5 {
            story.now = try unwrapped(story.timers["emergency-review"])
            let events = try story.tell(.timer(.review), by: clock, timer: "emergency-review")
            guard case .reviewReminded(let reminded) = events.first else {
                Issue.record("nobody was reminded")
                return
            }
            told.append((reminded.isOverdue, reminded.to))
        }
        #expect(told.map(\.0) == [false, true, true, true, true])
        #expect(told[0].1 == [.releaseManager, .securityTester])
        #expect(told[1].1 == [.incidentCommander])
        #expect(told.dropFirst(2).allSatisfy { $0.1 == [.riskOwner] })
        #expect(story.now == Moments.days(8))
        for declarer in [Self.carl, Self.rosa] {
            #expect(
                story.refusal(
                    of: .review(outcome: "fine"), by: Actor(id: declarer.id, role: "analyst"))
                    == .mayNotReviewOwn(declarer.id))
        }
        try story.tell(.review(outcome: "patch sooner"), by: anna)
        #expect(story.state.phase == .reviewed)
        #expect(story.timers.isEmpty, "nobody nags any more")
    }

    @Test("After a long silence one reminder says it all")
    func silence() throws {
        var story = try Self.declared()
        story.now = Moments.days(30)
        try story.tell(.timer(.review), by: clock, timer: "emergency-review")
        #expect(story.timers["emergency-review"] == Moments.days(31))
    }

    @Test("An overdue review keeps the next one back, unless a risk owner is one of the two")
    func bar() throws {
        let owed = StreamID(prefix: "em", uuid(72))
        let story = try Self.proposed()
        let confirm = Self.confirm(overdue: [owed])
        #expect(story.refusal(of: confirm, by: Self.rosa) == .reviewsOverdue([owed]))
        #expect(story.refusal(of: confirm, by: rolf) == nil)
        var byOwner = EmergencyStory()
        try byOwner.tell(.propose(Self.terms(), emergency: Self.id), by: rolf)
        #expect(byOwner.refusal(of: confirm, by: Self.rosa) == nil)
        #expect(Authorisation.roles(for: .declareBarredEmergency) == [.riskOwner])
        #expect(EmergencyTerms.isSameTeam("Web  team ", "web team"))
        #expect(!EmergencyTerms.isSameTeam("web", "mail"))
    }

    // MARK: What it changes for the patch

    @Test("One approval is enough in it, by a third person, and never outlasts it")
    func approval() throws {
        var story = try Self.submittedInEmergency()
        #expect(story.patch.approval?.needed == 1)
        #expect(story.patch.approval?.emergency == Self.id)
        try story.tell(.approve(binding: story.binding), by: paul)
        #expect(story.state == .approved)
        var late = try PatchStory.tested()
        let until = late.now + .seconds(72 * 3600)
        try late.tell(.beginEmergency(Self.ofPatch(until: until)), by: workflow)
        try late.tell(.signOff(evidence: unwrapped(late.patch.evidence).digest), by: sam)
        #expect(
            late.refusal(
                of: .submit(
                    Sample.selector, targets: Sample.targets, expires: until + .seconds(1)),
                by: rita)
                == .expiryOutOfRange(
                    until + .seconds(1), earliest: late.now, latest: until))
        let wider = TargetSelector(environments: [.production, .staging])
        try late.tell(
            .submit(
                wider, targets: Sample.targets, expires: until + .seconds(1),
                need: ApprovalNeed(approvers: 2)),
            by: rita)
        #expect(late.patch.approval?.needed == 2, "it isn't for assets beyond its scope")
        #expect(late.patch.approval?.emergency == nil)
    }

    @Test("Its end ends what was approved in it: no new start")
    func end() throws {
        var story = try Self.submittedInEmergency()
        try story.tell(.approve(binding: story.binding), by: paul)
        try story.tell(.observeRollouts(Sample.overview(.running, verified: 1)), by: workflow)
        let events = try story.tell(.endEmergency(Self.id), by: workflow)
        #expect(events.count == 2)
        guard case .approvalExpired(let expired) = events.last else {
            Issue.record("the approval stands")
            return
        }
        #expect(expired.rollouts.count == 1, "the coordinator pauses it")
        #expect(!story.patch.mayStartRollout(at: story.now))
        #expect(story.patch.emergency == nil)
        #expect(try story.tell(.endEmergency(Self.id), by: workflow) == [])
        // What was approved without it stands without it.
        var ordinary = try PatchStory.approved()
        try ordinary.tell(
            .beginEmergency(Self.ofPatch(until: ordinary.now + .seconds(60))), by: workflow)
        try ordinary.tell(.endEmergency(Self.id), by: workflow)
        #expect(ordinary.state == .approved)
    }

    @Test("It takes a deferred patch back, and is refused where an approver declared it")
    func begin() throws {
        var story = try PatchStory.tested()
        try story.tell(.defer(until: Moments.days(9), reason: "the season"), by: rolf)
        let emergency = Self.ofPatch(until: story.now + .seconds(60))
        try story.tell(.beginEmergency(emergency), by: workflow)
        #expect(story.state == .tested)
        #expect(story.patch.liveEmergency(at: story.now) == emergency)
        #expect(story.patch.liveEmergency(at: story.now + .seconds(60)) == nil)
        #expect(try story.tell(.beginEmergency(emergency), by: workflow) == [])
        let approved = try PatchStory.approved()
        let own = PatchEmergency(
            emergency: Self.id, selector: Sample.selector,
            declarers: [Self.carl, Actor(id: paul.id, role: "releaseManager")],
            until: approved.now + .seconds(60))
        #expect(
            approved.refusal(of: .beginEmergency(own), by: workflow)
                == .mayNotApprove(paul.id, .declarer))
    }

    @Test("The canary never shrinks to nothing")
    func canary() throws {
        func plan(_ batches: [Int], strata: Int = 1) -> RolloutPlan {
            var number = 0
            let targets = batches.map { size in
                (0..<size).map { place in
                    number += 1
                    return RolloutTarget(
                        asset: production(number), host: lab(1).host, site: "north",
                        stratum: "debian \(place % strata)", criticality: "low")
                }
            }
            return RolloutPlan(
                rollout: StreamID(prefix: "ro", uuid(3)), patch: PatchStory.id,
                artefactDigest: Digest(of: "a"), pins: [Sample.pin], checks: Sample.checks,
                rebootPolicy: .never, batches: targets, skipped: [], gate: GateSettings(),
                soakSeconds: batches.map { _ in 0 }, progressDeadlineSeconds: 60, capacity: 1,
                retries: RetryBudget(), predictedEnd: Moments.days(1))
        }
        for (batches, strata, isRefused) in [
            ([4], 1, true), ([1, 3], 1, false), ([1], 1, false), ([2], 2, false),
            ([4, 0], 2, true),
        ] {
            var plan = plan(batches, strata: strata)
            #expect(plan.faults.isEmpty, "\(batches) without an emergency")
            plan.emergency = PlanEmergency(emergency: Self.id, declarers: [])
            #expect(plan.faults.isEmpty == !isRefused, "\(batches), \(strata) strata")
        }
    }

    @Test("The coordinator tells the patch of its emergency, and of its end")
    func coordination() throws {
        let story = try Self.declared()
        var events = story.events
        var ended = story
        try ended.tell(.end(reason: "deployed"), by: Self.rosa)
        events.append(try unwrapped(ended.events.last))
        var routed: [RoutedCommand] = []
        for (place, event) in events.enumerated() {
            let stored = try NewEvent(event.payload)
            var ledger = RolloutLedger()
            routed += try Coordinator.react(
                to: RecordedEvent(
                    position: Int64(place + 1), stream: Self.id, version: place + 1, id: uuid(9),
                    type: stored.type, schemaVersion: stored.schemaVersion,
                    occurredAt: story.now, recordedAt: story.now, actor: Self.carl,
                    commandID: uuid(9), correlationID: uuid(9), causationID: nil,
                    data: stored.data), ledger: &ledger, plan: nil)
        }
        #expect(
            routed == [
                RoutedCommand(
                    PatchStory.id,
                    .patch(
                        .beginEmergency(Self.ofPatch(until: story.now + .seconds(72 * 3600))))),
                RoutedCommand(PatchStory.id, .patch(.endEmergency(Self.id))),
            ])
    }
}
