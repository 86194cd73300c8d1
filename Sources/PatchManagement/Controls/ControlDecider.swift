package import EventSourcing

/// Everything that can be asked of a security control.
package enum ControlCommand: Sendable, Equatable {
    /// Makes the control known, or changes its description.
    case register(ControlRegistration, control: StreamID)
    case verify(evidence: Digest, method: String, gathered: Timestamp, until: Timestamp)
    case withdraw(reason: String)
    case timer(ControlTimer)

    /// The action to ask `Authorisation` for.
    package var action: Action {
        switch self {
        case .register: .registerControl
        case .verify: .verifyControl
        case .withdraw: .withdrawControl
        case .timer: .fireControlTimer
        }
    }
}

/// The timers of a control, by their stored names.
package enum ControlTimer: String, Sendable, CaseIterable {
    case lapse = "control-lapse"
}

/// The register's entry of one security control: it counts only while it is verified.
package enum ControlDecider: Decider {
    package static let prefix = "ct"
    package static var initialState: SecurityControl { SecurityControl() }
    /// No verification holds longer.
    package static let longestVerification = Duration.seconds(400 * 86_400)

    package static func decide(
        _ command: ControlCommand, _ context: CommandContext, _ state: SecurityControl
    ) throws(ControlRejection) -> [ControlEvent] {
        if case .register(let registration, let id) = command {
            return try register(registration, id, context, state)
        }
        guard state.phase != nil else { throw .unknown }
        switch command {
        case .register: return []
        case .verify(let evidence, let method, let gathered, let until):
            return try verify(evidence, method, gathered, until, context, state)
        case .withdraw(let reason):
            try ControlRejection.check(reason: reason)
            return lapse(.withdrawn, reason, context, state)
        case .timer(.lapse):
            guard state.phase == .verified, let until = state.verification?.until else {
                return []
            }
            guard context.at >= until else { throw .notDueYet(.lapse, until) }
            return lapse(.verificationEnded, "its verification ended", context, state)
        }
    }

    private static func register(
        _ registration: ControlRegistration, _ id: StreamID, _ context: CommandContext,
        _ state: SecurityControl
    ) throws(ControlRejection) -> [ControlEvent] {
        if let fault = registration.faults.first { throw .badField(fault) }
        guard state.registration != registration else { return [] }
        // What was verified is not what is described now.
        return lapse(.changed, "it was described anew", context, state) + [
            .registered(
                ControlRegistered(
                    control: state.id ?? id, registration: registration, by: context.actor))
        ]
    }

    private static func verify(
        _ evidence: Digest, _ method: String, _ gathered: Timestamp, _ until: Timestamp,
        _ context: CommandContext, _ state: SecurityControl
    ) throws(ControlRejection) -> [ControlEvent] {
        if let fault = FieldFault.inText("method", method, longest: 2000) { throw .badField(fault) }
        guard gathered <= context.at else { throw .evidenceInFuture(gathered, now: context.at) }
        if let last = state.verification {
            if state.phase == .verified, last.evidence == evidence, last.until == until {
                return []
            }
            // What a lapse has ended, old evidence doesn't bring back.
            guard gathered > last.gathered else {
                throw .evidenceTooOld(gathered: gathered, oldest: last.gathered)
            }
        }
        let latest = gathered + longestVerification
        guard until > context.at, until <= latest else {
            throw .endOutOfRange(until, earliest: context.at, latest: latest)
        }
        return [
            .verified(
                ControlVerified(
                    evidence: evidence, method: method, gathered: gathered, until: until,
                    by: context.actor))
        ]
    }

    private static func lapse(
        _ cause: ControlLapsed.Cause, _ reason: String, _ context: CommandContext,
        _ state: SecurityControl
    ) -> [ControlEvent] {
        guard state.phase == .verified, let until = state.verification?.until else { return [] }
        return [
            .lapsed(ControlLapsed(cause: cause, until: until, reason: reason, by: context.actor))
        ]
    }

    package static func evolve(_ state: inout SecurityControl, _ event: ControlEvent) {
        switch event {
        case .registered(let registered):
            state.id = registered.control
            state.registration = registered.registration
            state.phase = state.phase ?? .registered
        case .verified(let verified):
            state.phase = .verified
            state.verification = verified
        case .lapsed: state.phase = .lapsed
        }
    }

    package static func effects(of event: ControlEvent, _ state: SecurityControl) -> [Effect] {
        switch event {
        case .verified(let verified):
            [.start(NewTimer(name: ControlTimer.lapse.rawValue, due: verified.until))]
        case .lapsed: [.cancelPending]
        case .registered: []
        }
    }
}

package enum ControlRejection: DomainRejection {
    case unknown
    case badField(FieldFault)
    case reasonMissing
    case evidenceInFuture(Timestamp, now: Timestamp)
    case evidenceTooOld(gathered: Timestamp, oldest: Timestamp)
    case endOutOfRange(Timestamp, earliest: Timestamp, latest: Timestamp)
    case notDueYet(ControlTimer, Timestamp)

    package var kind: RejectionKind {
        switch self {
        case .unknown: .notFound
        case .evidenceTooOld: .stale
        case .notDueYet: .wrongState
        case .badField, .reasonMissing, .evidenceInFuture, .endOutOfRange: .invalid
        }
    }

    package var code: String {
        switch self {
        case .unknown: "no-such-control"
        case .badField(let fault): "bad-\(fault.field)"
        case .reasonMissing: "reason-missing"
        case .evidenceInFuture: "evidence-in-the-future"
        case .evidenceTooOld: "evidence-too-old"
        case .endOutOfRange: "end-out-of-range"
        case .notDueYet: "not-due-yet"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "there is no such control: register it first, or list the controls"
        case .badField(let fault): fault.description
        case .reasonMissing: "reason is empty: say why in a few words"
        case .evidenceInFuture(let gathered, let now):
            "gathered '\(gathered)' is after \(now): correct it, or the clock that gave it"
        case .evidenceTooOld(let gathered, let oldest):
            "the evidence is from \(gathered), not after \(oldest): verify the control again"
        case .endOutOfRange(let end, let earliest, let latest):
            "until '\(end)' is not after \(earliest) and by \(latest): choose another time"
        case .notDueYet(let timer, let due): "timer '\(timer.rawValue)' is due at \(due): wait"
        }
    }
}
