import EventSourcing

/// How a finding is opened, closed and opened again.
extension FindingDecider {
    static func open(
        _ opening: FindingOpening, _ context: CommandContext, _ finding: Finding
    ) throws(FindingRejection) -> [FindingEvent] {
        if let fault = opening.faults(at: context.at).first { throw .badField(fault) }
        guard let phase = finding.phase else {
            return [
                .opened(
                    FindingOpened(
                        finding: opening.finding, opening: opening, opened: context.at,
                        by: context.actor))
            ]
        }
        if let id = finding.id, id != opening.finding {
            throw .otherFinding(opening.finding, actual: id)
        }
        let isNews: Bool
        switch phase {
        case .open, .mitigated, .accepted: return changed(opening, context, finding)
        case .disputed:
            guard finding.phaseBeforeDispute == .resolved else {
                return changed(opening, context, finding)
            }
            isNews = isNewer(opening, finding)
        case .resolved: isNews = isNewer(opening, finding)
        case .dismissed: isNews = speaksAgainstDismissal(opening, finding)
        }
        guard isNews else { return [] }
        return [anew(.foundAgain, opening, "a newer match shows it", context, finding)]
    }

    /// What is open already stays so; only what it is about may be something else now. What was
    /// seen before what is known comes late, and says nothing.
    private static func changed(
        _ opening: FindingOpening, _ context: CommandContext, _ finding: Finding
    ) -> [FindingEvent] {
        guard let known = finding.opening, !opening.isSameMatch(as: known),
            opening.observed >= known.observed
        else { return [] }
        return [.matchChanged(MatchChanged(opening: opening, by: context.actor))]
    }

    /// Another match always does. What a person dismissed is found by every scan, and the same
    /// match says nothing new of it; what a service dismissed was gone from feeds or fleet, so that
    /// a match that is seen later shows that it is back.
    private static func speaksAgainstDismissal(
        _ opening: FindingOpening, _ finding: Finding
    ) -> Bool {
        guard let dismissed = finding.dismissed, let known = finding.opening,
            opening.isSameMatch(as: known)
        else { return true }
        let isFinal = dismissed.isByPerson || dismissed.dismissal == .falsePositive
        return !isFinal && opening.observed > dismissed.dismissed
    }

    /// Seen after what closed it; or seen by the very scan that closed it, and what is known of the
    /// vulnerability has changed since, as when a fix turns out not to be one.
    private static func isNewer(_ opening: FindingOpening, _ finding: Finding) -> Bool {
        guard let resolution = finding.resolution else { return true }
        if opening.observed == resolution.gathered {
            return opening.match != finding.opening?.match
        }
        return opening.observed > resolution.gathered
    }

    static func resolve(
        _ resolution: Resolution, _ context: CommandContext, _ finding: Finding,
        _ phase: FindingPhase, _ opening: FindingOpening
    ) throws(FindingRejection) -> [FindingEvent] {
        if phase == .resolved, finding.resolution == resolution { return [] }
        try need(notClosed, phase)
        try need(past: "gathered", resolution.gathered, context)
        // I13: what was gathered before it was seen doesn't show what is now. What counts is when
        // something was seen, not when the command came that says so: a monitor that lags sees a
        // match and what mended it after both have been.
        var oldest = finding.evidenceAfter ?? opening.observed
        if let dispute = finding.dispute, phase == .disputed {
            oldest = max(oldest, dispute.gathered)
        }
        switch resolution.means {
        case .patched:
            guard let deployment = resolution.deployment, let installed = resolution.installed
            else { throw .deploymentMissing }
            try need(deployment, prefix: DeploymentDecider.prefix)
            oldest = max(oldest, installed)
        case .outOfBand, .removed:
            guard resolution.deployment == nil, resolution.installed == nil else {
                throw .deploymentGiven(resolution.means)
            }
        }
        guard resolution.gathered > oldest else {
            throw .evidenceTooOld(gathered: resolution.gathered, oldest: oldest)
        }
        return [
            .resolved(
                FindingResolved(
                    asset: opening.asset, resolution: resolution,
                    isGoverned: resolution.isGoverned, deadline: finding.deadline,
                    isInTime: finding.deadline.map { resolution.gathered <= $0 },
                    by: context.actor))
        ]
    }

    static func dismiss(
        _ dismissal: FindingDismissal, _ reason: String, _ observed: Timestamp?,
        _ context: CommandContext, _ phase: FindingPhase
    ) throws(FindingRejection) -> [FindingEvent] {
        if phase == .dismissed { return [] }
        try need(notClosed, phase)
        try FindingRejection.check(reason: reason)
        if let observed { try need(past: "observed", observed, context) }
        return [
            .dismissed(
                FindingDismissed(
                    dismissal: dismissal, dismissed: observed ?? context.at, reason: reason,
                    by: context.actor))
        ]
    }

    static func reopen(
        _ reason: String, _ context: CommandContext, _ finding: Finding, _ phase: FindingPhase,
        _ opening: FindingOpening
    ) throws(FindingRejection) -> [FindingEvent] {
        try need([.disputed, .resolved, .dismissed], phase)
        try FindingRejection.check(reason: reason)
        if phase == .disputed, finding.phaseBeforeDispute != .resolved {
            return [
                .reopened(
                    FindingReopened(
                        cause: .disputeRejected, anew: nil, reason: reason, by: context.actor))
            ]
        }
        return [anew(.takenBack, opening, reason, context, finding)]
    }

    private static func anew(
        _ cause: FindingReopened.Cause, _ opening: FindingOpening, _ reason: String,
        _ context: CommandContext, _ finding: Finding
    ) -> FindingEvent {
        let episode = NewEpisode(
            number: finding.episode + 1, opening: opening, opened: context.at,
            previousOpened: finding.opened ?? opening.observed,
            previousDeadline: finding.deadline, previousResolution: finding.resolution)
        return .reopened(
            FindingReopened(cause: cause, anew: episode, reason: reason, by: context.actor))
    }
}
