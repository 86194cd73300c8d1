import EventSourcing

@testable import PatchManagement

/// The decider of rollouts with a mistake in it: it decides on a state, a command or a moment that
/// the real one would not have seen so.
protocol CarelessRollouts: Decider, SendableMetatype
where
    Command == RolloutCommand, State == RolloutState, Event == RolloutEvent,
    Rejection == RolloutRejection
{
    static func mistake(_ state: inout RolloutState, _ command: inout RolloutCommand)
}

extension CarelessRollouts {
    static var prefix: String { RolloutDecider.prefix }
    static var initialState: RolloutState { RolloutDecider.initialState }

    static func decide(
        _ command: RolloutCommand, _ context: CommandContext, _ state: RolloutState
    ) throws(RolloutRejection) -> [RolloutEvent] {
        var (state, command) = (state, command)
        mistake(&state, &command)
        return try RolloutDecider.decide(command, context, state)
    }

    static func evolve(_ state: inout RolloutState, _ event: RolloutEvent) {
        RolloutDecider.evolve(&state, event)
    }

    static func effects(of event: RolloutEvent, _ state: RolloutState) -> [Effect] {
        RolloutDecider.effects(of: event, state)
    }
}

private let farAway = Timestamp(seconds: 4_000_000_000)

extension RolloutPlanned {
    /// The same plan with other settings.
    fileprivate func with(
        by: String? = nil, soakSeconds: [Int]? = nil,
        _ change: (inout GateSettings) -> Void = { _ in }
    ) -> RolloutPlanned {
        var gate = gate
        change(&gate)
        return RolloutPlanned(
            rollout: rollout, patch: patch, planDigest: planDigest,
            artefactDigest: artefactDigest, batchSizes: batchSizes, targetsDigest: targetsDigest,
            skipped: skipped, gate: gate, soakSeconds: soakSeconds ?? self.soakSeconds,
            progressDeadlineSeconds: progressDeadlineSeconds, capacity: capacity,
            predictedEnd: predictedEnd, by: by ?? self.by, testers: testers)
    }
}

extension RolloutTally {
    fileprivate func with(_ counts: OutcomeCounts, _ totals: OutcomeCounts) -> RolloutTally {
        var tally = RolloutTally(
            asOf: asOf, batch: batch, size: size, counts: counts, startedSize: startedSize,
            totals: totals, strataWithoutInstall: strataWithoutInstall, listed: listed,
            rollbackOrders: rollbackOrders)
        tally.openAssets = openAssets
        return tally
    }
}

enum ApprovesTheirOwn: CarelessRollouts {
    static func mistake(_ state: inout RolloutState, _ command: inout RolloutCommand) {
        state.requestedBy = nil
        state.plan = state.plan?.with(by: "nobody")
    }
}

enum ForgetsExpiries: CarelessRollouts {
    static func mistake(_ state: inout RolloutState, _ command: inout RolloutCommand) {
        if case .approvalExpired = command { state.approvalExpires = nil }
        if state.approvalExpires != nil { state.approvalExpires = farAway }
        if state.patchApprovalExpires != nil { state.patchApprovalExpires = farAway }
    }
}

enum IgnoresSoaks: CarelessRollouts {
    static func mistake(_ state: inout RolloutState, _ command: inout RolloutCommand) {
        guard let plan = state.plan else { return }
        state.plan = plan.with(soakSeconds: plan.soakSeconds.map { _ in 0 })
    }
}

enum ToleratesOneMore: CarelessRollouts {
    static func mistake(_ state: inout RolloutState, _ command: inout RolloutCommand) {
        state.plan = state.plan?.with { gate in
            gate.maxFailures = gate.maxFailures.map { $0 + 1 }
            gate.maxPercent = 100
            gate.minSuccessPercent = 1
        }
        state.maxTotalFailures = state.maxTotalFailures.map { $0 + 1 }
    }
}

enum CountsAbsentAsGood: CarelessRollouts {
    static func mistake(_ state: inout RolloutState, _ command: inout RolloutCommand) {
        guard case .observe(let tally) = command else { return }
        var (counts, totals) = (tally.counts, tally.totals)
        counts[.succeeded] += counts[.absent]
        counts[.absent] = 0
        totals[.succeeded] += totals[.absent]
        totals[.absent] = 0
        command = .observe(tally.with(counts, totals))
    }
}

enum StartsTooEarly: CarelessRollouts {
    static func mistake(_ state: inout RolloutState, _ command: inout RolloutCommand) {
        guard case .observe(let tally) = command, tally.open > 0 else { return }
        var (counts, totals) = (tally.counts, tally.totals)
        counts[.succeeded] += tally.open
        totals[.succeeded] += tally.open
        command = .observe(tally.with(counts, totals))
    }
}

enum ResumesWithoutLooking: CarelessRollouts {
    static func mistake(_ state: inout RolloutState, _ command: inout RolloutCommand) {
        guard case .resume(let reason, _, let absent, let approval) = command else { return }
        state.tally = nil
        command = .resume(
            reason: reason, acknowledged: [], acceptAbsent: absent, approval: approval)
    }
}

enum CountsTwice: CarelessRollouts {
    static func mistake(_ state: inout RolloutState, _ command: inout RolloutCommand) {
        guard case .observe(let tally) = command, tally.counts.ok > 0, tally.open > 0 else {
            return
        }
        var (counts, totals) = (tally.counts, tally.totals)
        counts[.succeeded] += 1
        totals[.succeeded] += 1
        command = .observe(tally.with(counts, totals))
    }
}
