package import EventSourcing

/// An emergency: two people declare it and a third approves the patch, for named assets and 72
/// hours. It owes a review, of which patchflow reminds until it is done.
///
/// What it changes for the patch lies in `Patch.emergency`.
package enum EmergencyDecider: Decider {
    package static let prefix = "em"
    package static var initialState: Emergency { Emergency() }

    package static func decide(
        _ command: EmergencyCommand, _ context: CommandContext, _ state: Emergency
    ) throws(EmergencyRejection) -> [EmergencyEvent] {
        if case .propose(let terms, let id, let policy) = command {
            return try propose(terms, id, policy, context, state)
        }
        guard let phase = state.phase else { throw .unknown }
        switch command {
        case .propose: return []
        case .confirm(let digest, let ground, let overdue, let reason):
            return try confirm(digest, ground, overdue, reason, context, state, phase)
        case .end(let reason):
            if phase == .ended || phase == .reviewed { return [] }
            try need([.declared], phase)
            try EmergencyRejection.check(reason: reason)
            return ended(.byPerson, reason, context, state)
        case .review(let outcome): return try review(outcome, context, state, phase)
        case .timer(let timer): return try fire(timer, context, state, phase)
        case .noteFreezeOverride(let override): return noteFreezeOverride(override, state)
        }
    }

    private static func propose(
        _ terms: EmergencyTerms, _ id: StreamID, _ policy: EmergencyPolicy,
        _ context: CommandContext, _ state: Emergency
    ) throws(EmergencyRejection) -> [EmergencyEvent] {
        if let known = state.terms {
            guard known == terms, state.proposer?.people == context.actor.people else {
                throw .alreadyProposed(state.id ?? id)
            }
            return []
        }
        if let fault = terms.faults.first { throw .badField(fault) }
        try needDeclarer(context)
        return [
            .proposed(
                EmergencyProposed(
                    emergency: id, terms: terms, digest: terms.digest, policy: policy,
                    expires: context.at + .seconds(policy.proposalSeconds), by: context.actor))
        ]
    }

    private static func confirm(
        _ digest: Digest, _ ground: EmergencyGround, _ overdue: [StreamID], _ reason: String,
        _ context: CommandContext, _ state: Emergency, _ phase: EmergencyPhase
    ) throws(EmergencyRejection) -> [EmergencyEvent] {
        try need([.proposed], phase)
        try EmergencyRejection.check(reason: reason)
        // The edge has asked already. Asked again here, so that no path leads around it.
        try needDeclarer(context)
        guard let terms = state.terms, let proposer = state.proposer, let expires = state.until
        else { throw .unknown }
        for person in context.actor.people where proposer.people.contains(person) {
            throw .mayNotConfirmOwn(person)
        }
        guard digest == terms.digest else {
            throw .staleTerms(given: digest, current: terms.digest)
        }
        guard context.at < expires else { throw .proposalLapsed(expires) }
        guard ground.state.isBeforeDeployed else { throw .patchNotOpen(ground.state) }
        if let other = ground.emergency { throw .alreadyInEmergency(other) }
        for approver in ground.approvers {
            for person in proposer.people + context.actor.people
            where approver.people.contains(person) {
                throw .approverDeclares(person)
            }
        }
        let riskOwner = Role.riskOwner.rawValue
        guard overdue.isEmpty || proposer.role == riskOwner || context.actor.role == riskOwner
        else { throw .reviewsOverdue(overdue) }
        return [
            .declared(
                EmergencyDeclared(
                    terms: terms, digest: digest, declared: context.at,
                    until: context.at + .seconds(state.policy.lifeSeconds),
                    reviewBy: context.at + .seconds(state.policy.reviewSeconds),
                    proposer: proposer, overdue: Set(overdue).sorted(), reason: reason,
                    by: context.actor))
        ]
    }

    private static func review(
        _ outcome: String, _ context: CommandContext, _ state: Emergency, _ phase: EmergencyPhase
    ) throws(EmergencyRejection) -> [EmergencyEvent] {
        try need([.ended], phase)
        if let fault = FieldFault.inText("outcome", outcome, longest: 10_000) {
            throw .badField(fault)
        }
        guard let reviewBy = state.reviewBy else { throw .unknown }
        for declarer in state.declarers {
            for person in context.actor.people where declarer.people.contains(person) {
                throw .mayNotReviewOwn(person)
            }
        }
        return [
            .reviewed(
                EmergencyReviewed(
                    outcome: outcome, reviewBy: reviewBy, wasOverdue: context.at >= reviewBy,
                    by: context.actor,
                    freezeOverrides: state.freezeOverrides.isEmpty ? nil : state.freezeOverrides))
        ]
    }

    private static func ended(
        _ cause: EmergencyEnded.Cause, _ reason: String, _ context: CommandContext,
        _ state: Emergency
    ) -> [EmergencyEvent] {
        guard let patch = state.terms?.patch else { return [] }
        return [
            .ended(
                EmergencyEnded(
                    cause: cause, patch: patch, ended: context.at, reason: reason,
                    by: context.actor))
        ]
    }

    /// A timer for something that is over has no effect; one that comes too early is refused, so
    /// that it comes again.
    private static func fire(
        _ timer: EmergencyTimer, _ context: CommandContext, _ state: Emergency,
        _ phase: EmergencyPhase
    ) throws(EmergencyRejection) -> [EmergencyEvent] {
        switch timer {
        case .proposal:
            guard phase == .proposed, let expires = state.until else { return [] }
            try need(due: expires, timer, context)
            return [.lapsed(EmergencyLapsed(expires: expires))]
        case .end:
            guard phase == .declared, let until = state.until else { return [] }
            try need(due: until, timer, context)
            return ended(.timeOver, "", context, state)
        case .review:
            guard state.owesReview, let due = state.nextReminder, let reviewBy = state.reviewBy
            else { return [] }
            try need(due: due, timer, context)
            let number = state.lastReminder(at: context.at)
            return [
                .reviewReminded(
                    EmergencyReviewReminded(
                        number: number, reviewBy: reviewBy, isOverdue: context.at >= reviewBy,
                        to: reminded(number)))
            ]
        }
    }

    /// First those who declare emergencies, then the incident commander, then the risk owner.
    private static func reminded(_ number: Int) -> [Role] {
        switch number {
        case ...1: [.releaseManager, .securityTester]
        case 2: [.incidentCommander]
        default: [.riskOwner]
        }
    }

    private static func need(
        _ needed: [EmergencyPhase], _ phase: EmergencyPhase
    ) throws(EmergencyRejection) {
        guard needed.contains(phase) else { throw .wrongState(phase, needed: needed) }
    }

    private static func need(
        due: Timestamp, _ timer: EmergencyTimer, _ context: CommandContext
    ) throws(EmergencyRejection) {
        guard context.at >= due else { throw .notDueYet(timer, due) }
    }

    private static func needDeclarer(_ context: CommandContext) throws(EmergencyRejection) {
        let roles = Authorisation.roles(for: .declareEmergency).map(\.rawValue)
        guard roles.contains(context.actor.role) else { throw .mayNotDeclare(context.actor.role) }
    }
}

extension EmergencyDecider {
    package static func evolve(_ state: inout Emergency, _ event: EmergencyEvent) {
        switch event {
        case .proposed(let proposed):
            state.id = proposed.emergency
            state.phase = .proposed
            state.terms = proposed.terms
            state.policy = proposed.policy
            state.proposer = proposed.by
            state.until = proposed.expires
        case .lapsed: state.phase = .lapsed
        case .declared(let declared):
            state.phase = .declared
            state.confirmer = declared.by
            state.until = declared.until
            state.reviewBy = declared.reviewBy
        case .ended(let ended):
            state.phase = .ended
            state.until = ended.ended
        case .reviewReminded(let reminded): state.reminders = reminded.number
        case .reviewed: state.phase = .reviewed
        case .freezeOverridden(let overridden):
            state.freezeOverrides.append(overridden.override)
        }
    }

    package static func effects(of event: EmergencyEvent, _ state: Emergency) -> [Effect] {
        switch event {
        case .proposed(let proposed): [timer(.proposal, proposed.expires)]
        case .declared(let declared): [timer(.end, declared.until)] + reminder(state)
        case .reviewReminded: reminder(state)
        case .reviewed: [.cancelPending]
        // The review is owed on.
        case .ended, .lapsed, .freezeOverridden: []
        }
    }

    private static func reminder(_ state: Emergency) -> [Effect] {
        state.nextReminder.map { [timer(.review, $0)] } ?? []
    }

    private static func timer(_ timer: EmergencyTimer, _ due: Timestamp) -> Effect {
        .start(NewTimer(name: timer.rawValue, due: due))
    }
}
