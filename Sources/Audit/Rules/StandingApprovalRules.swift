internal import EventSourcing
internal import PatchManagement
internal import TransparencyLog

/// Standing approvals are given by two approvers, with an end, and used for nothing else than what they
/// name, nor for what one of the two asked for, tested, signed off or edited (I14).
struct StandingApprovalRules {
    private static let rule = "standing-approval"

    private var approvals: [StreamKey: StandingApproval] = [:]

    mutating func read(
        _ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        guard let read = judgement.decode(StandingApprovalEvent.self, event) else { return }
        var standing = approvals[event.stream] ?? StandingApprovalDecider.initialState
        switch read {
        case .proposed(let proposed): check(proposed, standing, event, people, &judgement)
        case .granted(let granted): check(granted, standing, event, people, &judgement)
        case .denied(let denied):
            need([.proposed], standing, event, &judgement)
            people.check(denied.by, mayDo: [.decideStandingApproval], event, &judgement)
        case .used(let used):
            need([.granted], standing, event, &judgement)
            people.check(used.by, mayDo: [.useStandingApproval], event, &judgement)
            if let until = standing.terms?.until { Deadline.check(until, event, &judgement) }
        case .expired:
            need([.proposed, .granted], standing, event, &judgement)
            people.check(writerOf: event, mayDo: [.fireStandingApprovalTimer], &judgement)
            if let until = standing.terms?.until,
                Timestamp(microseconds: event.occurredAt) < until
            {
                judgement.violation(Self.rule, event, "its end is at \(until)")
            }
        case .revoked(let revoked):
            need([.granted], standing, event, &judgement)
            people.check(revoked.by, mayDo: [.revokeStandingApproval], event, &judgement)
            if revoked.patches != standing.patches {
                judgement.violation(Self.rule, event, "it was used for other patches")
            }
        }
        StandingApprovalDecider.evolve(&standing, read)
        approvals[event.stream] = standing
    }

    private func need(
        _ needed: [StandingPhase], _ standing: StandingApproval, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        guard let phase = standing.phase else {
            return judgement.absent(Self.rule, event, "nobody proposed it")
        }
        if !needed.contains(phase) {
            judgement.violation(Self.rule, event, "it is \(phase.rawValue) already")
        }
    }

    private func check(
        _ proposed: StandingApprovalProposed, _ standing: StandingApproval, _ event: EntryView,
        _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        if standing.phase != nil {
            judgement.violation(Self.rule, event, "it was proposed before")
        }
        people.check(proposed.by, mayDo: [.proposeStandingApproval], event, &judgement)
        if StreamKey(proposed.standing) != event.stream {
            judgement.violation(Self.rule, event, "it is for \(proposed.standing)")
        }
        let terms = proposed.terms
        if proposed.digest != terms.digest {
            judgement.violation("I14", event, "the digest is not that of the terms")
        }
        let latest = proposed.proposed + .seconds(proposed.policy.longestSeconds)
        if terms.until > latest || !proposed.policy.allows(terms.riskClass) {
            judgement.violation(Self.rule, event, "its policy doesn't allow it")
        }
    }

    private func check(
        _ granted: StandingApprovalGranted, _ standing: StandingApproval, _ event: EntryView,
        _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        need([.proposed], standing, event, &judgement)
        people.check(granted.by, mayDo: [.decideStandingApproval], event, &judgement)
        guard let terms = standing.terms, let proposer = standing.proposer else { return }
        for person in granted.by.people where proposer.people.contains(person) {
            judgement.violation("I14", event, "\(person) grants it and proposed it")
        }
        if granted.digest != terms.digest || granted.until != terms.until {
            judgement.violation("I14", event, "it is not what was proposed")
        }
        Deadline.check(terms.until, event, &judgement)
    }

    /// A patch was approved by one: it held then, was for such a patch, and had said that it is used.
    func check(
        _ note: StandingNote, _ approved: PatchApproved, _ patch: Patch, _ event: EntryView,
        _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        people.check(approved.by, mayDo: [.useStandingApproval], event, &judgement)
        guard let approval = patch.approval, patch.decision == .awaitingApproval else {
            return judgement.violation("I14", event, "nobody asked for an approval")
        }
        let current = patch.binding(approval.binding.selector, approval.binding.targets)
        if approved.digest != approval.binding.digest || approved.digest != current?.digest
            || approved.artefact != patch.artefact?.digest
            || approved.evidence != patch.evidence?.digest || patch.signedOffBy == nil
        {
            judgement.violation("I14", event, "the digest is not that of what was asked for")
        }
        Deadline.check(approval.expires, event, &judgement)
        if approved.expires > min(approval.expires, note.until) {
            judgement.violation("I14", event, "it outlasts the standing approval")
        }
        guard let held = approvals[StreamKey(note.standing)], let use = held.use else {
            return judgement.absent(
                "I14", event, "there is no standing approval \(note.standing) that was granted")
        }
        if note != StandingNote(use) {
            judgement.violation("I14", event, "the standing approval is another one")
        }
        if held.phase != .granted {
            judgement.violation(
                "I14", event, "the standing approval was \(held.phase?.rawValue ?? "unknown")")
        }
        Deadline.check(note.until, event, &judgement)
        if let misfit = use.misfit(to: patch, approval) {
            judgement.violation("I14", event, "the standing approval is not for it: \(misfit)")
        }
        if !held.patches.contains(where: { StreamKey($0) == event.stream }) {
            judgement.violation("I14", event, "the standing approval was not used for it")
        }
        checkPeople(use, patch, approval, event, &judgement)
    }

    private func checkPeople(
        _ use: StandingUse, _ patch: Patch, _ approval: Approval, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        for (actor, deed) in [
            (approval.requester, "asked for it"), (patch.evidence?.tester, "tested it"),
            (patch.signedOffBy, "signed the test off"), (patch.lastEditor, "edited it last"),
        ] {
            for person in use.people.flatMap(\.people)
            where actor?.people.contains(person) == true {
                judgement.violation(
                    "I14", event, "\(person) gave the standing approval and \(deed)")
            }
        }
    }
}
