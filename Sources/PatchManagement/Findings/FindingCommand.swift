package import EventSourcing

/// Everything that can be asked of a finding.
package enum FindingCommand: Sendable, Equatable {
    /// A match was found: opens the finding, opens it again when it was closed and the match is
    /// newer than what closed it, or says what an open one is about now.
    case open(FindingOpening)
    /// By the policy's numbers, from what feeds and inventory say now.
    case classify(ClassificationInputs, ClassificationPolicy)
    /// There is a fix now.
    case observeFix(released: Timestamp)
    /// An exception defers it: the deadline is the exception's end, or the time of its class after
    /// that, when its clock restarts then.
    case moveDeadline(
        exception: StreamID, until: Timestamp, restart: ClockRestart, reason: String)
    case requestCorrection(ClassificationInputs, reason: String)
    /// - Parameter correction: The digest of the inputs that were asked for.
    case confirmCorrection(Digest, ClassificationPolicy, reason: String)

    case mitigate(control: StreamID, until: Timestamp)
    case accept(exception: StreamID, until: Timestamp, restart: ClockRestart)
    /// The control lapsed, or the exception ended.
    case endTreatment(by: StreamID, reason: String)

    /// - Parameter gathered: When what the evidence says was seen.
    case dispute(
        DisputedClaim, source: String, evidence: Digest, gathered: Timestamp, reason: String)
    /// Ends a dispute against what was said: the finding is what it was before.
    ///
    /// - Parameters:
    ///   - source: The one that disputed it and says so no longer; nil when an analyst has looked.
    ///   - gathered: When that was seen.
    case rejectDispute(source: String?, gathered: Timestamp, reason: String)
    case resolve(Resolution)
    /// - Parameter observed: When what it rests on was seen, such as a feed's snapshot; nil for the
    ///   moment of the command. What a service dismisses is opened again by what is seen later.
    case dismiss(FindingDismissal, reason: String, observed: Timestamp? = nil)
    /// An analyst takes back a dismissal, a resolution or a dispute.
    case reopen(reason: String)

    case placeHold(reason: String, policy: ClassificationPolicy)
    case collectEvidence(Digest, reason: String)
    case decideHold(ForensicHoldDecided.Outcome, reason: String, policy: ClassificationPolicy)

    case timer(FindingTimer)

    /// The action to ask `Authorisation` for.
    package var action: Action {
        switch self {
        case .open: .openFinding
        case .classify, .observeFix: .classifyFinding
        case .moveDeadline, .mitigate, .accept, .endTreatment: .treatFinding
        case .requestCorrection, .confirmCorrection: .correctFinding
        case .dispute: .disputeFinding
        case .rejectDispute: .rejectDispute
        case .resolve: .resolveFinding
        case .dismiss: .dismissFinding
        case .reopen: .reopenFinding
        case .placeHold: .placeForensicHold
        case .collectEvidence: .collectForensicEvidence
        case .decideHold: .decideForensicHold
        case .timer: .fireFindingTimer
        }
    }
}

/// The timers of a finding, by their stored names.
package enum FindingTimer: String, Sendable, CaseIterable {
    case warning = "sla-warning"
    case breach = "sla-breach"
    case treatmentEnd = "treatment-end"
}

/// What somebody says against a finding's state.
package enum DisputedClaim: String, Codable, Sendable, CaseIterable {
    /// A scanner finds what is verified as gone.
    case stillThere
    /// It isn't there, or doesn't matter there.
    case notAffected
}

/// Why a finding is none.
package enum FindingDismissal: String, Codable, Sendable, CaseIterable {
    /// The vendor's VEX statement says so.
    case notAffected
    case falsePositive
    /// The vulnerability was withdrawn.
    case withdrawn
    case assetDecommissioned
    /// Only a source said so that is forgotten now.
    case sourceForgotten

    /// Whether it was there as far as anybody knows, and ended unmended: until then it counts.
    package var wasThere: Bool {
        switch self {
        case .assetDecommissioned, .sourceForgotten: true
        case .notAffected, .falsePositive, .withdrawn: false
        }
    }
}
