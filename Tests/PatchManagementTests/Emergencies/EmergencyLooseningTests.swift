import EventSourcing
import Foundation
import Support
import Testing

@testable import PatchManagement

/// What an emergency loosens: the sample shrinks and freezes are overridden, while it lasts and for
/// its assets alone.
@Suite struct EmergencyLooseningTests {
    private static let twoPlatforms = Sample.assessment(
        targets: ApplicableAssets(
            (1...5).map { (production($0), debian12) } + [(production(6), debian13)]))

    private func acquired(inEmergency: Bool) throws -> PatchStory {
        var story = try PatchStory.assessed(Self.twoPlatforms)
        try story.tell(.acquire(from: lab(1).host), by: anna)
        story.activities.removeFirst()
        story.fence += 1
        try story.tell(
            .recordAcquisition(fence: story.fence, .acquired([Sample.pin])), by: worker)
        if inEmergency {
            let until = story.now + .seconds(72 * 3600)
            try story.tell(.beginEmergency(EmergencyTests.ofPatch(until: until)), by: workflow)
        }
        return story
    }

    private static let smoke = PatchCommand.startQualification(
        sample: [lab(1)], targetStrata: [], isSmoke: true)

    @Test("a smoke sample is one lab host, in an emergency only, and never nothing")
    func sample() throws {
        let ordinary = try acquired(inEmergency: false)
        #expect(ordinary.refusal(of: Self.smoke, by: tom) == .smokeNeedsEmergency)
        var story = try acquired(inEmergency: true)
        #expect(
            story.refusal(
                of: .startQualification(sample: [], targetStrata: [], isSmoke: true), by: tom)
                == .sampleEmpty)
        let whole = PatchCommand.startQualification(sample: [lab(1)], targetStrata: [])
        guard case .strataMissing? = story.refusal(of: whole, by: tom) else {
            Issue.record("a whole test covers every platform, in an emergency as well")
            return
        }
        try story.tell(Self.smoke, by: tom)
        try story.work(Sample.healthy)
        #expect(story.state == .tested)
        #expect(story.patch.evidence?.smoke == EmergencyTests.id)
        #expect(story.patch.evidence?.covered == [debian12])
    }

    @Test("its evidence is worth something for the emergency's assets alone, while it lasts (I14)")
    func evidence() throws {
        var story = try acquired(inEmergency: true)
        try story.tell(Self.smoke, by: tom)
        try story.work(Sample.healthy)
        let evidence = try #require(story.patch.evidence)
        var late = story
        late.now = late.now + .seconds(72 * 3600)
        #expect(
            late.refusal(of: .signOff(evidence: evidence.digest), by: sam)
                == .smokeIsNotEnough(EmergencyTests.id))
        try story.tell(.signOff(evidence: evidence.digest), by: sam)
        let expires = story.now + .seconds(3600)
        let targets = Self.twoPlatforms.applicable
        let wider = TargetSelector(environments: [.production, .staging])
        #expect(
            story.refusal(of: .submit(wider, targets: targets, expires: expires), by: rita)
                == .smokeIsNotEnough(EmergencyTests.id))
        try story.tell(.submit(Sample.selector, targets: targets, expires: expires), by: rita)
        #expect(story.patch.approval?.emergency == EmergencyTests.id)
        var ended = story
        try ended.tell(.endEmergency(EmergencyTests.id), by: workflow)
        #expect(ended.state == .approvalExpired, "what waited for a decision ends with it")
        try story.tell(.approve(binding: story.binding), by: paul)
        #expect(story.state == .approved)
    }

    // MARK: Freezes

    private static let freeze = "fz_00000000-0000-7000-8000-000000000001"

    /// A rollout that was planned in an emergency and is under way.
    private func running(_ world: inout World) throws -> StreamID {
        let hosts = try world.importFleet(production: 2)
        let rollout = try world.startedRollout(try world.approvedPatch(on: hosts), on: hosts)
        return rollout
    }

    @Test("the emergency that a rollout was planned in overrides what it meets, once and in time")
    func overrides() throws {
        var world = try World(random: SeededRandom(seed: 1))
        let rollout = try running(&world)
        var state = world.rollout(rollout)
        let plan = try #require(state.plan)
        let live = EmergencyTests.ofPatch(
            until: world.now + .seconds(3600), freezeOverride: "it can't wait")
        func decide(_ emergency: PatchEmergency) throws -> [RolloutEvent] {
            try RolloutDecider.decide(
                .overrideFreezeInEmergency(Self.freeze, emergency),
                CommandContext(actor: worker, at: world.now, commandID: UUID()), state)
        }
        #expect(
            throws: RolloutRejection.emergencyOverridesNothing(EmergencyTests.id),
            "it was not planned in it"
        ) { try decide(live) }
        var planned = plan
        planned.emergency = PlanEmergency(live)
        state.plan = planned
        for other in [
            EmergencyTests.ofPatch(until: world.now, freezeOverride: "over"),
            EmergencyTests.ofPatch(until: world.now + .seconds(3600)),
        ] {
            #expect(throws: RolloutRejection.emergencyOverridesNothing(EmergencyTests.id)) {
                try decide(other)
            }
        }
        let events = try decide(live)
        let overridden = FreezeOverridden(
            freeze: Self.freeze, by: worker.id, reason: "it can't wait",
            planDigest: plan.planDigest, emergency: EmergencyTests.id, until: live.until)
        #expect(events == [.freezeOverridden(overridden)])
        RolloutDecider.evolve(&state, events[0])
        #expect(
            RolloutDecider.effects(of: events[0], state) == [
                .calendar(.override(freeze: Self.freeze, rollout: rollout, until: live.until))
            ])
        #expect(try decide(live) == [])
        // The emergency was ended before its time.
        let paused = try RolloutDecider.decide(
            .pause(.patchStopped, detail: "ApprovalExpired"),
            CommandContext(actor: workflow, at: world.now, commandID: UUID()), state)
        RolloutDecider.evolve(&state, paused[0])
        #expect(state.overriddenFreezes.isEmpty)
        #expect(
            RolloutDecider.effects(of: paused[0], state)
                .contains(.calendar(.restore(freeze: Self.freeze, rollout: rollout))))
    }

    @Test("what was overridden is noted with the emergency, and its review is on that too")
    func review() throws {
        let terms = EmergencyTests.terms(freezeOverride: "the quarter can wait")
        var story = try EmergencyTests.proposed(terms)
        let override = EmergencyFreezeOverride(
            rollout: StreamID(prefix: "ro", uuid(3)), freeze: Self.freeze, at: story.now)
        #expect(try story.tell(.noteFreezeOverride(override), by: workflow) == [])
        try story.tell(EmergencyTests.confirm(terms), by: rolf)
        #expect(
            try story.tell(.noteFreezeOverride(override), by: workflow) == [
                .freezeOverridden(
                    EmergencyFreezeOverridden(
                        override: override, reason: "the quarter can wait"))
            ])
        #expect(try story.tell(.noteFreezeOverride(override), by: workflow) == [])
        try story.tell(.end(reason: "deployed"), by: EmergencyTests.carl)
        let events = try story.tell(.review(outcome: "patch sooner"), by: anna)
        guard case .reviewed(let reviewed)? = events.first else {
            Issue.record("it was not reviewed")
            return
        }
        #expect(reviewed.freezeOverrides == [override])
    }
}
