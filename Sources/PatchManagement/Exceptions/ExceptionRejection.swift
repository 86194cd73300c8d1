package import EventSourcing

package enum ExceptionRejection: DomainRejection {
    case unknown
    case alreadyRequested(StreamID)
    case badField(FieldFault)
    case reasonMissing
    /// - needed: The phases in which it can be done.
    case wrongState(ExceptionPhase, needed: [ExceptionPhase])
    case endOutOfRange(Timestamp, earliest: Timestamp, latest: Timestamp)
    case staleRequest(given: Digest, current: Digest)
    case mayNotGrantOwnRequest(String)
    case controlNotVerified(StreamID)
    case riskOwnerNeeded(String)
    case notDueYet(ExceptionTimer, Timestamp)

    package var kind: RejectionKind {
        switch self {
        case .unknown: .notFound
        case .mayNotGrantOwnRequest, .riskOwnerNeeded: .notAllowed
        case .staleRequest: .stale
        case .badField, .reasonMissing, .endOutOfRange: .invalid
        case .alreadyRequested, .wrongState, .controlNotVerified, .notDueYet: .wrongState
        }
    }

    package var code: String {
        switch self {
        case .unknown: "no-such-exception"
        case .alreadyRequested: "already-requested"
        case .badField(let fault):
            "bad-\(fault.field.replacing("_", with: "-").replacing(".", with: "-"))"
        case .reasonMissing: "reason-missing"
        case .wrongState: "wrong-state"
        case .endOutOfRange: "end-out-of-range"
        case .staleRequest: "stale-request"
        case .mayNotGrantOwnRequest: "requester-may-not-grant"
        case .controlNotVerified: "control-not-verified"
        case .riskOwnerNeeded: "risk-owner-needed"
        case .notDueYet: "not-due-yet"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "there is no such exception: request it first, or list the exceptions"
        case .alreadyRequested(let id):
            "exception \(id) was requested already: request another one under a new id"
        case .badField(let fault): fault.description
        case .reasonMissing: "reason is empty: say why in a few words"
        case .wrongState(let phase, let needed):
            "the exception is \(phase.rawValue): this needs "
                + needed.map(\.rawValue).joined(separator: ", ")
        case .endOutOfRange(let end, let earliest, let latest):
            "until '\(end)' is not after \(earliest) and by \(latest): choose another time"
        case .staleRequest(let given, let current):
            "what you saw, \(given), is not what was asked for, \(current): look at it again"
        case .mayNotGrantOwnRequest(let person):
            "'\(printable(person))' asked for it: another person has to grant it"
        case .controlNotVerified(let control):
            "the control \(control) is not verified now: verify it first, or deny the request"
        case .riskOwnerNeeded(let role):
            "role '\(printable(role))' does not decide on exceptions: use a token with the role "
                + "riskOwner"
        case .notDueYet(let timer, let due): "timer '\(timer.rawValue)' is due at \(due): wait"
        }
    }
}
