import EventSourcing
import Testing

@testable import PatchManagement

/// What is approved beforehand, in a hurry, or done after a disaster.
enum StoredEmergencyStories {
    static func events() throws -> [any DomainEvent] {
        try emergencies() + standingApprovals() + disasters() + patches()
    }

    private static func emergencies() throws -> [any DomainEvent] {
        let terms = EmergencyTests.terms(freezeOverride: "the quarter can wait")
        var story = try EmergencyTests.proposed(terms)
        try story.tell(
            EmergencyTests.confirm(terms, overdue: [StreamID(prefix: "em", uuid(72))]), by: rolf)
        story.now = Moments.days(4)
        try story.tell(.timer(.review), by: clock)
        try story.tell(.end(reason: "deployed"), by: EmergencyTests.carl)
        try story.tell(.review(outcome: "patch sooner"), by: anna)
        var lapsed = try EmergencyTests.proposed()
        lapsed.now = Moments.days(1)
        try lapsed.tell(.timer(.proposal), by: clock)
        return story.events + lapsed.events + [
            EmergencyEvent.freezeOverridden(
                EmergencyFreezeOverridden(
                    override: EmergencyFreezeOverride(
                        rollout: StreamID(prefix: "ro", uuid(73)),
                        freeze: "fz_00000000-0000-7000-8000-000000000001", at: Moments.days(1)),
                    reason: "the quarter can wait"))
        ]
    }

    private static func standingApprovals() throws -> [any DomainEvent] {
        var story = try StandingApprovalTests.granted()
        try story.tell(
            .use(
                patch: PatchStory.id, binding: Digest(of: "binding"),
                policy: StandingApprovalTests.allowing), by: rita)
        try story.tell(.revoke(reason: "it broke"), by: paul)
        var denied = try StandingApprovalTests.proposed()
        try denied.tell(.deny(reason: "too wide"), by: pavel)
        var expired = try StandingApprovalTests.granted()
        expired.now = Moments.days(60)
        try expired.tell(.timer(.end), by: clock)
        return story.events + denied.events + expired.events
    }

    private static func disasters() throws -> [any DomainEvent] {
        var story = try DisasterTests.declared()
        try story.tell(.finishStep(1, note: "cut off"), by: anna)
        story.now = Moments.days(1)
        try story.tell(.timer(.goal), by: clock)
        try story.tell(.close(reason: "rebuilt", leavesOpen: true), by: DisasterTests.carl)
        return story.events
    }

    private static func patches() throws -> [any DomainEvent] {
        var story = try EmergencyTests.submittedInEmergency()
        try story.tell(.endEmergency(EmergencyTests.id), by: workflow)
        return story.events
    }
}
