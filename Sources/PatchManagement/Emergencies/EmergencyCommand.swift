package import EventSourcing

/// Everything that can be asked of an emergency.
package enum EmergencyCommand: Sendable, Equatable {
    case propose(EmergencyTerms, emergency: StreamID, policy: EmergencyPolicy = EmergencyPolicy())
    /// - Parameters:
    ///   - terms: The digest of what the second person has seen.
    ///   - ground: The patch as it stands; guard the append with its version.
    ///   - overdue: Emergencies of the team, or of one of the two, of which the review is overdue.
    case confirm(
        terms: Digest, ground: EmergencyGround, overdue: [StreamID] = [], reason: String)
    case end(reason: String)
    case review(outcome: String)
    case timer(EmergencyTimer)
    /// A rollout that was planned in it has met a freeze, and goes on in spite of it.
    case noteFreezeOverride(EmergencyFreezeOverride)

    /// The action to ask `Authorisation` for.
    package var action: Action {
        switch self {
        case .propose, .confirm: .declareEmergency
        case .end: .endEmergency
        case .review: .reviewEmergency
        case .timer, .noteFreezeOverride: .fireEmergencyTimer
        }
    }
}

/// The timers of an emergency, by their stored names.
package enum EmergencyTimer: String, Sendable, CaseIterable {
    case proposal = "emergency-proposal"
    case end = "emergency-end"
    case review = "emergency-review"
}

package enum EmergencyRejection: DomainRejection {
    case unknown
    case alreadyProposed(StreamID)
    case badField(FieldFault)
    case reasonMissing
    /// - needed: The phases in which it can be done.
    case wrongState(EmergencyPhase, needed: [EmergencyPhase])
    case staleTerms(given: Digest, current: Digest)
    case proposalLapsed(Timestamp)
    case mayNotDeclare(String)
    case mayNotConfirmOwn(String)
    case approverDeclares(String)
    case mayNotReviewOwn(String)
    case patchNotOpen(PatchState)
    case alreadyInEmergency(StreamID)
    case reviewsOverdue([StreamID])
    case notDueYet(EmergencyTimer, Timestamp)

    package var kind: RejectionKind {
        switch self {
        case .unknown: .notFound
        case .mayNotDeclare, .mayNotConfirmOwn, .approverDeclares, .mayNotReviewOwn,
            .reviewsOverdue:
            .notAllowed
        case .staleTerms: .stale
        case .badField, .reasonMissing: .invalid
        case .alreadyProposed, .wrongState, .proposalLapsed, .patchNotOpen, .alreadyInEmergency,
            .notDueYet:
            .wrongState
        }
    }

    package var code: String {
        switch self {
        case .unknown: "no-such-emergency"
        case .alreadyProposed: "already-proposed"
        case .badField(let fault):
            "bad-\(fault.field.replacing("_", with: "-").replacing(".", with: "-"))"
        case .reasonMissing: "reason-missing"
        case .wrongState: "wrong-state"
        case .staleTerms: "stale-emergency"
        case .proposalLapsed: "proposal-lapsed"
        case .mayNotDeclare: "declarer-role-needed"
        case .mayNotConfirmOwn: "proposer-may-not-confirm"
        case .approverDeclares: "approver-may-not-declare"
        case .mayNotReviewOwn: "declarer-may-not-review"
        case .patchNotOpen: "patch-not-open"
        case .alreadyInEmergency: "already-in-emergency"
        case .reviewsOverdue: "reviews-overdue"
        case .notDueYet: "not-due-yet"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "there is no such emergency: declare it first, or list the emergencies"
        case .alreadyProposed(let id):
            "emergency \(id) was proposed already: declare another one under a new id"
        case .badField(let fault): fault.description
        case .reasonMissing: "reason is empty: say why in a few words"
        case .wrongState(let phase, let needed):
            "the emergency is \(phase.rawValue): this needs "
                + needed.map(\.rawValue).joined(separator: ", ")
        case .staleTerms(let given, let current):
            "what you saw, \(given), is not what was proposed, \(current): look at it again"
        case .proposalLapsed(let moment):
            "the proposal lapsed at \(moment): declare the emergency anew"
        case .mayNotDeclare(let role):
            "role '\(printable(role))' does not declare emergencies: use a token with the role "
                + "incidentCommander, releaseManager, securityTester or riskOwner"
        case .mayNotConfirmOwn(let person):
            "'\(printable(person))' proposed it: a second person has to confirm"
        case .approverDeclares(let person):
            "'\(printable(person))' approved the patch: two others have to declare the emergency"
        case .mayNotReviewOwn(let person):
            "'\(printable(person))' declared it: another person has to review it"
        case .patchNotOpen(let state):
            "the patch is \(state.rawValue): an emergency is for one that is to be deployed still"
        case .alreadyInEmergency(let id):
            "the patch is under emergency \(id) already: end that one first"
        case .reviewsOverdue(let ids):
            "the review of \(ids.prefix(3).map(\.text).joined(separator: ", "))"
                + (ids.count > 3 ? " and \(ids.count - 3) more" : "")
                + " is overdue: review it first, or let a riskOwner be one of the two"
        case .notDueYet(let timer, let due): "timer '\(timer.rawValue)' is due at \(due): wait"
        }
    }
}
