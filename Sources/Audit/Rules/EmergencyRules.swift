internal import EventSourcing
internal import PatchManagement
internal import TransparencyLog

/// Emergencies are declared by two people, and the patch is approved by a third; they end in time, are
/// reviewed by somebody else, and an overdue review keeps the next one back (I14).
struct EmergencyRules {
    private static let rule = "emergency"
    /// Clocks of two servers differ by less.
    private static let slack = Duration.seconds(300)

    private var emergencies: [StreamKey: Emergency] = [:]

    mutating func read(
        _ event: EntryView, _ patches: PatchRules, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        guard let read = judgement.decode(EmergencyEvent.self, event) else { return }
        var emergency = emergencies[event.stream] ?? EmergencyDecider.initialState
        switch read {
        case .proposed(let proposed): check(proposed, emergency, event, people, &judgement)
        case .lapsed(let lapsed):
            need([.proposed], emergency, event, &judgement)
            people.check(writerOf: event, mayDo: [.fireEmergencyTimer], &judgement)
            isDue(lapsed.expires, event, &judgement)
        case .declared(let declared):
            check(declared, emergency, event, patches, people, &judgement)
        case .ended(let ended): check(ended, emergency, event, people, &judgement)
        case .reviewReminded(let reminded):
            need([.declared, .ended], emergency, event, &judgement)
            people.check(writerOf: event, mayDo: [.fireEmergencyTimer], &judgement)
            if let due = emergency.nextReminder { isDue(due, event, &judgement) }
            if reminded.isOverdue, let reviewBy = emergency.reviewBy {
                isDue(reviewBy, event, &judgement)
            }
        case .reviewed(let reviewed):
            need([.ended], emergency, event, &judgement)
            people.check(reviewed.by, mayDo: [.reviewEmergency], event, &judgement)
            for declarer in emergency.declarers {
                for person in reviewed.by.people where declarer.people.contains(person) {
                    judgement.violation("I14", event, "\(person) reviews it and declared it")
                }
            }
            if reviewed.freezeOverrides ?? [] != emergency.freezeOverrides {
                judgement.violation(
                    Self.rule, event, "the review leaves out freezes that were overridden")
            }
        case .freezeOverridden(let overridden): check(overridden, emergency, event, &judgement)
        }
        EmergencyDecider.evolve(&emergency, read)
        emergencies[event.stream] = emergency
    }

    private func check(
        _ overridden: EmergencyFreezeOverridden, _ emergency: Emergency, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        need([.declared, .ended, .reviewed], emergency, event, &judgement)
        if emergency.terms?.freezeOverride != overridden.reason {
            judgement.violation("I2", event, "it was not declared to override freezes")
        }
    }

    private func need(
        _ needed: [EmergencyPhase], _ emergency: Emergency, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        guard let phase = emergency.phase else {
            return judgement.absent(Self.rule, event, "nobody proposed it")
        }
        if !needed.contains(phase) {
            judgement.violation(Self.rule, event, "it is \(phase.rawValue) already")
        }
    }

    private func isDue(_ due: Timestamp, _ event: EntryView, _ judgement: inout Judgement) {
        if Timestamp(microseconds: event.occurredAt) < due {
            judgement.violation(Self.rule, event, "it is due at \(due)")
        }
    }

    private func check(
        _ proposed: EmergencyProposed, _ emergency: Emergency, _ event: EntryView,
        _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        if emergency.phase != nil {
            judgement.violation(Self.rule, event, "it was proposed before")
        }
        people.check(
            proposed.by, mayDo: [.declareEmergency, .declareBarredEmergency], event, &judgement)
        if StreamKey(proposed.emergency) != event.stream {
            judgement.violation(Self.rule, event, "it is for \(proposed.emergency)")
        }
        if proposed.digest != proposed.terms.digest {
            judgement.violation("I14", event, "the digest is not that of the terms")
        }
    }

    private func check(
        _ declared: EmergencyDeclared, _ emergency: Emergency, _ event: EntryView,
        _ patches: PatchRules, _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        need([.proposed], emergency, event, &judgement)
        people.check(
            declared.by, mayDo: [.declareEmergency, .declareBarredEmergency], event, &judgement)
        guard let terms = emergency.terms, let proposer = emergency.proposer,
            let expires = emergency.until
        else { return }
        for person in declared.by.people where proposer.people.contains(person) {
            judgement.violation("I14", event, "\(person) confirms it and proposed it")
        }
        if declared.terms != terms || declared.digest != terms.digest
            || declared.proposer != proposer
        {
            judgement.violation("I14", event, "it is not what was proposed")
        }
        Deadline.check(expires, event, &judgement)
        let policy = emergency.policy
        if declared.until > declared.declared + .seconds(policy.lifeSeconds)
            || declared.reviewBy > declared.declared + .seconds(policy.reviewSeconds)
        {
            judgement.violation(Self.rule, event, "it lasts longer than its policy allows")
        }
        let declarers = [proposer, declared.by]
        for approver in approvers(of: terms.patch, patches) {
            for person in declarers.flatMap(\.people) where approver.people.contains(person) {
                judgement.violation(
                    "I14", event, "\(person) declares it and approved the patch")
            }
        }
        let isBarred = isBarred(terms.team, declarers, at: declared.declared)
        if isBarred, !declarers.contains(where: { $0.role == Role.riskOwner.rawValue }) {
            judgement.violation(
                Self.rule, event, "a review is overdue, and no riskOwner is among the two")
        }
    }

    private func approvers(of patch: StreamID, _ patches: PatchRules) -> [Actor] {
        guard let key = StreamKey(patch.text), let patch = patches.patch(key) else { return [] }
        let isStanding = patch.decision == .approved || patch.decision == .awaitingApproval
        guard isStanding, let approval = patch.approval else { return [] }
        return approval.given + (approval.standing?.people ?? approval.approver.map { [$0] } ?? [])
    }

    /// Whether the team or one of the two owed a review by then; that it had just been due doesn't count.
    private func isBarred(_ team: String, _ declarers: [Actor], at moment: Timestamp) -> Bool {
        let people = Set(declarers.flatMap(\.people))
        return emergencies.values.contains { other in
            guard other.owesReview, let reviewBy = other.reviewBy, let terms = other.terms,
                reviewBy + Self.slack <= moment
            else { return false }
            return EmergencyTerms.isSameTeam(terms.team, team)
                || !people.isDisjoint(with: other.declarers.flatMap(\.people))
        }
    }

    private func check(
        _ ended: EmergencyEnded, _ emergency: Emergency, _ event: EntryView,
        _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        need([.declared], emergency, event, &judgement)
        if let patch = emergency.terms?.patch, ended.patch != patch {
            judgement.violation(Self.rule, event, "it is for \(patch)")
        }
        switch ended.cause {
        case .timeOver:
            people.check(writerOf: event, mayDo: [.fireEmergencyTimer], &judgement)
            if let until = emergency.until { isDue(until, event, &judgement) }
        case .byPerson: people.check(ended.by, mayDo: [.endEmergency], event, &judgement)
        }
    }

    // MARK: In the patch

    /// The patch is under what was declared for it, as it was declared.
    func check(
        _ begun: PatchEmergencyBegun, _ patch: Patch, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        let emergency = begun.emergency
        guard let held = emergencies[StreamKey(emergency.emergency)] else {
            return judgement.absent("I14", event, "there is no emergency \(emergency.emergency)")
        }
        // It may have ended by now: whoever tells the patch follows the log.
        let isDeclared =
            held.confirmer != nil && StreamKey(held.terms?.patch.text ?? "") == event.stream
            && held.terms?.selector == emergency.selector
            && held.terms?.freezeOverride == emergency.freezeOverride
            && held.declarers == emergency.declarers
        if !isDeclared {
            judgement.violation("I14", event, "no such emergency was declared for it")
        }
        if held.phase == .declared, held.until != emergency.until {
            judgement.violation("I14", event, "the emergency ends at another time")
        }
    }

    /// A smoke sample is for an emergency that is in force, and never nothing.
    func check(
        _ started: QualificationStarted, _ patch: Patch, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        guard let named = started.smoke else { return }
        let moment = Timestamp(microseconds: event.occurredAt)
        if patch.liveEmergency(at: moment)?.emergency != named || started.hosts.isEmpty {
            judgement.violation("I14", event, "no emergency lets a smoke sample be enough")
        }
    }

    /// An approval that is asked for in an emergency is within it.
    func check(
        _ requested: ApprovalRequested, _ patch: Patch, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        if let smoke = patch.evidence?.smoke, requested.emergency != smoke {
            judgement.violation("I14", event, "a smoke test is no evidence outside its emergency")
        }
        guard let named = requested.emergency else { return }
        let moment = Timestamp(microseconds: event.occurredAt)
        guard
            let emergency = patch.liveEmergency(
                covering: requested.binding.selector, at: moment), emergency.emergency == named
        else {
            return judgement.violation(
                "I14", event, "no emergency of the patch is in force for these assets")
        }
        if requested.expires > emergency.until {
            judgement.violation("I14", event, "it would outlast the emergency")
        }
    }
}
