package import EventSourcing

/// Everything that can be asked of the policy of a scope.
package enum PolicyCommand: Sendable, Equatable {
    case propose(PolicyDocument, scope: PolicyScope, reason: String)
    /// Records what the open proposal would change. The caller keeps the report with it.
    ///
    /// - Parameters:
    ///   - proposal: The digest of what was examined, and likewise below.
    ///   - report: The digest of the `PolicyWhatIf`.
    case examine(PolicyWhatIfSummary, report: Digest, proposal: Digest)
    /// Lets the proposal count from now on.
    ///
    /// - Parameter reviewSeconds: After how long it is to be looked at again.
    case publish(proposal: Digest, reviewSeconds: Int, reason: String)
    case reject(reason: String)
    /// By whoever proposed it.
    case withdraw(reason: String)
    /// Somebody has looked at what counts, and it stays.
    case review(reason: String)
    case timer(PolicyTimer)
    /// Says which numbers are built in; nothing when they are those that were stated last. For
    /// `BuiltInNumbers.stream` alone.
    case stateBuiltIn(BuiltInNumbers)

    /// The action to ask `Authorisation` for.
    package var action: Action {
        switch self {
        case .propose, .withdraw: .proposePolicy
        case .examine: .examinePolicy
        case .publish, .reject: .publishPolicy
        case .review: .reviewPolicy
        case .timer: .firePolicyTimer
        case .stateBuiltIn: .statePolicyBuiltIn
        }
    }
}

/// The timers of a policy, by their stored names.
package enum PolicyTimer: String, Sendable, CaseIterable {
    case review = "policy-review"
}
