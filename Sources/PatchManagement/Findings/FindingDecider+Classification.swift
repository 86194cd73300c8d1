import EventSourcing

/// Class and deadline: how they come about, and the few ways in which they change.
extension FindingDecider {
    /// Signals that change nothing of class, rows and facts say nothing, such as a new snapshot of
    /// the same content or an EPSS score on the same side of its threshold: feeds come every day,
    /// and findings are many.
    static func classify(
        _ inputs: ClassificationInputs, _ policy: ClassificationPolicy, _ context: CommandContext,
        _ finding: Finding, _ phase: FindingPhase, _ opening: FindingOpening
    ) throws(FindingRejection) -> [FindingEvent] {
        try need(notClosed, phase)
        try check(inputs, policy, context)
        let classification = Classifier.classify(inputs, at: context.at, policy)
        guard
            finding.classification != classification || finding.policy != policy.pin
                || finding.inputs?.knownExploitedSince != inputs.knownExploitedSince
        else { return [] }
        let clock = finding.clock ?? startedClock(of: finding, inputs, opening)
        let (deadline, ungranted) = deadline(of: finding, classification, clock, at: context.at)
        let classified = FindingClassified(
            inputs: inputs, policy: policy.pin, classification: classification, clock: clock,
            before: finding.deadline, deadline: deadline,
            warning: clock.warning(before: deadline, percent: policy.warningPercent),
            ungranted: ungranted, by: context.actor)
        return [.classified(classified)]
            + askedHold(classification, policy, context, finding, opening)
    }

    /// The deadline of a class, and the one without what an exception gave; nil for none.
    ///
    /// Reclassified is min(old deadline, now + the class's time) (domain.md §5.7), and only what
    /// would hold without the exception is reclassified so: what a risk owner granted stays granted.
    /// It was granted for a class, though. A higher one is another risk, which nobody has accepted,
    /// so that the granted deadline itself is reclassified: the rest of the time is for patching, or
    /// for another exception.
    private static func deadline(
        of finding: Finding, _ classification: Classification, _ clock: SLAClock,
        at now: Timestamp
    ) -> (Timestamp, ungranted: Timestamp?) {
        let seconds = classification.slaSeconds
        guard let before = finding.deadline else {
            return (clock.deadline(slaSeconds: seconds), nil)
        }
        let reclassified = SLAClock.reclassified(from: before, at: now, slaSeconds: seconds)
        guard let granted = finding.granted else { return (reclassified, nil) }
        let ungranted = SLAClock.reclassified(from: granted.before, at: now, slaSeconds: seconds)
        return granted.covers(classification.riskClass)
            ? (max(ungranted, before), ungranted) : (reclassified, ungranted)
    }

    /// The first fix is out. What was classified already goes over to the remediation clock, which
    /// starts with the fix: while no fix exists, a treatment clock runs from the opening and the
    /// remediation clock from the fix (domain.md §5.7). But nobody could install what nobody knew
    /// of. So a fix that is older than a finding that was opened without one, or whose time is over
    /// when it is first seen, leaves at least the time of the class from now.
    static func observeFix(
        _ released: Timestamp, _ context: CommandContext, _ finding: Finding,
        _ phase: FindingPhase, _ opening: FindingOpening
    ) throws(FindingRejection) -> [FindingEvent] {
        try need(notClosed, phase)
        guard finding.fixReleased == nil else { return [] }
        // A date without time counts to its end, which may be to come.
        let latest = context.at + .seconds(86_400)
        guard released <= latest else { throw .inFuture("released", released, latest: latest) }
        let observed = FindingEvent.fixObserved(FixObserved(released: released))
        guard let inputs = finding.inputs, let classification = finding.classification,
            let before = finding.deadline, let old = finding.clock, let warning = finding.warning
        else { return [observed] }
        var mended = finding
        mended.fixReleased = released
        let clock = startedClock(of: mended, inputs, opening)
        let isLate =
            released < finding.opened ?? opening.observed
            || clock.deadline(slaSeconds: classification.slaSeconds) <= context.at
        // Its time, which the warning is a part of, counts from here.
        let counting = isLate ? clock.starting(notBefore: context.at) : clock
        let ungranted = counting.deadline(slaSeconds: classification.slaSeconds)
        // What a risk owner has granted holds, also when there is something to install now.
        let deadline = finding.granted == nil ? ungranted : max(ungranted, before)
        let moved = DeadlineMoved(
            cause: .fixReleased, before: before, deadline: deadline,
            warning: moved(warning, of: old, from: before, to: counting, deadline), clock: clock,
            grant: nil, ungranted: ungranted, reason: "the first fix came out at \(released)",
            by: context.actor)
        return [observed, .deadlineMoved(moved)]
    }

    /// One that gives no more time than there is has no effect, nor has one that the class has
    /// outgrown, however often it is said.
    static func moveDeadline(
        _ exception: StreamID, _ until: Timestamp, _ restart: ClockRestart, _ reason: String,
        _ context: CommandContext, _ finding: Finding, _ phase: FindingPhase
    ) throws(FindingRejection) -> [FindingEvent] {
        try need(notClosed, phase)
        try FindingRejection.check(reason: reason)
        try need(exception, prefix: ExceptionDecider.prefix)
        guard until > context.at else { throw .endInPast(until, now: context.at) }
        guard let before = finding.deadline, let clock = finding.clock,
            let warning = finding.warning, let classification = finding.classification
        else { throw .notClassified }
        let deadline =
            switch restart {
            case .keeps: until
            case .restarts: until + .seconds(classification.slaSeconds)
            }
        guard deadline > before, !finding.outgrown.contains(exception) else { return [] }
        return [
            .deadlineMoved(
                DeadlineMoved(
                    cause: .exceptionGranted, before: before, deadline: deadline,
                    warning: moved(warning, of: clock, from: before, to: clock, deadline),
                    clock: clock,
                    grant: DeadlineGrant(exception: exception, until: until, restart: restart),
                    ungranted: nil,
                    reason: reason, by: context.actor))
        ]
    }

    // MARK: Corrections, which take two people, and may give time without an exception

    static func requestCorrection(
        _ inputs: ClassificationInputs, _ reason: String, _ context: CommandContext,
        _ finding: Finding, _ phase: FindingPhase
    ) throws(FindingRejection) -> [FindingEvent] {
        try need(notClosed, phase)
        try FindingRejection.check(reason: reason)
        guard finding.classification != nil else { throw .notClassified }
        if let fault = inputs.faults.first { throw .badField(fault) }
        let digest = Digest(of: storedForm(inputs))
        if let open = finding.requestedCorrection, open.digest == digest,
            open.by.people == context.actor.people
        {
            return []
        }
        return [
            .correctionRequested(
                InputCorrectionRequested(
                    inputs: inputs, digest: digest, reason: reason, by: context.actor))
        ]
    }

    static func confirmCorrection(
        _ digest: Digest, _ policy: ClassificationPolicy, _ reason: String,
        _ context: CommandContext, _ finding: Finding, _ phase: FindingPhase
    ) throws(FindingRejection) -> [FindingEvent] {
        try need(notClosed, phase)
        try FindingRejection.check(reason: reason)
        guard let request = finding.requestedCorrection else { throw .correctionNotRequested }
        for person in context.actor.people where request.by.people.contains(person) {
            throw .mayNotConfirmOwnRequest(person)
        }
        guard digest == request.digest else {
            throw .staleCorrection(given: digest, current: request.digest)
        }
        try check(request.inputs, policy, context)
        guard let before = finding.deadline, let clock = finding.clock,
            let opening = finding.opening
        else { throw .notClassified }
        let classification = Classifier.classify(request.inputs, at: context.at, policy)
        let computed = clock.deadline(slaSeconds: classification.slaSeconds)
        // What was granted for a lower class than it has gives no time; see `deadline(of:)`.
        let isGranted = finding.granted?.covers(classification.riskClass) ?? false
        let deadline = isGranted ? max(computed, before) : computed
        let corrected = InputCorrected(
            inputs: request.inputs, policy: policy.pin, classification: classification,
            clock: clock, before: before, deadline: deadline,
            warning: clock.warning(before: deadline, percent: policy.warningPercent),
            ungranted: finding.granted == nil ? nil : computed,
            requester: request.by, reason: reason, by: context.actor)
        return [.corrected(corrected)]
            + askedHold(classification, policy, context, finding, opening)
    }

    // MARK: What they share

    static func need(_ id: StreamID, prefix: String) throws(FindingRejection) {
        guard id.prefix == prefix[...] else {
            throw .badField(
                FieldFault(
                    field: "id", value: id.text, rule: "it does not begin with '\(prefix)_'"))
        }
    }

    /// A warning that stands as far in the new time as it stood in the old one.
    static func moved(
        _ warning: Timestamp, of old: SLAClock, from before: Timestamp, to clock: SLAClock,
        _ deadline: Timestamp
    ) -> Timestamp {
        let time = before.microseconds - old.start.microseconds
        guard time > 0 else { return deadline }
        let percent = (warning.microseconds - old.start.microseconds) / max(1, time / 100)
        return clock.warning(before: deadline, percent: Int(min(99, max(1, percent))))
    }

    private static func startedClock(
        of finding: Finding, _ inputs: ClassificationInputs, _ opening: FindingOpening
    ) -> SLAClock {
        let opened = finding.opened ?? opening.observed
        // What starts anew has not been in scope before: its old time is spent.
        let inScope = finding.episode > 1 ? max(opening.inScope, opened) : opening.inScope
        return SLAClock.starting(
            knownExploitedSince: inputs.knownExploitedSince, fixReleased: finding.fixReleased,
            inScope: inScope, opened: opened)
    }

    private static func check(
        _ inputs: ClassificationInputs, _ policy: ClassificationPolicy, _ context: CommandContext
    ) throws(FindingRejection) {
        if let fault = inputs.faults.first ?? policy.faults.first { throw .badField(fault) }
        let latest = context.at + .seconds(86_400)
        if let since = inputs.knownExploitedSince, since > latest {
            throw .inFuture("known_exploited_since", since, latest: latest)
        }
    }
}
