package import EventSourcing

/// Risk acceptance, compensating control or deferral: asked for by one person, granted by another,
/// always with an end.
package enum ExceptionDecider: Decider {
    package static let prefix = "ex"
    package static var initialState: RiskException { RiskException() }

    package static func decide(
        _ command: ExceptionCommand, _ context: CommandContext, _ state: RiskException
    ) throws(ExceptionRejection) -> [ExceptionEvent] {
        if case .request(let request, let id, let policy) = command {
            return try self.request(request, id, policy, context, state)
        }
        guard let phase = state.phase, let until = state.until else { throw .unknown }
        switch command {
        case .request: return []
        case .grant(let digest, let end, let restart, let control, let reason):
            return try grant(digest, until: end, restart, control, reason, context, state, phase)
        case .deny(let reason):
            if phase == .denied { return [] }
            try need([.requested], phase)
            try ExceptionRejection.check(reason: reason)
            try needRiskOwner(context)
            return [.denied(ExceptionDenied(reason: reason, by: context.actor))]
        case .revoke(let reason):
            if phase == .revoked { return [] }
            try need([.granted], phase)
            try ExceptionRejection.check(reason: reason)
            return [
                .revoked(
                    ExceptionRevoked(
                        reason: reason, restart: state.restart ?? .keeps, by: context.actor))
            ]
        case .loseControl(let control):
            guard !phase.isTerminal, state.request?.control == control else { return [] }
            return [
                .expired(
                    ExceptionExpired(
                        cause: .controlLapsed, until: until, restart: state.restart,
                        control: control))
            ]
        case .timer(let timer): return try fire(timer, context, state, phase, until)
        }
    }

    private static func request(
        _ request: ExceptionRequest, _ id: StreamID, _ policy: ExceptionPolicy,
        _ context: CommandContext, _ state: RiskException
    ) throws(ExceptionRejection) -> [ExceptionEvent] {
        if let known = state.request {
            guard known == request, state.requester?.people == context.actor.people else {
                throw .alreadyRequested(state.id ?? id)
            }
            return []
        }
        if let fault = request.faults.first ?? policy.faults.first { throw .badField(fault) }
        let latest = context.at + .seconds(policy.longestSeconds)
        guard request.until > context.at, request.until <= latest else {
            throw .endOutOfRange(request.until, earliest: context.at, latest: latest)
        }
        return [
            .requested(
                ExceptionRequested(
                    exception: id, request: request, digest: request.digest, policy: policy,
                    requested: context.at, by: context.actor))
        ]
    }

    private static func grant(
        _ digest: Digest, until: Timestamp, _ restart: ClockRestart, _ control: ControlOnPath?,
        _ reason: String, _ context: CommandContext, _ state: RiskException,
        _ phase: ExceptionPhase
    ) throws(ExceptionRejection) -> [ExceptionEvent] {
        try need([.requested], phase)
        try ExceptionRejection.check(reason: reason)
        guard let request = state.request, let requester = state.requester else { throw .unknown }
        // The edge has asked already. Asked again here, so that no path leads around it.
        try needRiskOwner(context)
        for person in context.actor.people where requester.people.contains(person) {
            throw .mayNotGrantOwnRequest(person)
        }
        guard digest == request.digest else {
            throw .staleRequest(given: digest, current: request.digest)
        }
        if let needed = request.control {
            guard let control, control.control == needed, control.holds(at: context.at) else {
                throw .controlNotVerified(needed)
            }
        }
        guard until > context.at, until <= request.until else {
            throw .endOutOfRange(until, earliest: context.at, latest: request.until)
        }
        return [
            .granted(
                ExceptionGranted(
                    digest: digest, granted: context.at, until: until, restart: restart,
                    reason: reason, by: context.actor))
        ]
    }

    /// A timer for something that is over has no effect; one that comes too early is refused, so
    /// that it comes again.
    private static func fire(
        _ timer: ExceptionTimer, _ context: CommandContext, _ state: RiskException,
        _ phase: ExceptionPhase, _ until: Timestamp
    ) throws(ExceptionRejection) -> [ExceptionEvent] {
        guard !phase.isTerminal else { return [] }
        switch timer {
        case .end:
            guard context.at >= until else { throw .notDueYet(timer, until) }
            return [
                .expired(
                    ExceptionExpired(
                        cause: phase == .granted ? .timeOver : .notDecided, until: until,
                        restart: state.restart, control: nil))
            ]
        case .reminder:
            guard phase == .granted, let next = state.nextReminder else { return [] }
            guard context.at >= next.due else { throw .notDueYet(timer, next.due) }
            // After a long silence the last one that is due says it all.
            let due = state.policy.reminderSeconds.last { until + .seconds(-$0) <= context.at }
            return [
                .reminded(
                    ExceptionReminded(until: until, beforeSeconds: due ?? next.seconds))
            ]
        }
    }

    private static func need(
        _ needed: [ExceptionPhase], _ phase: ExceptionPhase
    ) throws(ExceptionRejection) {
        guard needed.contains(phase) else { throw .wrongState(phase, needed: needed) }
    }

    private static func needRiskOwner(_ context: CommandContext) throws(ExceptionRejection) {
        guard context.actor.role == Role.riskOwner.rawValue else {
            throw .riskOwnerNeeded(context.actor.role)
        }
    }
}

extension ExceptionDecider {
    package static func evolve(_ state: inout RiskException, _ event: ExceptionEvent) {
        switch event {
        case .requested(let requested):
            state.id = requested.exception
            state.phase = .requested
            state.request = requested.request
            state.requester = requested.by
            state.requested = requested.requested
            state.policy = requested.policy
            state.until = requested.request.until
        case .granted(let granted):
            state.phase = .granted
            state.grantedBy = granted.by
            state.granted = granted.granted
            state.until = granted.until
            state.restart = granted.restart
        case .denied: state.phase = .denied
        case .reminded(let reminded): state.remindedSeconds = reminded.beforeSeconds
        case .expired: state.phase = .expired
        case .revoked: state.phase = .revoked
        }
    }

    package static func effects(of event: ExceptionEvent, _ state: RiskException) -> [Effect] {
        switch event {
        case .requested(let requested): [timer(.end, requested.request.until)]
        case .granted(let granted): [timer(.end, granted.until)] + reminder(state)
        case .reminded: reminder(state)
        case .denied, .expired, .revoked: [.cancelPending]
        }
    }

    private static func reminder(_ state: RiskException) -> [Effect] {
        state.nextReminder.map { [timer(.reminder, $0.due)] } ?? []
    }

    private static func timer(_ timer: ExceptionTimer, _ due: Timestamp) -> Effect {
        .start(NewTimer(name: timer.rawValue, due: due))
    }
}
