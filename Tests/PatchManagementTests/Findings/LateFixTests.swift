import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Fixes that are heard of late")
struct LateFixTests {
    @Test("A fix that is older than the finding leaves the time of the class from its first sight")
    func oldFix() throws {
        var story = try FindingStory.classified(fix: nil)
        story.pass(days: 10)
        try story.tell(.observeFix(released: Moments.days(-200)), by: classifier)
        // The clock is the fix's, on an asset in scope; the deadline is one that can be met.
        #expect(story.state.clock == SLAClock(kind: .remediation, start: Moments.days(-1)))
        #expect(story.state.deadline == Moments.days(10 + 14))
        #expect(story.timers["sla-breach"] == Moments.days(24))
        #expect(
            story.timers["sla-warning"] == Moments.days(10) + .seconds(14 * 86_400 * 75 / 100))
    }

    @Test("A fix that came out since counts from then, unless that time is over when it is seen")
    func lateFix() throws {
        for (seen, deadline) in [(16, 3 + 14), (17, 17 + 14), (40, 40 + 14)] {
            var story = try FindingStory.classified(fix: nil)
            story.pass(days: seen)
            try story.tell(.observeFix(released: Moments.days(3)), by: classifier)
            #expect(story.state.clock == SLAClock(kind: .remediation, start: Moments.days(3)))
            #expect(story.state.deadline == Moments.days(deadline))
        }
    }

    @Test("What an exception gave beyond that ends with it, and the late fix's time remains")
    func grantedLateFix() throws {
        var story = try FindingStory.classified(fix: nil)
        try story.tell(
            .moveDeadline(
                exception: Sample.exception, until: Moments.days(60), restart: .keeps,
                reason: "the season"), by: workflow)
        story.pass(days: 10)
        try story.tell(.observeFix(released: Moments.days(-200)), by: classifier)
        #expect(story.state.deadline == Moments.days(60))
        try story.tell(.endTreatment(by: Sample.exception, reason: "revoked"), by: workflow)
        #expect(story.state.deadline == Moments.days(10 + 14))
    }
}
