import Advisories
import EventSourcing
import Testing

@testable import PatchManagement

/// The life of a finding, told by its commands.
@Suite("Findings")
struct FindingTests {
    private let policy = ClassificationPolicy()

    @Test("One vulnerability on one asset is one finding, however it is written and often found")
    func identity() throws {
        let opening = try Sample.opening()
        let lower = try #require(VulnerabilityID("cve-2026-0001"))
        #expect(Finding.id(asset: opening.asset, vulnerability: lower) == opening.finding)
        #expect(opening.finding.prefix == "fi")
        #expect(Finding.id(asset: production(2), vulnerability: lower) != opening.finding)
        var story = try FindingStory.opened()
        #expect(story.state.id == opening.finding)
        #expect(try story.tell(.open(opening), by: monitor).isEmpty)
        let other = FindingOpening(
            asset: production(2), vulnerability: lower, package: "curl", installedVersion: "1",
            match: Digest(of: "match"), observed: Moments.days(-1), inScope: Moments.days(-1),
            fixReleased: nil)
        #expect(
            story.refusal(of: .open(other), by: monitor)
                == .otherFinding(other.finding, actual: opening.finding))
        for text in ["", "CV", "-rf", "CVE 1", "CVE\u{202e}1", String(repeating: "C", count: 101)] {
            #expect(VulnerabilityID(text) == nil, "\(text)")
        }
    }

    @Test("Its class, rows, inputs, policy and snapshots are recorded with the deadline")
    func classification() throws {
        let story = try FindingStory.classified()
        guard case .classified(let event) = story.events.last else {
            Issue.record("not classified")
            return
        }
        #expect(event.inputs == Sample.inputs)
        #expect(event.policy == policy.pin)
        #expect(event.classification.riskClass == .important)
        #expect(event.classification.deployerRow.row == 50)
        #expect(event.inputs.snapshots.map(\.feed) == ["kev"])
        #expect(event.before == nil)
        #expect(story.state.clock == SLAClock(kind: .remediation, start: Moments.days(-1)))
        #expect(story.state.deadline == Moments.days(13))
        #expect(
            story.state.order
                == FindingOrder(
                    deadline: Moments.days(13), isInKEV: false, epss: nil, cvss: Vectors.low.base,
                    criticality: .high, id: try #require(story.state.id)))
        #expect(try FindingStory.opened().state.order == nil)
        #expect(story.timers["sla-breach"] == Moments.days(13))
        #expect(
            story.timers["sla-warning"] == Moments.days(-1) + .seconds(14 * 86_400 * 75 / 100))
    }

    @Test("The same inputs say nothing new; worse ones shorten the time, better ones give none")
    func reclassification() throws {
        var story = try FindingStory.classified()
        #expect(try story.tell(.classify(Sample.inputs, policy), by: classifier).isEmpty)
        var tomorrow = Sample.inputs
        tomorrow.snapshots = [FeedPin(feed: "kev", digest: Digest(of: "the next day"))]
        tomorrow.epss = EPSSSignal(score: try #require(Probability("0.01")), model: "v4")
        #expect(try story.tell(.classify(tomorrow, policy), by: classifier).isEmpty)
        var revised = policy
        revised.version = 2
        #expect(try story.tell(.classify(tomorrow, revised), by: classifier).count == 1)
        story.pass(days: 2)
        try story.tell(.classify(Sample.urgentInputs, policy), by: classifier)
        #expect(story.state.classification?.riskClass == .urgent)
        #expect(story.state.deadline == Moments.days(2 + 3))
        #expect(story.timers["sla-breach"] == Moments.days(5))
        story.pass(days: 1)
        try story.tell(.classify(ClassificationTests.Case.quiet, policy), by: classifier)
        #expect(story.state.classification?.riskClass == .nonCritical)
        #expect(story.state.deadline == Moments.days(5))
    }

    @Test("KEV's date before the asset was there doesn't start the clock before the asset")
    func lateAsset() throws {
        var inputs = Sample.urgentInputs
        inputs.knownExploitedSince = Moments.days(-300)
        let story = try FindingStory.classified(inputs)
        #expect(story.state.clock?.start == Moments.days(-1))
        #expect(story.state.deadline == Moments.days(2))
    }

    @Test("Without a fix the treatment clock runs from the opening; the fix starts the other one")
    func treatmentClock() throws {
        var story = try FindingStory.classified(fix: nil)
        #expect(story.state.clock == SLAClock(kind: .treatment, start: Moments.days(0)))
        #expect(story.state.deadline == Moments.days(14))
        story.pass(days: 10)
        try story.tell(.observeFix(released: Moments.days(9)), by: classifier)
        #expect(story.state.clock == SLAClock(kind: .remediation, start: Moments.days(9)))
        #expect(story.state.deadline == Moments.days(23))
        #expect(story.timers["sla-breach"] == Moments.days(23))
        #expect(
            story.timers["sla-warning"] == Moments.days(9) + .seconds(14 * 86_400 * 75 / 100))
        #expect(try story.tell(.observeFix(released: Moments.days(10)), by: classifier).isEmpty)
    }

    @Test("It is warned of once, then missed once; a later deadline may be missed anew")
    func timers() throws {
        var story = try FindingStory.classified()
        let warning = try #require(story.timers["sla-warning"])
        #expect(story.refusal(of: .timer(.warning), by: clock) == .notDueYet(.warning, warning))
        story.now = warning
        try story.tell(.timer(.warning), by: clock, timer: "sla-warning")
        #expect(try story.tell(.timer(.warning), by: clock).isEmpty)
        #expect(
            story.refusal(of: .timer(.breach), by: clock) == .notDueYet(.breach, Moments.days(13)))
        story.now = Moments.days(13)
        try story.tell(.timer(.breach), by: clock, timer: "sla-breach")
        #expect(try story.tell(.timer(.breach), by: clock).isEmpty)
        #expect(story.state.isBreached)
        #expect(story.types.suffix(2) == ["SLAWarned", "SLABreached"])
        try story.tell(deferral(until: 20), by: workflow)
        #expect(!story.state.isBreached)
        #expect(story.timers["sla-breach"] == Moments.days(20))
    }

    private func deferral(
        until days: Int, _ exception: StreamID = Sample.exception, restart: ClockRestart = .keeps
    ) -> FindingCommand {
        .moveDeadline(
            exception: exception, until: Moments.days(days), restart: restart, reason: "granted")
    }

    @Test("An exception gives time until its end, or the time of the class after it")
    func deferred() throws {
        var story = try FindingStory.classified()
        #expect(try story.tell(deferral(until: 12), by: workflow).isEmpty)
        #expect(
            story.refusal(of: deferral(until: 0), by: workflow)
                == .endInPast(Moments.days(0), now: Moments.days(0)))
        #expect(
            story.refusal(of: deferral(until: 20, Sample.control), by: workflow)?.code == "bad-id")
        try story.tell(deferral(until: 20), by: workflow)
        #expect(story.state.deadline == Moments.days(20))
        var restarting = try FindingStory.classified()
        try restarting.tell(deferral(until: 20, restart: .restarts), by: workflow)
        #expect(restarting.state.deadline == Moments.days(20 + 14))
        #expect(Authorisation.roles(for: deferral(until: 20).action) == [.workflow])
        let opened = try FindingStory.opened()
        #expect(opened.refusal(of: deferral(until: 20), by: workflow) == .notClassified)
    }

    @Test(
        "A deferral that is taken back brings the old deadline back, or the class's time from now")
    func takenBack() throws {
        for (restart, deadline) in [(ClockRestart.keeps, 13), (.restarts, 15 + 14)] {
            var story = try FindingStory.classified()
            try story.tell(deferral(until: 16), by: workflow)
            try story.tell(deferral(until: 20, restart: restart), by: workflow)
            story.now = Moments.days(15)
            let other = StreamID(prefix: "ex", uuid(99))
            #expect(
                try story.tell(.endTreatment(by: other, reason: "revoked"), by: workflow).isEmpty)
            try story.tell(
                .endTreatment(by: Sample.exception, reason: "revoked"), by: workflow)
            #expect(story.state.deadline == Moments.days(deadline))
            #expect(story.timers["sla-breach"] == Moments.days(deadline))
            #expect(
                try story.tell(
                    .endTreatment(by: Sample.exception, reason: "revoked"), by: workflow) == [])
        }
        // Both at once: what stands in its place, and the time that it gave.
        var both = try FindingStory.classified()
        try both.tell(deferral(until: 20), by: workflow)
        try both.tell(
            .accept(exception: Sample.exception, until: Moments.days(20), restart: .keeps),
            by: workflow)
        try both.tell(.endTreatment(by: Sample.exception, reason: "revoked"), by: workflow)
        #expect(both.state.phase == .open)
        #expect(both.state.deadline == Moments.days(13))
        // At its own end the deadline has been set already.
        var over = try FindingStory.classified()
        try over.tell(deferral(until: 20), by: workflow)
        over.now = Moments.days(20)
        #expect(
            try over.tell(.endTreatment(by: Sample.exception, reason: "over"), by: workflow) == [])
    }

    @Test("Time that was granted holds when a fix comes out; a worse class takes it back")
    func granted() throws {
        var story = try FindingStory.classified(fix: nil)
        try story.tell(deferral(until: 60), by: workflow)
        story.pass(days: 5)
        try story.tell(.observeFix(released: Moments.days(5)), by: classifier)
        #expect(story.state.clock == SLAClock(kind: .remediation, start: Moments.days(5)))
        #expect(story.state.deadline == Moments.days(60))
        #expect(story.timers["sla-breach"] == Moments.days(60))
        var revoked = story
        try revoked.tell(.endTreatment(by: Sample.exception, reason: "revoked"), by: workflow)
        #expect(revoked.state.deadline == Moments.days(5 + 14))
        try story.tell(.classify(Sample.urgentInputs, policy), by: classifier)
        #expect(story.state.deadline == Moments.days(8))
        #expect(story.state.granted == nil)
    }

    @Test("Wrong inputs are corrected by two people, from the original start")
    func correction() throws {
        var story = try FindingStory.classified(Sample.urgentInputs)
        #expect(story.state.deadline == Moments.days(2))
        story.pass(days: 1)
        let right = Sample.inputs
        let digest = Digest(of: try CanonicalJSON.encode(right))
        let confirm = FindingCommand.confirmCorrection(digest, policy, reason: "looked at it")
        #expect(story.refusal(of: confirm, by: rolf) == .correctionNotRequested)
        try story.tell(.requestCorrection(right, reason: "another product"), by: anna)
        #expect(
            story.refusal(of: confirm, by: Actor(id: anna.id, role: "riskOwner"))
                == .mayNotConfirmOwnRequest(anna.id))
        let onBehalf = Actor(id: "pe_other", role: "riskOwner", onBehalfOf: anna.id)
        #expect(story.refusal(of: confirm, by: onBehalf) == .mayNotConfirmOwnRequest(anna.id))
        let stale = FindingCommand.confirmCorrection(Digest(of: "old"), policy, reason: "seen")
        #expect(
            story.refusal(of: stale, by: rolf)
                == .staleCorrection(given: Digest(of: "old"), current: digest))
        try story.tell(confirm, by: rolf)
        #expect(story.state.classification?.riskClass == .important)
        #expect(story.state.deadline == Moments.days(13))
        #expect(story.timers["sla-breach"] == Moments.days(13))
    }

    @Test("Inputs from the future, without snapshots or beyond their limits are refused by field")
    func badInputs() throws {
        let story = try FindingStory.opened()
        func refusal(_ change: (inout ClassificationInputs) -> Void) -> FindingRejection? {
            var inputs = Sample.inputs
            change(&inputs)
            return story.refusal(of: .classify(inputs, policy), by: classifier)
        }
        #expect(refusal { _ in } == nil)
        #expect(refusal { $0.knownExploitedSince = Moments.days(3) }?.code == "in-the-future")
        #expect(refusal { $0.snapshots = [] }?.code == "bad-snapshots")
        #expect(refusal { $0.site = "-x" }?.code == "bad-site")
        #expect(
            refusal { $0.ratings = Array(repeating: Vectors.low, count: 51) }?.code
                == "bad-ratings")
        var broken = policy
        broken.warningPercent = 0
        #expect(
            story.refusal(of: .classify(Sample.inputs, broken), by: classifier)?.code
                == "bad-warning-percent")
        let later = FindingOpening(
            asset: production(1), vulnerability: try #require(Sample.vulnerability),
            package: "curl", installedVersion: "1", match: Digest(of: "match"),
            observed: Moments.days(2), inScope: Moments.days(-1), fixReleased: nil)
        #expect(FindingStory().refusal(of: .open(later), by: monitor)?.code == "bad-observed")
        #expect(
            FindingStory().refusal(of: .observeFix(released: Moments.start), by: classifier)
                == .unknown)
    }
}
