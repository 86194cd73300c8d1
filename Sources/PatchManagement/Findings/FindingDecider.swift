package import EventSourcing

/// The life of one finding: it is opened by a match, classified, treated or mended, and closed by
/// evidence. Deadlines move only as the rules say; whatever was closed may come back.
package enum FindingDecider: Decider {
    package static let prefix = "fi"
    package static var initialState: Finding { Finding() }

    package static func decide(
        _ command: FindingCommand, _ context: CommandContext, _ state: Finding
    ) throws(FindingRejection) -> [FindingEvent] {
        if case .open(let opening) = command { return try open(opening, context, state) }
        guard let phase = state.phase, let opening = state.opening else { throw .unknown }
        switch command {
        case .open: return []
        case .classify(let inputs, let policy):
            return try classify(inputs, policy, context, state, phase, opening)
        case .observeFix(let released):
            return try observeFix(released, context, state, phase, opening)
        case .moveDeadline(let exception, let until, let restart, let reason):
            return try moveDeadline(exception, until, restart, reason, context, state, phase)
        case .requestCorrection(let inputs, let reason):
            return try requestCorrection(inputs, reason, context, state, phase)
        case .confirmCorrection(let digest, let policy, let reason):
            return try confirmCorrection(digest, policy, reason, context, state, phase)
        case .mitigate(let control, let until):
            return try mitigate(control, until, context, state, phase)
        case .accept(let exception, let until, let restart):
            return try accept(exception, until, restart, context, state, phase)
        case .endTreatment(let treatment, let reason):
            return try endTreatment(treatment, reason, context, state, phase)
        case .dispute(let claim, let source, let evidence, let gathered, let reason):
            let doubt = Doubt(
                claim: claim, source: source, evidence: evidence, gathered: gathered,
                reason: reason)
            return try dispute(doubt, context, state, phase)
        case .rejectDispute(let source, let gathered, let reason):
            return try rejectDispute(source, gathered, reason, context, state, phase)
        case .resolve(let resolution):
            return try resolve(resolution, context, state, phase, opening)
        case .dismiss(let dismissal, let reason, let observed):
            return try dismiss(dismissal, reason, observed, context, phase)
        case .reopen(let reason): return try reopen(reason, context, state, phase, opening)
        case .placeHold(let reason, let policy):
            return try placeHold(reason, policy, context, state, phase, opening)
        case .collectEvidence(let evidence, let reason):
            return try collectEvidence(evidence, reason, context, state)
        case .decideHold(let outcome, let reason, let policy):
            return try decideHold(outcome, reason, policy, context, state)
        case .timer(let timer): return try fire(timer, context, state, opening)
        }
    }

    /// Passes when `phase` is one of `needed`.
    static func need(
        _ needed: [FindingPhase], _ phase: FindingPhase
    ) throws(FindingRejection) {
        guard needed.contains(phase) else { throw .wrongState(phase, needed: needed) }
    }

    /// Passes when `moment` has been. The database's clock stamps evidence, the commander's clock
    /// the command: what was gathered just before may seem to be of just after.
    static func need(
        past field: String, _ moment: Timestamp, _ context: CommandContext
    ) throws(FindingRejection) {
        let latest = context.at + .seconds(toleratedSeconds)
        guard moment <= latest else { throw .inFuture(field, moment, latest: latest) }
    }

    /// By how much two clocks of one installation may differ: kept in step they differ by far less
    /// than a second, and what a minute could hide is shorter than any scan.
    static let toleratedSeconds = 60

    static let notClosed = FindingPhase.allCases.filter { !$0.isClosed }

    // MARK: Timers

    /// A timer for something that is over has no effect; one that comes too early is refused, so
    /// that it comes again.
    private static func fire(
        _ timer: FindingTimer, _ context: CommandContext, _ finding: Finding,
        _ opening: FindingOpening
    ) throws(FindingRejection) -> [FindingEvent] {
        switch timer {
        case .warning:
            guard finding.clockRuns, !finding.isWarned, !finding.isBreached,
                let warning = finding.warning, let deadline = finding.deadline,
                let riskClass = finding.classification?.riskClass, let clock = finding.clock
            else { return [] }
            guard context.at >= warning else { throw .notDueYet(timer, warning) }
            return [
                .warned(
                    SLAWarned(
                        asset: opening.asset, riskClass: riskClass, clock: clock.kind,
                        deadline: deadline))
            ]
        case .breach:
            guard finding.clockRuns, !finding.isBreached, let deadline = finding.deadline,
                let riskClass = finding.classification?.riskClass, let clock = finding.clock
            else { return [] }
            guard context.at >= deadline else { throw .notDueYet(timer, deadline) }
            return [
                .breached(
                    SLABreached(
                        asset: opening.asset, riskClass: riskClass, clock: clock.kind,
                        deadline: deadline))
            ]
        case .treatmentEnd:
            guard let treatment = finding.treatment else { return [] }
            guard context.at >= treatment.until else { throw .notDueYet(timer, treatment.until) }
            return end(treatment, "\(treatment.by) has come to its end", context, finding)
        }
    }
}
