package import EventSourcing

extension FindingDecider {
    package static func evolve(_ state: inout Finding, _ event: FindingEvent) {
        switch event {
        case .opened(let opened):
            state.id = opened.finding
            begin(1, opened.opening, opened.opened, &state)
        case .matchChanged(let changed):
            let observed = changed.opening.observed
            state.evidenceAfter = state.evidenceAfter.map { max($0, observed) } ?? observed
            state.opening = state.opening.map { changed.opening.within($0) } ?? changed.opening
        case .classified(let classified):
            state.inputs = classified.inputs
            state.policy = classified.policy
            state.classification = classified.classification
            let granted = state.granted
            set(classified.deadline, classified.warning, classified.clock, &state)
            keep(granted, classified.ungranted, &state)
        case .fixObserved(let observed): state.fixReleased = observed.released
        case .deadlineMoved(let moved): move(moved, &state)
        case .correctionRequested(let requested): state.requestedCorrection = requested
        case .corrected(let corrected):
            state.inputs = corrected.inputs
            state.policy = corrected.policy
            state.classification = corrected.classification
            state.requestedCorrection = nil
            let granted = state.granted
            set(corrected.deadline, corrected.warning, corrected.clock, &state)
            keep(granted, corrected.ungranted, &state)
        case .warned: state.isWarned = true
        case .breached: state.isBreached = true
        case .mitigated(let mitigated):
            state.phase = .mitigated
            state.treatment = FindingTreatment(
                by: mitigated.control, until: mitigated.until, restart: .keeps)
        case .accepted(let accepted):
            state.phase = .accepted
            state.treatment = FindingTreatment(
                by: accepted.exception, until: accepted.until, restart: accepted.restart)
        case .disputed(let disputed):
            state.phase = .disputed
            state.dispute = disputed
            state.phaseBeforeDispute = disputed.from
        case .resolved(let resolved):
            state.phase = .resolved
            state.resolution = resolved.resolution
            state.treatment = nil
            state.dispute = nil
            state.phaseBeforeDispute = nil
            state.requestedCorrection = nil
        case .reopened(let reopened): reopen(reopened, &state)
        case .dismissed(let dismissed):
            state.phase = .dismissed
            state.dismissed = dismissed
            state.treatment = nil
            state.dispute = nil
            state.phaseBeforeDispute = nil
            state.requestedCorrection = nil
        case .holdPlaced(let placed):
            state.hold = ForensicHold(placed: placed.placed, decisionDue: placed.decisionDue)
        case .evidenceCollected(let collected): state.hold?.evidence = collected.evidence
        case .holdDecided(let decided):
            if let due = decided.decisionDue {
                state.hold?.decisionDue = due
            } else {
                state.hold?.isReleased = true
            }
        }
    }

    private static func move(_ moved: DeadlineMoved, _ state: inout Finding) {
        let before = state.granted?.before ?? moved.before
        set(moved.deadline, moved.warning, moved.clock, &state)
        switch moved.cause {
        case .exceptionGranted:
            state.granted = moved.grant.map {
                GrantedTime(
                    grant: $0, before: before, riskClass: state.classification?.riskClass)
            }
        case .exceptionEnded: state.granted = nil
        case .fixReleased:
            // Without the exception it would be the fix's own deadline now.
            guard let granted = state.granted, let ungranted = moved.ungranted else { break }
            state.granted = GrantedTime(
                grant: granted.grant, before: ungranted, riskClass: granted.riskClass)
        }
    }

    /// What was granted before it got its class, as far as the deadline still rests on it.
    ///
    /// - Parameter ungranted: The deadline without it; nil also in events from before it was kept.
    private static func keep(
        _ granted: GrantedTime?, _ ungranted: Timestamp?, _ state: inout Finding
    ) {
        guard let granted else { return }
        if let riskClass = state.classification?.riskClass, !granted.covers(riskClass) {
            state.outgrown.insert(granted.grant.exception)
        }
        guard let ungranted, let deadline = state.deadline else { return }
        state.granted =
            ungranted < deadline
            ? GrantedTime(
                grant: granted.grant, before: ungranted, riskClass: granted.riskClass) : nil
    }

    private static func reopen(_ reopened: FindingReopened, _ state: inout Finding) {
        if let anew = reopened.anew {
            begin(anew.number, anew.opening, anew.opened, &state)
            // A person doubts whatever was gathered until then; a match only what is older than it.
            if reopened.cause == .takenBack { state.evidenceAfter = anew.opened }
        } else if reopened.cause == .disputeRejected {
            // What stood in for a patch goes on, while it lasts.
            state.phase = state.phaseBeforeDispute ?? .open
            state.dispute = nil
            state.phaseBeforeDispute = nil
        } else if state.phase == .disputed {
            // What stood in for a patch ended, and the question stays.
            state.phaseBeforeDispute = .open
            state.treatment = nil
        } else {
            state.phase = .open
            state.treatment = nil
        }
    }

    /// Nothing of the life before counts any more, but for an examination that is still owed.
    private static func begin(
        _ episode: Int, _ opening: FindingOpening, _ opened: Timestamp, _ state: inout Finding
    ) {
        var fresh = Finding()
        fresh.id = state.id
        fresh.phase = .open
        fresh.opening = opening
        fresh.episode = episode
        fresh.opened = opened
        fresh.evidenceAfter = opening.observed
        fresh.fixReleased = opening.fixReleased
        if state.isHeld { fresh.hold = state.hold }
        state = fresh
    }

    /// A later deadline is one that may be warned of and missed anew.
    private static func set(
        _ deadline: Timestamp, _ warning: Timestamp, _ clock: SLAClock, _ state: inout Finding
    ) {
        if let before = state.deadline, deadline > before {
            state.isWarned = false
            state.isBreached = false
        }
        if deadline != state.deadline { state.granted = nil }
        state.deadline = deadline
        state.warning = warning
        state.clock = clock
    }

    package static func effects(of event: FindingEvent, _ state: Finding) -> [Effect] {
        switch event {
        case .classified, .deadlineMoved, .corrected: return clockTimers(state)
        case .reopened(let reopened):
            guard reopened.anew == nil else { return [] }
            return clockTimers(state) + treatmentTimer(state)
        case .mitigated, .accepted: return treatmentTimer(state)
        case .resolved, .dismissed: return [.cancelPending]
        case .opened, .matchChanged, .fixObserved, .correctionRequested, .warned, .breached,
            .disputed, .holdPlaced, .evidenceCollected, .holdDecided:
            return []
        }
    }

    /// The timers of the deadline, also while the clock stands still: they have no effect then, and
    /// are started again with what sets it going.
    private static func clockTimers(_ state: Finding) -> [Effect] {
        var effects: [Effect] = []
        if let warning = state.warning, !state.isWarned {
            effects.append(timer(.warning, warning))
        }
        if let deadline = state.deadline, !state.isBreached {
            effects.append(timer(.breach, deadline))
        }
        return effects
    }

    private static func treatmentTimer(_ state: Finding) -> [Effect] {
        state.treatment.map { [timer(.treatmentEnd, $0.until)] } ?? []
    }

    private static func timer(_ timer: FindingTimer, _ due: Timestamp) -> Effect {
        .start(NewTimer(name: timer.rawValue, due: due))
    }
}
