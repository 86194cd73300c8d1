import EventSourcing
import Testing

@testable import PatchManagement

/// From the control to the exception that leans on it, and to the findings under that.
@Suite("What exceptions do to findings")
struct ExceptionEffectTests {
    @Test("The lapse of a control ends its exception, which wakes the finding")
    func lapse() throws {
        var control = try ControlTests.verified()
        var exception = try ExceptionTests.granted(
            ExceptionTests.request(.compensatingControl, control: Sample.control))
        var finding = try FindingStory.classified()
        try finding.tell(try #require(exception.state.findingCommand), by: workflow)
        #expect(finding.state.phase == .accepted)
        #expect(!finding.state.clockRuns)

        control.now = Moments.days(5)
        try control.tell(.withdraw(reason: "the rule was removed"), by: sam)
        (exception.now, finding.now) = (control.now, control.now)
        try exception.tell(.loseControl(Sample.control), by: workflow)
        try finding.tell(try #require(exception.state.findingCommand), by: workflow)
        #expect(finding.state.phase == .open)
        #expect(finding.state.clockRuns)
        #expect(finding.state.deadline == Moments.days(13))
    }

    @Test("A deferral gives time until its end, and its revocation takes that back")
    func deferral() throws {
        var exception = try ExceptionTests.granted(ExceptionTests.request(.defer), days: 60)
        var finding = try FindingStory.classified()
        try finding.tell(try #require(exception.state.findingCommand), by: workflow)
        #expect(finding.state.phase == .open)
        #expect(finding.state.deadline == Moments.days(60))
        try exception.tell(.revoke(reason: "it is exploited now"), by: rolf)
        try finding.tell(try #require(exception.state.findingCommand), by: workflow)
        #expect(finding.state.deadline == Moments.days(13))
    }

    @Test("What is not granted, denied or never decided says nothing to any finding")
    func silent() throws {
        #expect(RiskException().findingCommand == nil)
        var story = try ExceptionTests.requested()
        #expect(story.state.findingCommand == nil)
        var undecided = story
        undecided.now = Moments.days(90)
        try undecided.tell(.timer(.end), by: clock, timer: "exception-end")
        #expect(undecided.state.findingCommand == nil)
        try story.tell(.deny(reason: "patch it"), by: rolf)
        #expect(story.state.findingCommand == nil)
    }
}
