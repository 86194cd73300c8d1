import Advisories
import EventSourcing

@testable import PatchManagement

/// Lives of findings, exceptions, controls and baselines in which each of their events occurs.
enum StoredFindingStories {
    static func events() throws -> [any DomainEvent] {
        try findings() + exceptions() + controls() + [baseline()]
    }

    private static func findings() throws -> [any DomainEvent] {
        try held().events + ended().events + treated().events
    }

    private static func treated() throws -> FindingStory {
        var story = try FindingStory.classified(fix: nil)
        try story.tell(
            .moveDeadline(
                exception: Sample.exception, until: Moments.days(20), restart: .keeps,
                reason: "the season"), by: workflow)
        try story.tell(
            .mitigate(control: Sample.control, until: Moments.days(40)), by: workflow)
        try story.tell(.observeFix(released: Moments.days(0)), by: classifier)
        try story.tell(
            .endTreatment(by: Sample.control, reason: "the rule was removed"), by: workflow)
        try story.tell(
            .accept(exception: Sample.exception, until: Moments.days(20), restart: .restarts),
            by: workflow)
        story.now = Moments.days(20)
        try story.tell(.timer(.treatmentEnd), by: clock)
        for timer in [FindingTimer.warning, .breach] {
            story.now = try unwrapped(story.timers[timer.rawValue])
            try story.tell(.timer(timer), by: clock)
        }
        return story
    }

    private static func held() throws -> FindingStory {
        var inputs = Sample.urgentInputs
        inputs.epss = EPSSSignal(score: try unwrapped(Probability("0.94358")), model: "v2025.03.14")
        inputs.controls = [
            ControlOnPath(control: Sample.control, verifiedUntil: Moments.days(30))
        ]
        var story = try FindingStory.classified(inputs)
        let policy = ClassificationPolicy()
        story.pass(days: 1)
        try story.tell(.decideHold(.kept, reason: "the image is late", policy: policy), by: ines)
        try story.tell(.collectEvidence(Digest(of: "memory"), reason: "dumped"), by: ines)
        try story.tell(.requestCorrection(Sample.inputs, reason: "another product"), by: anna)
        let correction = try unwrapped(story.state.requestedCorrection)
        try story.tell(
            .confirmCorrection(correction.digest, policy, reason: "looked at it"), by: rolf)
        return story
    }

    private static func ended() throws -> FindingStory {
        var story = try FindingStory.resolved()
        try story.tell(
            .dispute(
                .stillThere, source: "trivy", evidence: Digest(of: "report"), gathered: story.now,
                reason: "found"),
            by: monitor)
        story.pass(days: 1)
        try story.tell(.open(Sample.opening(match: "new", observed: 2)), by: monitor)
        try story.tell(.open(Sample.opening(match: "newer", observed: 2)), by: monitor)
        try story.tell(.dismiss(.falsePositive, reason: "it is a backport"), by: anna)
        return story
    }

    private static func exceptions() throws -> [any DomainEvent] {
        var granted = try ExceptionTests.granted(
            ExceptionTests.request(.compensatingControl, control: Sample.control))
        granted.now = try unwrapped(granted.timers[ExceptionTimer.reminder.rawValue])
        try granted.tell(.timer(.reminder), by: clock)
        try granted.tell(.loseControl(Sample.control), by: workflow)
        var denied = try ExceptionTests.requested()
        try denied.tell(.deny(reason: "patch it"), by: rolf)
        var revoked = try ExceptionTests.granted()
        try revoked.tell(.revoke(reason: "it is exploited now"), by: rolf)
        return granted.events + denied.events + revoked.events
    }

    private static func controls() throws -> [any DomainEvent] {
        var story = try ControlTests.verified()
        try story.tell(.withdraw(reason: "the rule was removed"), by: sam)
        return story.events
    }

    private static func baseline() -> any DomainEvent {
        BaselineEvent.set(
            BaselineSet(
                baseline: Baseline(
                    kind: "web-server", scheme: .debian,
                    standards: [
                        PackageStandard(
                            name: "openssl", version: "3.0.15-1~deb12u1", isRequired: true)
                    ]), by: anna))
    }
}
