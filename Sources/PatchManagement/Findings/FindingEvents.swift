package import EventSourcing

package struct FindingOpened: EventPayload {
    package static let type = "FindingOpened"
    package let finding: StreamID
    package let opening: FindingOpening
    package let opened: Timestamp
    package let by: Actor
}

/// What is known of an open finding is about another package, another installed version or another
/// fix now. Its episode goes on: clock, deadline, `inScope` and `fixReleased` stay what they were.
package struct MatchChanged: EventPayload {
    package static let type = "MatchChanged"
    package let opening: FindingOpening
    package let by: Actor
}

/// A finding has a class, and all that it was decided by.
package struct FindingClassified: EventPayload {
    package static let type = "FindingClassified"
    package let inputs: ClassificationInputs
    package let policy: PolicyPin
    package let classification: Classification
    package let clock: SLAClock
    /// nil for the first classification of an episode.
    package let before: Timestamp?
    package let deadline: Timestamp
    package let warning: Timestamp
    /// The deadline without the exception that it rested on; nil where it rested on none.
    package let ungranted: Timestamp?
    package let by: Actor
}

/// A first fix is out: from here on the remediation clock counts.
package struct FixObserved: EventPayload {
    package static let type = "FixObserved"
    package let released: Timestamp
}

package struct DeadlineMoved: EventPayload {
    package enum Cause: String, Codable, Sendable, CaseIterable {
        case fixReleased
        case exceptionGranted
        case exceptionEnded
    }

    package static let type = "DeadlineMoved"
    package let cause: Cause
    package let before: Timestamp
    package let deadline: Timestamp
    package let warning: Timestamp
    package let clock: SLAClock
    /// What gave the time; nil for a fix and for an exception's end.
    package let grant: DeadlineGrant?
    /// The deadline by a fix alone, which holds once the exception ends that gave more time than
    /// that; nil for other causes.
    package let ungranted: Timestamp?
    package let reason: String
    package let by: Actor
}

/// The exception that a deadline rests on.
package struct DeadlineGrant: Codable, Hashable, Sendable {
    package let exception: StreamID
    package let until: Timestamp
    package let restart: ClockRestart

    package init(exception: StreamID, until: Timestamp, restart: ClockRestart) {
        self.exception = exception
        self.until = until
        self.restart = restart
    }
}

/// Somebody says that inputs were wrong; another person has to confirm it.
package struct InputCorrectionRequested: EventPayload {
    package static let type = "InputCorrectionRequested"
    package let inputs: ClassificationInputs
    /// Of the inputs' stored form: what is confirmed.
    package let digest: Digest
    package let reason: String
    package let by: Actor
}

/// The class and the deadline were computed again, from the original start.
package struct InputCorrected: EventPayload {
    package static let type = "InputCorrected"
    package let inputs: ClassificationInputs
    package let policy: PolicyPin
    package let classification: Classification
    package let clock: SLAClock
    package let before: Timestamp
    package let deadline: Timestamp
    package let warning: Timestamp
    /// As in `FindingClassified`.
    package let ungranted: Timestamp?
    package let requester: Actor
    package let reason: String
    package let by: Actor
}

package struct SLAWarned: EventPayload {
    package static let type = "SLAWarned"
    package let asset: StreamID
    package let riskClass: RiskClass
    package let clock: SLAClock.Kind
    package let deadline: Timestamp

    private enum CodingKeys: String, CodingKey {
        case asset
        case riskClass = "risk_class"
        case clock, deadline
    }
}

package struct SLABreached: EventPayload {
    package static let type = "SLABreached"
    package let asset: StreamID
    package let riskClass: RiskClass
    package let clock: SLAClock.Kind
    package let deadline: Timestamp

    private enum CodingKeys: String, CodingKey {
        case asset
        case riskClass = "risk_class"
        case clock, deadline
    }
}

package struct FindingMitigated: EventPayload {
    package static let type = "FindingMitigated"
    package let control: StreamID
    /// Until when the control's verification holds.
    package let until: Timestamp
    package let by: Actor
}

package struct FindingAccepted: EventPayload {
    package static let type = "FindingAccepted"
    package let exception: StreamID
    package let until: Timestamp
    package let restart: ClockRestart
    package let by: Actor
}

package struct FindingDisputed: EventPayload {
    package static let type = "FindingDisputed"
    package let claim: DisputedClaim
    /// Where the finding stood.
    package let from: FindingPhase
    /// Who or what says so, such as the name of a scanner.
    package let source: String
    package let evidence: Digest
    package let gathered: Timestamp
    package let disputed: Timestamp
    package let reason: String
    package let by: Actor
}

package struct FindingResolved: EventPayload {
    package static let type = "FindingResolved"
    package let asset: StreamID
    package let resolution: Resolution
    /// False for what was installed out of band: counted and alarmed on its own.
    package let isGoverned: Bool
    package let deadline: Timestamp?
    /// Whether the evidence was gathered by the deadline; nil without one.
    package let isInTime: Bool?
    package let by: Actor

    private enum CodingKeys: String, CodingKey {
        case asset, resolution
        case isGoverned = "is_governed"
        case deadline
        case isInTime = "is_in_time"
        case by
    }
}

package struct FindingReopened: EventPayload {
    package enum Cause: String, Codable, Sendable, CaseIterable {
        /// A newer match shows it.
        case foundAgain
        case treatmentEnded
        /// The dispute was not upheld.
        case disputeRejected
        /// An analyst took its end back.
        case takenBack
    }

    package static let type = "FindingReopened"
    package let cause: Cause
    /// What it starts anew with; nil when it goes on as it was.
    package let anew: NewEpisode?
    package let reason: String
    package let by: Actor
}

/// A finding that starts anew, and the end of the life before, which it stays linked to.
package struct NewEpisode: Codable, Hashable, Sendable {
    /// 2 for the first that follows the opening.
    package let number: Int
    package let opening: FindingOpening
    package let opened: Timestamp
    package let previousOpened: Timestamp
    package let previousDeadline: Timestamp?
    /// nil when it was dismissed.
    package let previousResolution: Resolution?

    private enum CodingKeys: String, CodingKey {
        case number, opening, opened
        case previousOpened = "previous_opened"
        case previousDeadline = "previous_deadline"
        case previousResolution = "previous_resolution"
    }
}

package struct FindingDismissed: EventPayload {
    package static let type = "FindingDismissed"
    package let dismissal: FindingDismissal
    /// When what it rests on was seen, else when it was asked for.
    package let dismissed: Timestamp
    package let reason: String
    package let by: Actor

    /// What a person has looked at and dismissed holds for as long as the match is what it was;
    /// what a service dismissed holds until it is seen again.
    package var isByPerson: Bool {
        by.onBehalfOf != nil || Role(rawValue: by.role)?.isService != true
    }
}
