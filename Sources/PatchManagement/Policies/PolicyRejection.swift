package import EventSourcing

package enum PolicyRejection: DomainRejection {
    case badField(FieldFault)
    case reasonMissing
    case otherScope(PolicyScope, PolicyScope)
    case alreadyProposed(version: Int)
    case changesNothing(PolicyScope)
    case nothingProposed
    case nothingPublished
    case staleProposal(given: Digest, current: Digest)
    case notExamined
    case examinedTooLongAgo(Timestamp)
    /// The first fault that the what-if found.
    case doesNotFit(String)
    case mayNotPublishOwnProposal(String)
    case mayNotWithdrawOfOthers(String)
    case riskOwnerNeeded(String)
    case notDueYet(PolicyTimer, Timestamp)

    package var kind: RejectionKind {
        switch self {
        case .badField, .reasonMissing, .otherScope, .changesNothing, .doesNotFit: .invalid
        case .mayNotPublishOwnProposal, .mayNotWithdrawOfOthers, .riskOwnerNeeded: .notAllowed
        case .staleProposal: .stale
        case .alreadyProposed, .nothingProposed, .nothingPublished, .notExamined,
            .examinedTooLongAgo, .notDueYet:
            .wrongState
        }
    }

    package var code: String {
        switch self {
        case .badField(let fault):
            "bad-\(fault.field.replacing("_", with: "-").replacing(".", with: "-"))"
        case .reasonMissing: "reason-missing"
        case .otherScope: "other-scope"
        case .alreadyProposed: "already-proposed"
        case .changesNothing: "changes-nothing"
        case .nothingProposed: "nothing-proposed"
        case .nothingPublished: "nothing-published"
        case .staleProposal: "stale-proposal"
        case .notExamined: "not-examined"
        case .examinedTooLongAgo: "examined-too-long-ago"
        case .doesNotFit: "policy-does-not-fit"
        case .mayNotPublishOwnProposal: "proposer-may-not-publish"
        case .mayNotWithdrawOfOthers: "only-proposer-may-withdraw"
        case .riskOwnerNeeded: "risk-owner-needed"
        case .notDueYet: "not-due-yet"
        }
    }

    package var message: String {
        switch self {
        case .badField(let fault): fault.description
        case .reasonMissing: "reason is empty: say why in a few words"
        case .otherScope(let given, let known):
            "scope '\(given)' is not that of this policy, '\(known)': propose it there"
        case .alreadyProposed(let version):
            "version \(version) is proposed already: have it published, rejected or withdrawn first"
        case .changesNothing(let scope):
            "the policy of '\(scope)' says just that already: change something"
        case .nothingProposed: "nothing is proposed here: propose it first"
        case .nothingPublished: "nothing is published here that could be looked at again"
        case .staleProposal(let given, let current):
            "what you saw, \(given), is not what is proposed, \(current): look at it again"
        case .notExamined: "nobody has looked at what it would change: do a what-if first"
        case .examinedTooLongAgo(let moment):
            "what it would change was looked at \(moment), more than 7 days ago: do a what-if again"
        case .doesNotFit(let fault):
            "it doesn't fit together: \(fault); reject or withdraw it, and propose another"
        case .mayNotPublishOwnProposal(let person):
            "'\(printable(person))' proposed it: another person has to publish it"
        case .mayNotWithdrawOfOthers(let person):
            "'\(printable(person))' proposed it: only the proposer withdraws it; a risk owner may "
                + "reject it"
        case .riskOwnerNeeded(let role):
            "role '\(printable(role))' does not decide on policies: use a token with the role "
                + "riskOwner"
        case .notDueYet(let timer, let due): "timer '\(timer.rawValue)' is due at \(due): wait"
        }
    }
}
