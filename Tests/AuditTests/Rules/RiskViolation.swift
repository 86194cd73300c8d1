import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing

@testable import Audit
@testable import PatchManagement

/// What a dishonest operator may write about risks, sealed with the log's own key.
enum RiskViolation: String, CaseIterable {
    // Exceptions
    case grantByRequester, grantWithoutRole, grantAfterRevokedRole, grantOfOtherDigest
    case grantBeyondRequest, grantBeforeRequest, grantAfterDenial, grantTwice
    case grantOnUnverifiedControl, requestWithoutEnd, expiryBeforeEnd, expiryForHeldControl
    case revocationByStranger, revocationOfDenied, exceptionByAnother
    // Controls and baselines
    case verificationWithoutRole, verificationTooLong, verificationByOldEvidence
    case controlDescribedAnew, lapseOfNothing, baselineWithoutRole, baselineOfOtherKind
    // Feeds
    case feedShrank, feedFollowsOnAnother, feedOfOtherKind, feedUnwatched, snapshotByAnalyst
    // Findings
    case findingOpenedTwice, findingOfOther, classOtherThanInputs, policyNeverPublished
    case snapshotNeverTaken, deadlineLater, deadlineMovedWithoutException, clockMovedBack
    case correctionByOne, correctionOfOtherInputs, correctionUnasked
    case acceptedWithoutException, resolvedByOldEvidence, resolvedBeforeInstallation
    case resolvedByStrangeDeployment, resolvedInTimeClaimed, resolvedAgain, breachBeforeDeadline
    case dismissedByViewer, restartedUnsaid, controlInvented

    var rule: String {
        switch self {
        case .grantByRequester, .grantWithoutRole, .grantAfterRevokedRole, .grantOfOtherDigest,
            .grantBeforeRequest, .grantOnUnverifiedControl, .revocationByStranger,
            .verificationWithoutRole, .baselineWithoutRole, .snapshotByAnalyst, .correctionByOne,
            .correctionOfOtherInputs, .correctionUnasked, .acceptedWithoutException,
            .deadlineMovedWithoutException, .dismissedByViewer, .controlInvented,
            .exceptionByAnother:
            "I14"
        case .grantBeyondRequest, .grantAfterDenial, .grantTwice, .requestWithoutEnd,
            .expiryBeforeEnd, .expiryForHeldControl, .revocationOfDenied:
            "exception"
        case .verificationTooLong, .verificationByOldEvidence, .controlDescribedAnew,
            .lapseOfNothing:
            "control"
        case .baselineOfOtherKind: "baseline"
        case .feedShrank, .feedFollowsOnAnother, .feedOfOtherKind, .feedUnwatched: "feed"
        case .resolvedByOldEvidence, .resolvedBeforeInstallation, .resolvedByStrangeDeployment:
            "I13"
        case .findingOpenedTwice, .findingOfOther, .classOtherThanInputs, .policyNeverPublished,
            .snapshotNeverTaken, .deadlineLater, .clockMovedBack, .resolvedInTimeClaimed,
            .resolvedAgain, .breachBeforeDeadline, .restartedUnsaid:
            "finding"
        }
    }

    /// - Returns: The events with it, and the position that breaks the rule.
    func written(into told: RiskHistory) throws -> (events: [RecordedEvent], at: Int) {
        var tale = RiskTale(events: told.history.log, people: told)
        let place = try tale.breakRule(self)
        return (renumbered(tale.events), place + 1)
    }
}
