import EventSourcing

/// The forensic hold: one for each life of a finding, ended by evidence or by the commander.
extension FindingDecider {
    /// The hold that the table's row asks for, once.
    static func askedHold(
        _ classification: Classification, _ policy: ClassificationPolicy,
        _ context: CommandContext, _ finding: Finding, _ opening: FindingOpening
    ) -> [FindingEvent] {
        guard classification.asksForForensicHold, finding.hold == nil else { return [] }
        return [
            placed(
                row: classification.remediationRow, "CISA's table asks for forensics", policy,
                context, opening)
        ]
    }

    static func placeHold(
        _ reason: String, _ policy: ClassificationPolicy, _ context: CommandContext,
        _ finding: Finding, _ phase: FindingPhase, _ opening: FindingOpening
    ) throws(FindingRejection) -> [FindingEvent] {
        try need(notClosed, phase)
        try FindingRejection.check(reason: reason)
        if let fault = policy.faults.first { throw .badField(fault) }
        return finding.isHeld ? [] : [placed(row: nil, reason, policy, context, opening)]
    }

    /// Evidence may also be taken after the finding was closed: the asset's memory is as it was.
    static func collectEvidence(
        _ evidence: Digest, _ reason: String, _ context: CommandContext, _ finding: Finding
    ) throws(FindingRejection) -> [FindingEvent] {
        try FindingRejection.check(reason: reason)
        guard let hold = finding.hold else { throw .noHold }
        if hold.evidence == evidence { return [] }
        guard hold.isOpen else { throw .noHold }
        return [
            .evidenceCollected(
                EvidenceCollected(
                    evidence: evidence, reason: reason, by: context.actor,
                    asset: finding.opening?.asset))
        ]
    }

    static func decideHold(
        _ outcome: ForensicHoldDecided.Outcome, _ reason: String, _ policy: ClassificationPolicy,
        _ context: CommandContext, _ finding: Finding
    ) throws(FindingRejection) -> [FindingEvent] {
        try FindingRejection.check(reason: reason)
        if let fault = policy.faults.first { throw .badField(fault) }
        guard let hold = finding.hold, hold.isOpen else { throw .noHold }
        // The edge has asked already. Asked again here, so that no path leads around it.
        guard context.actor.role == Role.incidentCommander.rawValue else {
            throw .commanderNeeded(context.actor.role)
        }
        guard context.at >= hold.decisionDue else { throw .holdNotDue(hold.decisionDue) }
        let next = context.at + .seconds(policy.holdSeconds)
        return [
            .holdDecided(
                ForensicHoldDecided(
                    outcome: outcome, decisionDue: outcome == .kept ? next : nil, reason: reason,
                    by: context.actor, asset: finding.opening?.asset))
        ]
    }

    private static func placed(
        row: TableRow?, _ reason: String, _ policy: ClassificationPolicy,
        _ context: CommandContext, _ opening: FindingOpening
    ) -> FindingEvent {
        .holdPlaced(
            ForensicHoldPlaced(
                asset: opening.asset, row: row, reason: reason, placed: context.at,
                decisionDue: context.at + .seconds(policy.holdSeconds), by: context.actor))
    }
}
