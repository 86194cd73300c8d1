internal import EventSourcing
internal import PatchManagement

/// What a classification and a correction say alike.
struct ClassifiedAs {
    let inputs: ClassificationInputs
    let policy: PolicyPin
    let classification: Classification
    let clock: SLAClock
    let before: Timestamp?
    let deadline: Timestamp
    /// It computes again from the original start, and may give time.
    let isCorrection: Bool

    init(_ classified: FindingClassified) {
        inputs = classified.inputs
        policy = classified.policy
        classification = classified.classification
        clock = classified.clock
        before = classified.before
        deadline = classified.deadline
        isCorrection = false
    }

    init(_ corrected: InputCorrected) {
        inputs = corrected.inputs
        policy = corrected.policy
        classification = corrected.classification
        clock = corrected.clock
        before = corrected.before
        deadline = corrected.deadline
        isCorrection = true
    }
}

/// Class and deadline: computed again, and compared.
extension FindingRules {
    func check(
        _ said: ClassifiedAs, _ held: Held, _ event: EntryView, _ others: Others,
        _ policies: inout PolicyRules, _ judgement: inout Judgement
    ) {
        for pin in said.inputs.snapshots where others.feeds.hasTaken(pin) != true {
            let reason = "the snapshot \(pin.digest) of the feed '\(pin.feed)' was never taken"
            judgement.absent(Self.rule, event, reason)
        }
        for control in said.inputs.controls {
            guard let until = control.verifiedUntil,
                !others.controls.wasVerified(control.control, until: until)
            else { continue }
            judgement.absent("I14", event, "\(control.control) was not verified until \(until)")
        }
        guard let asset = StreamID(held.asset.description) else { return }
        switch policies.classification(
            pinnedBy: said.policy, sites: [said.inputs.site], asset: asset)
        {
        case .found(let policy): checkClass(said, policy, event, &judgement)
        case .otherBuiltIn:
            judgement.unknown(
                event,
                "it was classified by numbers that were built into another version of patchflow")
        case .neverPublished:
            judgement.absent(
                Self.rule, event,
                "version \(said.policy.version) of the policy, by which it was classified, was "
                    + "never published")
        }
        checkDeadline(said, held, event, &judgement)
    }

    private func checkClass(
        _ said: ClassifiedAs, _ policy: ClassificationPolicy, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        let tables = DecisionTables.published
        let recorded = said.classification
        guard recorded.remediationRow.table == tables.remediation.name,
            recorded.deployerRow.table == tables.deployer.name
        else {
            return judgement.unknown(
                event, "the table '\(recorded.remediationRow.table)' is not known here")
        }
        let moment = Timestamp(microseconds: event.occurredAt)
        let computed = Classifier.classify(said.inputs, at: moment, policy)
        if computed != recorded {
            judgement.violation(
                Self.rule, event,
                "its inputs come to class \(computed.riskClass.rawValue) within "
                    + "\(computed.slaSeconds) s, and not to what it says: "
                    + "\(recorded.riskClass.rawValue) within \(recorded.slaSeconds) s")
        }
    }

    private func checkDeadline(
        _ said: ClassifiedAs, _ held: Held, _ event: EntryView, _ judgement: inout Judgement
    ) {
        if said.before != held.deadline {
            judgement.violation(
                Self.rule, event, "the deadline before was \(Self.words(held.deadline))")
        }
        let clock =
            held.clock
            ?? SLAClock.starting(
                knownExploitedSince: said.inputs.knownExploitedSince,
                fixReleased: held.fixReleased,
                // What starts anew has not been in scope before.
                inScope: held.episode > 1 ? max(held.inScope, held.opened) : held.inScope,
                opened: held.opened)
        if said.clock != clock {
            judgement.violation(
                Self.rule, event,
                "its \(clock.kind.rawValue) clock started at \(clock.start), not at "
                    + "\(said.clock.start)")
        }
        let seconds = said.classification.slaSeconds
        let moment = Timestamp(microseconds: event.occurredAt)
        let expected =
            if let before = held.deadline, !said.isCorrection {
                SLAClock.reclassified(from: before, at: moment, slaSeconds: seconds)
            } else {
                said.clock.deadline(slaSeconds: seconds)
            }
        if !held.hasGrant {
            if said.deadline != expected {
                judgement.violation(
                    Self.rule, event, "its deadline is \(expected), not \(said.deadline)")
            }
        } else if let before = held.deadline, said.deadline > max(before, expected) {
            judgement.violation(
                Self.rule, event, "the deadline \(before) is moved to \(said.deadline)")
        }
    }

    private static func words(_ deadline: Timestamp?) -> String {
        deadline.map(\.description) ?? "none"
    }

    // MARK: Moves

    func move(
        _ held: inout Held, _ read: FindingEvent, _ event: EntryView, _ others: Others,
        _ judgement: inout Judgement
    ) {
        let moment = Timestamp(microseconds: event.occurredAt)
        switch read {
        case .fixObserved(let observed):
            need(Self.notClosed, held, event, &judgement)
            others.people.check(writerOf: event, mayDo: [.classifyFinding], &judgement)
            if held.fixReleased != nil {
                judgement.violation(Self.rule, event, "it had a fix before")
            }
            held.fixReleased = observed.released
        case .deadlineMoved(let moved):
            need(Self.notClosed, held, event, &judgement)
            if moved.before != held.deadline {
                judgement.violation(
                    Self.rule, event, "the deadline before was \(Self.words(held.deadline))")
            }
            check(moved, held, event, others, &judgement)
            set(&held, moved.deadline, moved.clock)
            switch moved.cause {
            case .exceptionGranted:
                held.hasGrant = true
                if moved.grant?.restart == .restarts { held.mayRestart = true }
            case .exceptionEnded: held.hasGrant = false
            case .fixReleased: break
            }
        case .warned(let warned):
            others.people.check(writerOf: event, mayDo: [.fireFindingTimer], &judgement)
            if warned.deadline != held.deadline {
                judgement.violation(
                    Self.rule, event, "its deadline is \(Self.words(held.deadline))")
            }
        case .breached(let breached):
            others.people.check(writerOf: event, mayDo: [.fireFindingTimer], &judgement)
            if breached.deadline != held.deadline || moment < breached.deadline {
                judgement.violation(
                    Self.rule, event, "its deadline is \(Self.words(held.deadline))")
            }
            if held.isBreached { judgement.violation(Self.rule, event, "it was missed before") }
            held.isBreached = true
        default: break
        }
    }

    /// A deadline is never a later one but by an exception, by its end as the exception said, or by
    /// the first fix, which begins another clock.
    private func check(
        _ moved: DeadlineMoved, _ held: Held, _ event: EntryView, _ others: Others,
        _ judgement: inout Judgement
    ) {
        switch moved.cause {
        case .fixReleased:
            others.people.check(moved.by, mayDo: [.classifyFinding], event, &judgement)
            if held.fixReleased == nil || held.clock?.kind != .treatment
                || moved.clock.kind != .remediation
            {
                judgement.violation(Self.rule, event, "no first fix has come out")
            }
        case .exceptionGranted:
            others.people.check(moved.by, mayDo: [.treatFinding], event, &judgement)
            guard let grant = moved.grant else {
                return judgement.violation("I14", event, "it names no exception")
            }
            if !others.exceptions.wasGranted(grant.exception, until: grant.until) {
                judgement.absent(
                    "I14", event, "\(grant.exception) was not granted until \(grant.until)")
            }
            if grant.restart == .keeps, moved.deadline != grant.until {
                judgement.violation(
                    Self.rule, event, "the exception gives time until \(grant.until)")
            }
        case .exceptionEnded:
            others.people.check(
                moved.by, mayDo: [.treatFinding, .fireFindingTimer], event, &judgement)
            if let before = held.deadline, moved.deadline > before, !held.mayRestart {
                judgement.violation(
                    Self.rule, event,
                    "the deadline \(before) is moved to \(moved.deadline), and no exception said "
                        + "that the time counts anew")
            }
        }
    }
}
