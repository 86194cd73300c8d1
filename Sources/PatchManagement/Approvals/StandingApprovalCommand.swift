package import EventSourcing

/// Everything that can be asked of a standing approval.
package enum StandingApprovalCommand: Sendable, Equatable {
    /// - Parameter policy: The strictest of those on the assets that the terms choose.
    case propose(StandingTerms, standing: StreamID, policy: StandingPolicy)
    /// - Parameter terms: The digest of what the second approver has seen.
    case grant(terms: Digest, policy: StandingPolicy, reason: String)
    case deny(reason: String)
    case revoke(reason: String)
    /// - Parameters:
    ///   - binding: Digest of what is to be approved.
    ///   - policy: The strictest of those on the patch's targets.
    case use(patch: StreamID, binding: Digest, policy: StandingPolicy)
    case timer(StandingApprovalTimer)

    /// The action to ask `Authorisation` for.
    package var action: Action {
        switch self {
        case .propose: .proposeStandingApproval
        case .grant, .deny: .decideStandingApproval
        case .revoke: .revokeStandingApproval
        case .use: .useStandingApproval
        case .timer: .fireStandingApprovalTimer
        }
    }
}

/// The timers of a standing approval, by their stored names.
package enum StandingApprovalTimer: String, Sendable, CaseIterable {
    case end = "standing-approval-end"
}

package enum StandingApprovalRejection: DomainRejection {
    case unknown
    case alreadyProposed(StreamID)
    case badField(FieldFault)
    case reasonMissing
    /// - needed: The phases in which it can be done.
    case wrongState(StandingPhase, needed: [StandingPhase])
    case endOutOfRange(Timestamp, earliest: Timestamp, latest: Timestamp)
    case staleTerms(given: Digest, current: Digest)
    case approverRoleNeeded(String)
    case mayNotGrantOwn(String)
    case notAllowedByPolicy(RiskClass)
    case isOver(Timestamp)
    case usedUp(Int)
    case notDueYet(StandingApprovalTimer, Timestamp)

    package var kind: RejectionKind {
        switch self {
        case .unknown: .notFound
        case .approverRoleNeeded, .mayNotGrantOwn: .notAllowed
        case .staleTerms: .stale
        case .badField, .reasonMissing, .endOutOfRange: .invalid
        case .alreadyProposed, .wrongState, .notAllowedByPolicy, .isOver, .usedUp, .notDueYet:
            .wrongState
        }
    }

    package var code: String {
        switch self {
        case .unknown: "no-such-standing-approval"
        case .alreadyProposed: "already-proposed"
        case .badField(let fault):
            "bad-\(fault.field.replacing("_", with: "-").replacing(".", with: "-"))"
        case .reasonMissing: "reason-missing"
        case .wrongState: "wrong-state"
        case .endOutOfRange: "end-out-of-range"
        case .staleTerms: "stale-standing-approval"
        case .approverRoleNeeded: "approver-role-needed"
        case .mayNotGrantOwn: "proposer-may-not-grant"
        case .notAllowedByPolicy: "standing-not-allowed"
        case .isOver: "standing-approval-over"
        case .usedUp: "standing-approval-used-up"
        case .notDueYet: "not-due-yet"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "there is no such standing approval: propose it, or list them"
        case .alreadyProposed(let id):
            "standing approval \(id) was proposed already: propose another one under a new id"
        case .badField(let fault): fault.description
        case .reasonMissing: "reason is empty: say why in a few words"
        case .wrongState(let phase, let needed):
            "the standing approval is \(phase.rawValue): this needs "
                + needed.map(\.rawValue).joined(separator: ", ")
        case .endOutOfRange(let end, let earliest, let latest):
            "until '\(end)' is not after \(earliest) and by \(latest): choose another time"
        case .staleTerms(let given, let current):
            "what you saw, \(given), is not what was proposed, \(current): look at it again"
        case .approverRoleNeeded(let role):
            "role '\(printable(role))' does not approve: use a token with the role approver"
        case .mayNotGrantOwn(let person):
            "'\(printable(person))' proposed it: another approver has to grant it"
        case .notAllowedByPolicy(let riskClass):
            "no standing approval may be for \(riskClass.rawValue) patches of these assets: let a "
                + "policy allow it (patch.standing), or approve each patch"
        case .isOver(let end):
            "the standing approval ended at \(end): propose a new one, or approve the patch"
        case .usedUp(let count):
            "it was used for \(count) patches, as many as it may: propose a new one"
        case .notDueYet(let timer, let due): "timer '\(timer.rawValue)' is due at \(due): wait"
        }
    }
}
