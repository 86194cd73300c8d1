package import EventSourcing

package enum FindingRejection: DomainRejection {
    case unknown
    case badField(FieldFault)
    case reasonMissing
    case otherFinding(StreamID, actual: StreamID)
    /// - needed: The phases in which it can be done.
    case wrongState(FindingPhase, needed: [FindingPhase])
    case notClassified
    case inFuture(String, Timestamp, latest: Timestamp)
    case endInPast(Timestamp, now: Timestamp)
    case evidenceTooOld(gathered: Timestamp, oldest: Timestamp)
    case deploymentMissing
    case deploymentGiven(Resolution.Means)
    case correctionNotRequested
    case staleCorrection(given: Digest, current: Digest)
    case mayNotConfirmOwnRequest(String)
    case mayNotEndOwnDispute(String)
    case noHold
    case holdNotDue(Timestamp)
    case commanderNeeded(String)
    case notDueYet(FindingTimer, Timestamp)

    package var kind: RejectionKind {
        switch self {
        case .unknown: .notFound
        case .mayNotConfirmOwnRequest, .mayNotEndOwnDispute, .commanderNeeded: .notAllowed
        case .staleCorrection, .evidenceTooOld: .stale
        case .badField, .reasonMissing, .otherFinding, .inFuture, .endInPast,
            .deploymentMissing, .deploymentGiven:
            .invalid
        case .wrongState, .notClassified, .correctionNotRequested, .noHold, .holdNotDue,
            .notDueYet:
            .wrongState
        }
    }

    package var code: String {
        switch self {
        case .unknown: "no-such-finding"
        case .badField(let fault):
            "bad-\(fault.field.replacing("_", with: "-").replacing(".", with: "-"))"
        case .reasonMissing: "reason-missing"
        case .otherFinding: "another-finding"
        case .wrongState: "wrong-state"
        case .notClassified: "not-classified"
        case .inFuture: "in-the-future"
        case .endInPast: "end-in-the-past"
        case .evidenceTooOld: "evidence-too-old"
        case .deploymentMissing: "deployment-missing"
        case .deploymentGiven: "deployment-not-expected"
        case .correctionNotRequested: "correction-not-requested"
        case .staleCorrection: "stale-correction"
        case .mayNotConfirmOwnRequest: "requester-may-not-confirm"
        case .mayNotEndOwnDispute: "disputer-may-not-end"
        case .noHold: "no-forensic-hold"
        case .holdNotDue: "hold-not-due"
        case .commanderNeeded: "incident-commander-needed"
        case .notDueYet: "not-due-yet"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "there is no such finding: match the inventory, or list the findings"
        case .badField(let fault): fault.description
        case .reasonMissing: "reason is empty: say why in a few words"
        case .otherFinding(let given, let actual):
            "asset and vulnerability are those of \(given), not of \(actual): open that one"
        case .wrongState(let phase, let needed):
            "the finding is \(phase.rawValue): this needs "
                + needed.map(\.rawValue).joined(separator: ", ")
        case .notClassified: "the finding has no class and no deadline yet: classify it first"
        case .inFuture(let field, let moment, let latest):
            "\(field) '\(moment)' is after \(latest): correct it, or the clock that gave it"
        case .endInPast(let end, let now):
            "the end '\(end)' is not after \(now): choose a later one"
        case .evidenceTooOld(let gathered, let oldest):
            "the evidence is from \(gathered), not after \(oldest): gather it again"
        case .deploymentMissing:
            "deployment or installed is missing: name the deployment that installed the patch, "
                + "and when; else resolve it as outOfBand"
        case .deploymentGiven(let means):
            "a finding that is resolved as \(means.rawValue) has no deployment: leave it out"
        case .correctionNotRequested: "nobody has asked for a correction: request one first"
        case .staleCorrection(let given, let current):
            "what you saw, \(given), is not what waits now, \(current): look at it again"
        case .mayNotConfirmOwnRequest(let person):
            "'\(printable(person))' asked for the correction: another person has to confirm it"
        case .mayNotEndOwnDispute(let person):
            "'\(printable(person))' raised the dispute: another person has to end it"
        case .noHold: "no forensic hold is open on this finding: place one first"
        case .holdNotDue(let due):
            "the hold is for evidence to end until \(due): collect it, or wait"
        case .commanderNeeded(let role):
            "role '\(printable(role))' does not decide on holds: use a token with the role "
                + "incidentCommander"
        case .notDueYet(let timer, let due): "timer '\(timer.rawValue)' is due at \(due): wait"
        }
    }
}
