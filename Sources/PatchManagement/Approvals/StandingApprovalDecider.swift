package import EventSourcing

/// The approval of patches that are still to come, of one class for one product: proposed by one
/// approver, granted by another, always with an end.
package enum StandingApprovalDecider: Decider {
    package static let prefix = "sa"
    package static var initialState: StandingApproval { StandingApproval() }

    package static func decide(
        _ command: StandingApprovalCommand, _ context: CommandContext, _ state: StandingApproval
    ) throws(StandingApprovalRejection) -> [StandingApprovalEvent] {
        if case .propose(let terms, let id, let policy) = command {
            return try propose(terms, id, policy, context, state)
        }
        guard let phase = state.phase, let terms = state.terms else { throw .unknown }
        switch command {
        case .propose: return []
        case .grant(let digest, let policy, let reason):
            return try grant(digest, policy, reason, context, state, terms, phase)
        case .deny(let reason):
            if phase == .denied { return [] }
            try need([.proposed], phase)
            try StandingApprovalRejection.check(reason: reason)
            try needApprover(context)
            return [.denied(StandingApprovalDenied(reason: reason, by: context.actor))]
        case .revoke(let reason):
            if phase == .revoked { return [] }
            try need([.granted], phase)
            try StandingApprovalRejection.check(reason: reason)
            return [
                .revoked(
                    StandingApprovalRevoked(
                        reason: reason, patches: state.patches, by: context.actor))
            ]
        case .use(let patch, let binding, let policy):
            try need([.granted], phase)
            guard context.at < terms.until else { throw .isOver(terms.until) }
            guard policy.allows(terms.riskClass) else {
                throw .notAllowedByPolicy(terms.riskClass)
            }
            guard
                state.patches.contains(patch)
                    || state.patches.count < StandingApproval.mostPatches
            else { throw .usedUp(state.patches.count) }
            return [
                .used(StandingApprovalUsed(patch: patch, binding: binding, by: context.actor))
            ]
        case .timer(.end):
            guard !phase.isTerminal else { return [] }
            guard context.at >= terms.until else { throw .notDueYet(.end, terms.until) }
            return [
                .expired(
                    StandingApprovalExpired(until: terms.until, wasGranted: phase == .granted))
            ]
        }
    }

    private static func propose(
        _ terms: StandingTerms, _ id: StreamID, _ policy: StandingPolicy,
        _ context: CommandContext, _ state: StandingApproval
    ) throws(StandingApprovalRejection) -> [StandingApprovalEvent] {
        if let known = state.terms {
            guard known == terms, state.proposer?.people == context.actor.people else {
                throw .alreadyProposed(state.id ?? id)
            }
            return []
        }
        if let fault = terms.faults.first { throw .badField(fault) }
        try needApprover(context)
        try check(terms, policy, context)
        return [
            .proposed(
                StandingApprovalProposed(
                    standing: id, terms: terms, digest: terms.digest, policy: policy,
                    proposed: context.at, by: context.actor))
        ]
    }

    private static func grant(
        _ digest: Digest, _ policy: StandingPolicy, _ reason: String, _ context: CommandContext,
        _ state: StandingApproval, _ terms: StandingTerms, _ phase: StandingPhase
    ) throws(StandingApprovalRejection) -> [StandingApprovalEvent] {
        try need([.proposed], phase)
        try StandingApprovalRejection.check(reason: reason)
        // The edge has asked already. Asked again here, so that no path leads around it.
        try needApprover(context)
        for person in context.actor.people where state.proposer?.people.contains(person) == true {
            throw .mayNotGrantOwn(person)
        }
        guard digest == terms.digest else {
            throw .staleTerms(given: digest, current: terms.digest)
        }
        try check(terms, policy, context)
        return [
            .granted(
                StandingApprovalGranted(
                    digest: digest, until: terms.until, reason: reason, by: context.actor))
        ]
    }

    private static func check(
        _ terms: StandingTerms, _ policy: StandingPolicy, _ context: CommandContext
    ) throws(StandingApprovalRejection) {
        guard policy.allows(terms.riskClass) else { throw .notAllowedByPolicy(terms.riskClass) }
        let latest = context.at + .seconds(policy.longestSeconds)
        guard terms.until > context.at, terms.until <= latest else {
            throw .endOutOfRange(terms.until, earliest: context.at, latest: latest)
        }
    }

    private static func need(
        _ needed: [StandingPhase], _ phase: StandingPhase
    ) throws(StandingApprovalRejection) {
        guard needed.contains(phase) else { throw .wrongState(phase, needed: needed) }
    }

    private static func needApprover(
        _ context: CommandContext
    ) throws(StandingApprovalRejection) {
        guard context.actor.role == Role.approver.rawValue else {
            throw .approverRoleNeeded(context.actor.role)
        }
    }
}

extension StandingApprovalDecider {
    package static func evolve(_ state: inout StandingApproval, _ event: StandingApprovalEvent) {
        switch event {
        case .proposed(let proposed):
            state.id = proposed.standing
            state.phase = .proposed
            state.terms = proposed.terms
            state.proposer = proposed.by
        case .granted(let granted):
            state.phase = .granted
            state.granter = granted.by
        case .denied: state.phase = .denied
        case .used(let used):
            if !state.patches.contains(used.patch) { state.patches.append(used.patch) }
        case .expired: state.phase = .expired
        case .revoked: state.phase = .revoked
        }
    }

    package static func effects(
        of event: StandingApprovalEvent, _ state: StandingApproval
    ) -> [Effect] {
        switch event {
        case .proposed(let proposed):
            [.start(NewTimer(name: StandingApprovalTimer.end.rawValue, due: proposed.terms.until))]
        case .granted, .used: []
        case .denied, .expired, .revoked: [.cancelPending]
        }
    }
}
