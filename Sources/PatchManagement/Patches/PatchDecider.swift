package import EventSourcing

/// The lifecycle of one patch. Qualification and approval are part of it, so that separation of
/// duties is held in one place on every path.
package enum PatchDecider: Decider {
    package static let prefix = "pa"
    package static var initialState: Patch { Patch() }

    package static func decide(
        _ command: PatchCommand, _ context: CommandContext, _ state: Patch
    ) throws(PatchRejection) -> [PatchEvent] {
        if case .identify(let identification, let patch, let policy) = command {
            return try identify(identification, patch, policy, context, state)
        }
        guard let current = state.state else { throw .unknown }
        let events = try events(of: command, context, state, current)
        return events + consequences(of: events, state, current)
    }

    private static func events(
        of command: PatchCommand, _ context: CommandContext, _ patch: Patch, _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        switch command {
        case .identify: []
        case .assess(let assessment): try assess(assessment, context, patch, current)
        case .dismiss(let justification, let reason):
            try dismiss(justification, reason, patch, current)
        case .acquire(let host): try acquire(host, context, patch, current)
        case .recordAcquisition(let fence, let result):
            recordAcquisition(fence, result, patch)
        case .observeFlaws(let report): observeFlaws(report, context, patch)
        case .acceptFlaws(let report, let reason):
            try acceptFlaws(report, reason, context, patch)
        case .startQualification(let sample, let strata, let trial, let isSmoke):
            try startQualification(
                sample, strata, trial, isSmoke: isSmoke, context, patch, current)
        case .beginStep(let step, let asset, let worker, let fence):
            try beginStep(step, asset, worker, fence, patch)
        case .recordResult(let step, let asset, let fence, let result):
            try recordResult(step, asset, fence, result, context, patch)
        case .loseLease(let step, let asset, let fence):
            try loseLease(step, asset, fence, context, patch)
        case .cancelQualification(let reason):
            try cancelQualification(reason, context, patch, current)
        case .signOff(let evidence, let reason):
            try signOff(evidence, reason, context, patch, current)
        case .submit(let selector, let targets, let expires, let covered, let approval, let sites):
            try submit(
                selector, targets, covered: covered, from: approval, sites, expires, context, patch,
                current)
        case .approve(let binding, let reason):
            try approve(binding, reason, context, patch, current)
        case .approveByStanding(let use, let binding, let reason):
            try approveByStanding(use, binding, reason, context, patch, current)
        case .loseStanding(let standing, let reason):
            loseStanding(standing, reason, context, patch)
        case .beginEmergency(let emergency):
            try beginEmergency(emergency, context, patch, current)
        case .endEmergency(let emergency): endEmergency(emergency, context, patch)
        case .reject(let reason): try reject(reason, context, patch, current)
        case .revokeApproval(let reason): try revokeApproval(reason, context, patch, current)
        case .reopen(let reason): try reopen(reason, patch, current)
        case .defer(let until, let reason): try putOff(until, reason, context, patch, current)
        case .resume(let reason): try resume(reason, patch, current)
        case .withdraw(let reason): try withdraw(reason, context, patch)
        case .reinstate(let reason): try reinstate(reason, patch)
        case .supersede(let successor): try supersede(successor, context, patch)
        case .handToOwner(let reason): try handToOwner(reason, current)
        case .linkFlaw, .mendFlaw, .acceptIntroducedFlaw, .observeMending, .noteMending:
            try decideIntroducedFlaws(command, context, patch)
        case .holdInPack(let pack): holdInPack(pack, patch)
        case .leaveBundle(let member, let reason):
            try leaveBundle(member, reason, context, patch, current)
        case .resolveInPack(let pack, let remaining):
            resolveInPack(pack, remaining, context, patch, current)
        case .observeExceptions(let exceptions):
            observeExceptions(exceptions, patch, current)
        case .observeRollouts(let overview): observe(overview, patch)
        case .document(let items, let pack, let disputed):
            try document(items, pack, disputed, patch, current)
        case .timer(let timer): try fire(timer, context, patch)
        }
    }

    /// What the rollouts make of the patch, after `events`: its change of state, and that it is
    /// verified.
    private static func consequences(
        of events: [PatchEvent], _ patch: Patch, _ before: PatchState
    ) -> [PatchEvent] {
        var after = patch
        for event in events { evolve(&after, event) }
        guard let state = after.state, state != before else { return [] }
        var more: [PatchEvent] = []
        if events.contains(where: { if case .rolloutObserved = $0 { true } else { false } }) {
            more.append(
                .stateChanged(
                    PatchStateChanged(
                        before: before, after: state, outstanding: after.outstanding)))
        }
        if state == .verified {
            more.append(
                .verified(
                    PatchVerified(
                        targets: after.targets, rollouts: after.rollouts.map(\.rollout),
                        pack: after.contents)))
        }
        return more
    }

    /// Passes when `current` is one of `needed`.
    static func need(
        _ needed: [PatchState], _ current: PatchState
    ) throws(PatchRejection) {
        guard needed.contains(current) else { throw .wrongState(current, needed: needed) }
    }

}
