import EventSourcing
import JSON
import Testing

@testable import PatchManagement

/// What happens to the policy of a scope.
enum StoredPolicyStories {
    static func events() throws -> [any DomainEvent] {
        var story = try PolicyDeciderTests.published()
        story.now = try unwrapped(story.timers["policy-review"])
        try story.tell(.timer(.review), by: clock)
        try story.tell(.review(reason: "still right"), by: rolf)
        for (end, actor) in [
            (PolicyCommand.reject(reason: "too dear"), rolf), (.withdraw(reason: "a slip"), anna),
        ] {
            try story.tell(
                .propose(PolicyDocument(), scope: PolicyDeciderTests.site, reason: "why not"),
                by: anna)
            try story.tell(end, by: actor)
        }
        return story.events + [.builtIn(PolicyBuiltIn(.own))]
    }
}

extension StoredPolicyStories {
    /// What the monitor keeps of a policy, and the report of a what-if.
    static func forms() throws -> [StoredDocumentTests.Form] {
        let document = PolicyDocument([
            .slaUrgent: .integer(86_400), .gateMaxFailures: .null,
            .exceptionReminders: .array([.integer(86_400)]), .trackThirdParty: .bool(false),
        ])
        return [
            StoredDocumentTests.Form(
                "finding-note-policy",
                PublishedPolicy(
                    scope: .site("berlin"), version: 3, document: document,
                    sections: [.classification: 3, .rollout: 1])),
            StoredDocumentTests.Form(
                "policy-what-if",
                PolicyWhatIf(
                    scope: .group("web"), version: 3, proposal: Digest(of: "proposal"),
                    summary: PolicyDeciderTests.summary(faults: ["classification.sla"]),
                    fields: [
                        .init(
                            field: PolicyField.slaUrgent.rawValue, before: .integer(259_200),
                            after: .null)
                    ],
                    findings: [
                        .init(
                            finding: ExceptionTests.finding, asset: production(1),
                            vulnerability: "CVE-2026-0001", before: .nonCritical, after: .urgent,
                            deadline: Moments.days(60), newDeadline: Moments.days(3))
                    ])),
        ]
    }
}
