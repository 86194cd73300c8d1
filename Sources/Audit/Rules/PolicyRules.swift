internal import EventSourcing
internal import PatchManagement

/// Policies are published by another person than the one who proposed them, after a look, as the
/// risk owner that the person was then, and exactly as proposed (I14).
struct PolicyRules {
    private struct Open {
        let digest: Digest
        let document: Digest
        let people: [String]
        var isExamined = false
    }

    private struct Held {
        var open: Open?
        var version = 0
    }

    private var policies: [StreamKey: Held] = [:]
    private var history = PolicyHistory()

    /// By what a finding says that it was classified.
    ///
    /// - Parameters:
    ///   - sites: Those that the asset may have been at.
    mutating func classification(
        pinnedBy pin: PolicyPin, sites: [String], asset: StreamID
    ) -> PolicyHistory.Answer {
        history.classification(pinnedBy: pin, sites: sites, asset: asset)
    }

    mutating func read(
        _ event: EntryView, _ people: PeopleRules, _ freezes: inout FreezeRules,
        _ judgement: inout Judgement
    ) {
        guard let read = judgement.decode(PolicyEvent.self, event) else { return }
        var policy = policies[event.stream] ?? Held()
        defer { policies[event.stream] = policy }
        switch read {
        case .proposed(let proposed):
            people.check(author: proposed.by, event, &judgement)
            policy.open = Open(
                digest: proposed.digest, document: proposed.document.digest,
                people: proposed.by.people)
        case .examined(let examined):
            if policy.open?.digest == examined.proposal { policy.open?.isExamined = true }
        case .published(let published):
            check(published, policy, event, people, &judgement)
            policy.open = nil
            policy.version = published.policy.version
            history.put(published.policy)
            freezes.put(published.policy)
        case .rejected, .withdrawn: policy.open = nil
        case .reviewDue, .reviewed: break
        case .builtIn(let stated):
            people.check(writerOf: event, mayDo: [.statePolicyBuiltIn], &judgement)
            if event.stream != StreamKey(BuiltInNumbers.stream) {
                judgement.violation("I14", event, "numbers that are built in stand in a policy")
            }
            history.put(BuiltInNumbers(stated.numbers))
        }
    }

    private func check(
        _ published: PolicyPublished, _ policy: Held, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        people.check(author: published.by, event, &judgement)
        people.check(riskOwner: published.by.id, role: published.by.role, event, &judgement)
        guard let open = policy.open else {
            return judgement.absent("I14", event, "nobody proposed what is published")
        }
        if published.by.people.contains(where: open.people.contains) {
            judgement.violation("I14", event, "\(published.by.id) proposed what it publishes")
        }
        if published.proposal != open.digest || published.policy.document.digest != open.document {
            judgement.violation("I14", event, "what is published is not what was proposed")
        }
        if !open.isExamined {
            judgement.violation("I14", event, "nobody looked at what it would change")
        }
        if policy.version > 0, published.policy.version != policy.version + 1 {
            judgement.violation(
                "I14", event,
                "version \(published.policy.version) follows on version \(policy.version)")
        }
    }
}
