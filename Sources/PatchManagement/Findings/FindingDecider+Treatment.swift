import EventSourcing

/// What stands in for a patch: a compensating control, or the acceptance of the risk. Both end.
extension FindingDecider {
    static func mitigate(
        _ control: StreamID, _ until: Timestamp, _ context: CommandContext, _ finding: Finding,
        _ phase: FindingPhase
    ) throws(FindingRejection) -> [FindingEvent] {
        try need([.open, .mitigated], phase)
        try need(control, prefix: ControlDecider.prefix)
        guard until > context.at else { throw .endInPast(until, now: context.at) }
        if let treatment = finding.treatment, treatment.by == control, treatment.until == until {
            return []
        }
        return [
            .mitigated(FindingMitigated(control: control, until: until, by: context.actor))
        ]
    }

    static func accept(
        _ exception: StreamID, _ until: Timestamp, _ restart: ClockRestart,
        _ context: CommandContext, _ finding: Finding, _ phase: FindingPhase
    ) throws(FindingRejection) -> [FindingEvent] {
        try need([.open, .mitigated, .accepted], phase)
        try need(exception, prefix: ExceptionDecider.prefix)
        guard until > context.at else { throw .endInPast(until, now: context.at) }
        let treatment = FindingTreatment(by: exception, until: until, restart: restart)
        guard finding.treatment != treatment else { return [] }
        return [
            .accepted(
                FindingAccepted(
                    exception: exception, until: until, restart: restart, by: context.actor))
        ]
    }

    /// The end of something else than what stands there now has no effect.
    static func endTreatment(
        _ id: StreamID, _ reason: String, _ context: CommandContext, _ finding: Finding,
        _ phase: FindingPhase
    ) throws(FindingRejection) -> [FindingEvent] {
        try FindingRejection.check(reason: reason)
        guard !phase.isClosed else { return [] }
        var events: [FindingEvent] = []
        if let treatment = finding.treatment, treatment.by == id {
            events = end(treatment, reason, context, finding)
            if treatment.restart == .restarts { return events }
        }
        if let granted = finding.granted, granted.grant.exception == id {
            events += end(granted, reason, context, finding)
        }
        return events
    }

    /// Back to what is to be patched, with the clock as the exception said.
    static func end(
        _ treatment: FindingTreatment, _ reason: String, _ context: CommandContext,
        _ finding: Finding
    ) -> [FindingEvent] {
        let reopened = FindingEvent.reopened(
            FindingReopened(cause: .treatmentEnded, anew: nil, reason: reason, by: context.actor))
        guard treatment.restart == .restarts else { return [reopened] }
        return [reopened] + restarted(reason, context, finding)
    }

    /// The end of a deferral. When its time has come nothing changes any more: the deadline was set
    /// by it. Before that, the old deadline comes back, or the time of the class counts from now.
    private static func end(
        _ granted: GrantedTime, _ reason: String, _ context: CommandContext, _ finding: Finding
    ) -> [FindingEvent] {
        guard context.at < granted.grant.until, let before = finding.deadline,
            let clock = finding.clock, let warning = finding.warning
        else { return [] }
        if granted.grant.restart == .restarts { return restarted(reason, context, finding) }
        return [
            .deadlineMoved(
                DeadlineMoved(
                    cause: .exceptionEnded, before: before, deadline: granted.before,
                    warning: moved(warning, of: clock, from: before, to: clock, granted.before),
                    clock: clock, grant: nil, ungranted: nil, reason: reason,
                    by: context.actor))
        ]
    }

    private static func restarted(
        _ reason: String, _ context: CommandContext, _ finding: Finding
    ) -> [FindingEvent] {
        guard let before = finding.deadline, let old = finding.clock,
            let warning = finding.warning, let classification = finding.classification
        else { return [] }
        let clock = SLAClock(kind: old.kind, start: context.at)
        let deadline = clock.deadline(slaSeconds: classification.slaSeconds)
        return [
            .deadlineMoved(
                DeadlineMoved(
                    cause: .exceptionEnded, before: before, deadline: deadline,
                    warning: moved(warning, of: old, from: before, to: clock, deadline),
                    clock: clock, grant: nil, ungranted: nil, reason: reason,
                    by: context.actor))
        ]
    }

    /// What the command of a dispute says.
    struct Doubt {
        let claim: DisputedClaim
        let source: String
        let evidence: Digest
        let gathered: Timestamp
        let reason: String
    }

    static func dispute(
        _ doubt: Doubt, _ context: CommandContext, _ finding: Finding, _ phase: FindingPhase
    ) throws(FindingRejection) -> [FindingEvent] {
        switch doubt.claim {
        case .stillThere: try need([.resolved, .disputed], phase)
        case .notAffected: try need([.open, .mitigated, .accepted, .disputed], phase)
        }
        try FindingRejection.check(reason: doubt.reason)
        if let fault = FieldFault.inText("source", doubt.source, longest: 200) {
            throw .badField(fault)
        }
        try need(past: "gathered", doubt.gathered, context)
        if phase == .disputed {
            guard let open = finding.dispute, open.claim == doubt.claim else {
                throw .wrongState(phase, needed: [.open, .mitigated, .accepted, .resolved])
            }
            return []
        }
        // A report from before the repair says nothing against it.
        if doubt.claim == .stillThere, let resolution = finding.resolution,
            doubt.gathered <= resolution.gathered
        {
            throw .evidenceTooOld(gathered: doubt.gathered, oldest: resolution.gathered)
        }
        return [
            .disputed(
                FindingDisputed(
                    claim: doubt.claim, from: phase, source: doubt.source,
                    evidence: doubt.evidence, gathered: doubt.gathered, disputed: context.at,
                    reason: doubt.reason, by: context.actor))
        ]
    }

    /// Whoever disputed it may take it back by a later look; an analyst may end it for a reason, but
    /// not the one who raised it.
    static func rejectDispute(
        _ source: String?, _ gathered: Timestamp, _ reason: String, _ context: CommandContext,
        _ finding: Finding, _ phase: FindingPhase
    ) throws(FindingRejection) -> [FindingEvent] {
        try need([.disputed], phase)
        try FindingRejection.check(reason: reason)
        try need(past: "gathered", gathered, context)
        guard let dispute = finding.dispute else { return [] }
        if let source {
            guard source == dispute.source else { return [] }
            guard gathered > dispute.gathered else {
                throw .evidenceTooOld(gathered: gathered, oldest: dispute.gathered)
            }
        } else if let person = context.actor.people.first(where: dispute.by.people.contains) {
            throw .mayNotEndOwnDispute(person)
        }
        return [
            .reopened(
                FindingReopened(
                    cause: .disputeRejected, anew: nil, reason: reason, by: context.actor))
        ]
    }
}
