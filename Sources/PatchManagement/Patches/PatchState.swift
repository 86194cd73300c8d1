/// Where a patch stands in its lifecycle.
///
/// Up to `approved` this is what was decided last. From there it follows from its rollouts.
package enum PatchState: String, Codable, Sendable, CaseIterable {
    case identified
    case assessed
    case notApplicable
    case acquired
    case acquisitionFailed
    case testing
    case tested
    case testFailed
    case testInconclusive
    case signedOff
    case awaitingApproval
    case approved
    case rejected
    case approvalExpired
    case approvalRevoked
    /// A rollout is approved and has not started.
    case scheduled
    case deploying
    case paused
    case rollingBack
    case rolledBack
    case rollbackFailed
    case handedToOwner
    case verified
    case documented
    case deferred
    case withdrawn
    /// All of its assets are under live exceptions.
    case excepted
    /// A service pack has brought it to every asset that it was for.
    case resolvedElsewhere
    /// A newer patch took its place before it was tested. The only end without a way out.
    case superseded

    package var isTerminal: Bool { self == .superseded }

    /// Nothing of it was tested yet, so that a successor takes over whole.
    var isBeforeTested: Bool {
        switch self {
        case .identified, .assessed, .notApplicable, .acquired, .acquisitionFailed, .testing,
            .testFailed, .testInconclusive:
            true
        case .tested, .signedOff, .awaitingApproval, .approved, .rejected, .approvalExpired,
            .approvalRevoked, .scheduled, .deploying, .paused, .rollingBack, .rolledBack,
            .rollbackFailed, .handedToOwner, .verified, .documented, .deferred, .withdrawn,
            .excepted, .resolvedElsewhere, .superseded:
            false
        }
    }

    /// Nothing is to be done about it, unless somebody takes it back from there.
    package var isSettled: Bool {
        switch self {
        case .notApplicable, .rejected, .withdrawn, .superseded, .resolvedElsewhere, .verified,
            .documented:
            true
        case .identified, .assessed, .acquired, .acquisitionFailed, .testing, .tested, .testFailed,
            .testInconclusive, .signedOff, .awaitingApproval, .approved, .approvalExpired,
            .approvalRevoked, .scheduled, .deploying, .paused, .rollingBack, .rolledBack,
            .rollbackFailed, .handedToOwner, .deferred, .excepted:
            false
        }
    }

    /// The state of a patch whose last decision is `decision`.
    ///
    /// While the approval stands, the rollouts say it, the most pressing one first: rollingBack,
    /// rollbackFailed, paused, deploying, rolledBack, scheduled, verified or documented, approved.
    /// An approval that ended hides what merely goes on, and never what needs somebody.
    ///
    /// - Parameter isCovered: Every asset that the approval is for has the patch, proven.
    package static func derived(
        from decision: PatchState, rollouts: [RolloutOverview], isCovered: Bool, isDocumented: Bool
    ) -> PatchState {
        switch decision {
        case .approved:
            return followed(rollouts, isCovered: isCovered, isDocumented: isDocumented)
        case .approvalExpired, .approvalRevoked:
            let state = followed(rollouts, isCovered: isCovered, isDocumented: isDocumented)
            switch state {
            case .approved, .scheduled, .deploying, .paused: return decision
            default: return state
            }
        default: return decision
        }
    }

    private static func followed(
        _ rollouts: [RolloutOverview], isCovered: Bool, isDocumented: Bool
    ) -> PatchState {
        func any(_ phase: RolloutPhase) -> Bool { rollouts.contains { $0.phase == phase } }
        if any(.rollingBack) { return .rollingBack }
        if any(.rollbackFailed) { return .rollbackFailed }
        if any(.paused) { return .paused }
        if any(.running) { return .deploying }
        if any(.rolledBack) { return .rolledBack }
        if any(.scheduled) { return .scheduled }
        if isCovered { return isDocumented ? .documented : .verified }
        return .approved
    }
}
