import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

@Suite("Time that a risk owner granted, and classes that change under it")
struct GrantedTimeTests {
    private static let next = StreamID(prefix: "ex", uuid(171))

    private func deferral(
        until days: Int, _ exception: StreamID = Sample.exception
    ) -> FindingCommand {
        .moveDeadline(
            exception: exception, until: Moments.days(days), restart: .keeps, reason: "granted")
    }

    private let revoked = FindingCommand.endTreatment(by: Sample.exception, reason: "revoked")

    /// Important, with 14 days by the policy, and until day 90 by an exception; now is day 10.
    private func deferred() throws -> FindingStory {
        var story = try FindingStory.classified()
        try story.tell(deferral(until: 90), by: workflow)
        story.pass(days: 10)
        return story
    }

    private func policy(importantDays: Int) -> ClassificationPolicy {
        var policy = ClassificationPolicy()
        policy.version = 2
        policy.sla.important = importantDays * 86_400
        policy.sla.urgent = min(policy.sla.urgent, policy.sla.important)
        return policy
    }

    private func correct(
        _ story: inout FindingStory, to inputs: ClassificationInputs
    ) throws {
        try story.tell(.requestCorrection(inputs, reason: "another product"), by: anna)
        let digest = try #require(story.state.requestedCorrection).digest
        try story.tell(
            .confirmCorrection(digest, ClassificationPolicy(), reason: "seen"), by: rolf)
    }

    @Test(
        "Another policy of its class takes nothing of it; its end brings the reclassified time back",
        arguments: [(21, 13), (2, 12)])
    func otherPolicy(days: Int, ungranted: Int) throws {
        var story = try deferred()
        let events = try story.tell(
            .classify(Sample.inputs, policy(importantDays: days)), by: classifier)
        #expect(events.count == 1)
        #expect(story.state.deadline == Moments.days(90))
        #expect(story.timers["sla-breach"] == Moments.days(90))
        #expect(story.state.granted?.grant.exception == Sample.exception)
        // min(old deadline, now + new SLA), of the deadline without the exception.
        #expect(story.state.granted?.before == Moments.days(ungranted))
        try story.tell(revoked, by: workflow)
        #expect(story.state.deadline == Moments.days(ungranted))
    }

    @Test(
        "A lower class takes nothing of it, nor does the way back to the class it was granted for")
    func lowerClass() throws {
        var story = try deferred()
        for inputs in [ClassificationTests.Case.quiet, Sample.inputs] {
            try story.tell(.classify(inputs, ClassificationPolicy()), by: classifier)
            #expect(story.state.deadline == Moments.days(90))
            #expect(story.state.granted?.before == Moments.days(13))
        }
    }

    @Test("§5.7: a higher class takes it back, and only another exception gives time again")
    func higherClass() throws {
        var story = try deferred()
        try story.tell(.classify(Sample.urgentInputs, ClassificationPolicy()), by: classifier)
        #expect(story.state.deadline == Moments.days(10 + 3))
        // The keeper may say it again, for whatever reason.
        #expect(try story.tell(deferral(until: 90), by: workflow).isEmpty)
        try story.tell(.classify(Sample.inputs, ClassificationPolicy()), by: classifier)
        #expect(story.state.deadline == Moments.days(10 + 3))
        #expect(try story.tell(deferral(until: 90), by: workflow).isEmpty)
        try story.tell(deferral(until: 30, Self.next), by: workflow)
        #expect(story.state.deadline == Moments.days(30))
        // Another life begins without a past.
        #expect(story.state.outgrown == [Sample.exception])
    }

    @Test("What is left of it under a higher class ends with the exception")
    func remainder() throws {
        var story = try deferred()
        story.pass(days: 10)
        try story.tell(.classify(Sample.urgentInputs, ClassificationPolicy()), by: classifier)
        #expect(story.state.deadline == Moments.days(20 + 3))
        #expect(story.state.granted?.before == Moments.days(13))
        #expect(try story.tell(deferral(until: 90), by: workflow).isEmpty)
        try story.tell(revoked, by: workflow)
        #expect(story.state.deadline == Moments.days(13))
    }

    @Test("A correction keeps it where the class rises no higher, and its end brings its own time")
    func corrected() throws {
        var story = try deferred()
        var inputs = Sample.inputs
        inputs.criticality = .veryHigh
        try correct(&story, to: inputs)
        #expect(story.state.deadline == Moments.days(90))
        #expect(story.state.granted?.before == Moments.days(13))
        try story.tell(revoked, by: workflow)
        #expect(story.state.deadline == Moments.days(13))

        var worse = try deferred()
        try correct(&worse, to: Sample.urgentInputs)
        #expect(worse.state.deadline == Moments.days(2))
        #expect(worse.state.granted == nil)
        #expect(try worse.tell(deferral(until: 90), by: workflow).isEmpty)
    }

    @Test("Events from before the ungranted time was kept are read as they always were")
    func history() throws {
        let story = try deferred()
        var finding = story.state
        let classified = FindingClassified(
            inputs: Sample.inputs, policy: policy(importantDays: 21).pin,
            classification: try #require(finding.classification),
            clock: try #require(finding.clock), before: finding.deadline,
            deadline: Moments.days(31), warning: Moments.days(20), ungranted: nil,
            by: classifier)
        let text = String(decoding: try CanonicalJSON.encode(classified), as: UTF8.self)
        #expect(!text.contains("ungranted"))
        FindingDecider.evolve(&finding, .classified(classified))
        #expect(finding.deadline == Moments.days(31))
        #expect(finding.granted == nil)
        #expect(finding.outgrown.isEmpty)
    }
}
