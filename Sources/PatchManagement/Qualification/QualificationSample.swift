package import EventSourcing

/// A lab host on which a patch is to be tested.
package struct QualificationSample: Codable, Hashable, Sendable {
    package let host: HostAddress
    package let stratum: PlatformStratum
    package let environment: Environment
    package let site: String

    package init(
        host: HostAddress, stratum: PlatformStratum, environment: Environment,
        site: String = "default"
    ) {
        self.host = host
        self.stratum = stratum
        self.environment = environment
        self.site = site
    }

    package var asset: StreamID { host.asset }
}

/// What is done on each host of a sample, in this order.
package enum QualificationStep: String, Codable, Sendable, CaseIterable {
    case precheck
    case backUp = "back-up"
    case install
    case verify
    /// A load, where the tester names one.
    case stress
    /// Is it well, asked from outside?
    case probe
    case rollBack = "roll-back"
    /// Is everything as it was before the installation?
    case verifyRestored = "verify-restored"

    /// The worker must record that it begins before it does: the first touch of the host, and what
    /// changes it.
    package var needsIntent: Bool {
        switch self {
        case .precheck, .install, .rollBack: true
        case .backUp, .verify, .stress, .probe, .verifyRestored: false
        }
    }

    /// The host's own record of the step, for those that change it; nil for those that may simply
    /// be done again.
    package var attemptStep: AttemptStep? {
        switch self {
        case .backUp: .backUp
        case .install: .install
        case .rollBack: .rollBack
        case .precheck, .verify, .stress, .probe, .verifyRestored: nil
        }
    }
}

/// The data of a qualification's activity.
package struct QualificationTask: Codable, Sendable, Equatable {
    package let step: QualificationStep
    package let host: HostAddress
    package let work: Work

    package init(step: QualificationStep, host: HostAddress, work: Work) {
        self.step = step
        self.host = host
        self.work = work
    }
}

package enum CheckOutcome: String, Codable, Sendable, CaseIterable {
    case passed, failed, inconclusive
}

/// One check of a qualification: a line of its evidence.
package struct Check: Codable, Hashable, Sendable {
    package let asset: StreamID
    package let step: QualificationStep
    package let outcome: CheckOutcome
    /// In words, at most 1,000 characters.
    package let detail: String
    /// Digest of the whole result, which is a document; nil where there was none.
    package let result: Digest?

    package init(
        asset: StreamID, step: QualificationStep, outcome: CheckOutcome, detail: String,
        result: Digest?
    ) {
        self.asset = asset
        self.step = step
        self.outcome = outcome
        self.detail = String(detail.prefix(1000))
        self.result = result
    }
}
