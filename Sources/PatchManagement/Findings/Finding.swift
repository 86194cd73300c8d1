package import EventSourcing

/// One vulnerability on one asset, as its events leave it. It owns its deadline.
package struct Finding: Sendable, Equatable {
    package var id: StreamID?
    /// nil before it was opened.
    package var phase: FindingPhase?
    package var opening: FindingOpening?
    /// 1 from the opening on, one more with each time that it starts anew.
    package var episode = 0
    /// When this episode began.
    package var opened: Timestamp?
    /// Only what is gathered after this shows that it is gone: when it was seen last, or when a
    /// person took its end back.
    package var evidenceAfter: Timestamp?
    /// The first fix's release; nil while there is none.
    package var fixReleased: Timestamp?
    package var inputs: ClassificationInputs?
    package var policy: PolicyPin?
    package var classification: Classification?
    /// nil until it is classified, and so the two below.
    package var clock: SLAClock?
    package var deadline: Timestamp?
    package var warning: Timestamp?
    /// What the deadline rests on, and the one before; nil when no exception gave time, or another
    /// rule has moved the deadline since.
    package var granted: GrantedTime?
    /// Exceptions that gave time for a lower class than it got since. They give it no more.
    package var outgrown: Set<StreamID> = []
    package var isWarned = false
    package var isBreached = false
    package var treatment: FindingTreatment?
    package var dispute: FindingDisputed?
    /// Where a disputed finding goes back to.
    package var phaseBeforeDispute: FindingPhase?
    package var resolution: Resolution?
    package var dismissed: FindingDismissed?
    package var requestedCorrection: InputCorrectionRequested?
    package var hold: ForensicHold?

    package init() {}

    /// The asset waits for evidence to be taken before it is changed.
    package var isHeld: Bool { hold?.isOpen ?? false }

    /// Nobody may document the patch as done while its finding is doubted.
    package var blocksDocumentation: Bool { phase == .disputed }

    /// Whether time runs against it. A control in its place ends the treatment clock, and not the
    /// remediation clock.
    package var clockRuns: Bool {
        switch phase {
        case .open: true
        case .mitigated: clock?.kind == .remediation
        case .disputed: Self.clockRan(in: phaseBeforeDispute, clock)
        case .accepted, .resolved, .dismissed, nil: false
        }
    }

    private static func clockRan(in phase: FindingPhase?, _ clock: SLAClock?) -> Bool {
        phase == .open || (phase == .mitigated && clock?.kind == .remediation)
    }
}

/// Where a finding stands. It never ends for good: what is gone may come back.
package enum FindingPhase: String, Codable, Sendable, CaseIterable {
    case open
    /// A compensating control stands in its way.
    case mitigated
    /// Its risk is accepted until an exception ends.
    case accepted
    /// Somebody says that it is otherwise: still there where it is verified as gone, or not there.
    case disputed
    case resolved
    case dismissed

    package var isClosed: Bool { self == .resolved || self == .dismissed }
}

/// What is done about a finding instead of a patch.
package struct FindingTreatment: Sendable, Equatable {
    /// The control or the exception.
    package let by: StreamID
    package let until: Timestamp
    /// What its end does to the clock.
    package let restart: ClockRestart

    package init(by: StreamID, until: Timestamp, restart: ClockRestart) {
        self.by = by
        self.until = until
        self.restart = restart
    }
}

/// Time that an exception gave.
package struct GrantedTime: Sendable, Equatable {
    package let grant: DeadlineGrant
    /// The deadline without it.
    package let before: Timestamp
    /// The class that the finding had then.
    package let riskClass: RiskClass?

    package init(grant: DeadlineGrant, before: Timestamp, riskClass: RiskClass?) {
        self.grant = grant
        self.before = before
        self.riskClass = riskClass
    }

    /// Whether it was granted for a finding of `riskClass`, or of a higher one.
    package func covers(_ riskClass: RiskClass) -> Bool {
        self.riskClass.map { riskClass.rank <= $0.rank } ?? true
    }
}

/// What becomes of a finding's deadline when an exception ends.
package enum ClockRestart: String, Codable, Sendable, CaseIterable {
    /// The old deadline holds, also when it has passed.
    case keeps
    /// The time of its class is counted again, from the exception's end.
    case restarts
}

/// How a finding was closed, and what shows it.
package struct Resolution: Codable, Hashable, Sendable {
    package enum Means: String, Codable, Sendable, CaseIterable {
        /// By a deployment of patchflow.
        case patched
        /// The fix is there, and patchflow didn't bring it.
        case outOfBand
        /// What was vulnerable isn't there any more.
        case removed
    }

    package let means: Means
    /// Digest of the report that shows it.
    package let evidence: Digest
    /// Who reported it: `host`, or the source of a report about it; nil where nobody noted that yet.
    package let source: String?
    package let gathered: Timestamp
    /// Of what was patched, and when it was installed.
    package let deployment: StreamID?
    package let installed: Timestamp?

    package init(
        means: Means, evidence: Digest, source: String? = nil, gathered: Timestamp,
        deployment: StreamID? = nil, installed: Timestamp? = nil
    ) {
        self.means = means
        self.evidence = evidence
        self.source = source
        self.gathered = gathered
        self.deployment = deployment
        self.installed = installed
    }

    /// The source of what a host says of itself: no report of others may bear this name.
    package static let host = "host"

    /// It went the way that patchflow keeps: planned, approved and verified.
    package var isGoverned: Bool { means != .outOfBand }
}
