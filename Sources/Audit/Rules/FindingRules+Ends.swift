internal import EventSourcing
internal import PatchManagement

/// What stands in for a patch, and how findings end and come back.
extension FindingRules {
    func treat(
        _ held: inout Held, _ read: FindingEvent, _ event: EntryView, _ others: Others,
        _ judgement: inout Judgement
    ) {
        switch read {
        case .mitigated(let mitigated):
            need([.open, .mitigated], held, event, &judgement)
            others.people.check(mitigated.by, mayDo: [.treatFinding], event, &judgement)
            if !others.controls.wasVerified(mitigated.control, until: mitigated.until) {
                judgement.absent(
                    "I14", event, "\(mitigated.control) was not verified until \(mitigated.until)")
            }
            held.phase = .mitigated
        case .accepted(let accepted):
            need([.open, .mitigated, .accepted], held, event, &judgement)
            others.people.check(accepted.by, mayDo: [.treatFinding], event, &judgement)
            if !others.exceptions.wasGranted(accepted.exception, until: accepted.until) {
                judgement.absent(
                    "I14", event, "\(accepted.exception) was not granted until \(accepted.until)")
            }
            if accepted.restart == .restarts { held.mayRestart = true }
            held.phase = .accepted
        default: break
        }
    }

    func end(
        _ held: inout Held, _ read: FindingEvent, _ event: EntryView, _ others: Others,
        _ judgement: inout Judgement
    ) {
        switch read {
        case .matchChanged(let changed):
            need(Self.notClosed, held, event, &judgement)
            others.people.check(changed.by, mayDo: [.openFinding], event, &judgement)
            checkStream(changed.opening, event, &judgement)
            held.evidenceAfter = max(held.evidenceAfter, changed.opening.observed)
        case .disputed(let disputed):
            need(
                disputed.claim == .stillThere ? [.resolved] : [.open, .mitigated, .accepted], held,
                event, &judgement)
            others.people.check(disputed.by, mayDo: [.disputeFinding], event, &judgement)
            held.phaseBefore = held.phase
            held.phase = .disputed
        case .resolved(let resolved):
            need(Self.notClosed, held, event, &judgement)
            others.people.check(resolved.by, mayDo: [.resolveFinding], event, &judgement)
            check(resolved, held, event, others, &judgement)
            held.phase = .resolved
            held.phaseBefore = nil
        case .dismissed(let dismissed):
            need(Self.notClosed, held, event, &judgement)
            others.people.check(dismissed.by, mayDo: [.dismissFinding], event, &judgement)
            held.phase = .dismissed
            held.phaseBefore = nil
        case .reopened(let reopened): reopen(&held, reopened, event, others, &judgement)
        default: break
        }
    }

    /// I13: a resolution has evidence from after the match and after the installation that it is
    /// owed to, and says by its deadline whether it came in time.
    private func check(
        _ resolved: FindingResolved, _ held: Held, _ event: EntryView, _ others: Others,
        _ judgement: inout Judgement
    ) {
        let resolution = resolved.resolution
        let moment = Timestamp(microseconds: event.occurredAt)
        if resolution.gathered <= held.evidenceAfter {
            judgement.violation(
                "I13", event,
                "its evidence is from \(resolution.gathered), and the finding was seen at "
                    + "\(held.evidenceAfter)")
        }
        if resolution.gathered > moment + Self.slack {
            judgement.violation(
                "I13", event, "its evidence is from \(resolution.gathered), which is to come")
        }
        if StreamKey(resolved.asset) != held.asset {
            judgement.violation(Self.rule, event, "the finding is on \(held.asset)")
        }
        if resolved.deadline != held.deadline
            || resolved.isInTime != held.deadline.map({ resolution.gathered <= $0 })
            || resolved.isGoverned != resolution.isGoverned
        {
            judgement.violation(
                Self.rule, event, "whether it came in time, and by whom, is not what it says")
        }
        guard resolution.means == .patched else { return }
        guard let deployment = resolution.deployment, let installed = resolution.installed else {
            return judgement.violation("I13", event, "it names no installation")
        }
        if resolution.gathered <= installed {
            judgement.violation(
                "I13", event,
                "its evidence is from \(resolution.gathered), and the installation from "
                    + "\(installed)")
        }
        guard let succeeded = others.succeeded(StreamKey(deployment), held.asset) else {
            return judgement.absent("I13", event, "there is no deployment \(deployment)")
        }
        if !succeeded {
            judgement.violation("I13", event, "\(deployment) did not succeed on \(held.asset)")
        }
    }

    private func reopen(
        _ held: inout Held, _ reopened: FindingReopened, _ event: EntryView, _ others: Others,
        _ judgement: inout Judgement
    ) {
        let needed: [FindingPhase]
        let actions: [Action]
        switch reopened.cause {
        case .foundAgain: (needed, actions) = ([.resolved, .dismissed, .disputed], [.openFinding])
        case .treatmentEnded:
            (needed, actions) = (
                [.mitigated, .accepted, .disputed], [.treatFinding, .fireFindingTimer]
            )
        case .disputeRejected: (needed, actions) = ([.disputed], [.rejectDispute, .reopenFinding])
        case .takenBack:
            (needed, actions) = ([.resolved, .dismissed, .disputed], [.reopenFinding])
        }
        need(needed, held, event, &judgement)
        others.people.check(reopened.by, mayDo: actions, event, &judgement)
        guard let anew = reopened.anew else {
            if reopened.cause == .foundAgain || reopened.cause == .takenBack {
                judgement.violation(Self.rule, event, "it doesn't say what it starts anew with")
            }
            switch (reopened.cause, held.phase) {
            case (.disputeRejected, _):
                held.phase = held.phaseBefore ?? .open
                held.phaseBefore = nil
            case (_, .disputed): held.phaseBefore = .open
            default: held.phase = .open
            }
            return
        }
        checkStream(anew.opening, event, &judgement)
        if anew.number != held.episode + 1 || anew.previousDeadline != held.deadline {
            judgement.violation(Self.rule, event, "it is not linked to the life before")
        }
        held = Held(
            asset: held.asset, episode: anew.number, opened: anew.opened,
            inScope: anew.opening.inScope,
            evidenceAfter: reopened.cause == .takenBack ? anew.opened : anew.opening.observed,
            fixReleased: anew.opening.fixReleased)
    }
}
