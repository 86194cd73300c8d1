package import EventSourcing
package import FoundationEssentials

package struct QualificationStarted: EventPayload {
    package struct Host: Codable, Sendable, Equatable {
        package let sample: QualificationSample
        package let attempt: UUID
    }

    package static let type = "QualificationStarted"
    package let number: Int
    package let artefact: Digest
    package let checks: VerificationChecks
    package let hosts: [Host]
    /// The platforms of the targets, all of which the sample covers.
    package let required: [PlatformStratum]
    package let covered: [PlatformStratum]
    package let deadline: Timestamp
    package let by: Actor
    /// The measure of the sample; nil in events from before it was taken.
    package var coverage: [StratumCoverage]?
    /// What is tried beside the installation; nil for nothing.
    package var trial: QualificationTrial?
    /// The emergency in which a smoke sample is enough; nil where every platform is covered.
    package var smoke: StreamID?
}

/// A worker is about to touch a lab host: the dispatch that must be durable before anything is
/// executed (I9, I15).
package struct QualificationStepBegun: EventPayload {
    package static let type = "QualificationStepBegun"
    package let asset: StreamID
    package let attempt: UUID
    package let step: QualificationStep
    package let artefact: Digest
    package let worker: UUID
    package let fence: Int64
}

/// A step brought no verdict: it is done again where nothing had begun, probed where something may
/// have (I4, I7).
package struct QualificationStepRepeated: EventPayload {
    package static let type = "QualificationStepRepeated"
    package let asset: StreamID
    package let step: QualificationStep
    package let fence: Int64
    package let isProbe: Bool
    package let cause: WorkFailure.Cause
    package let detail: String
    package let delaySeconds: Int

    private enum CodingKeys: String, CodingKey {
        case asset, step, fence
        case isProbe = "probe"
        case cause, detail
        case delaySeconds = "delay_seconds"
    }
}

package struct CheckRecorded: EventPayload {
    package static let type = "CheckRecorded"
    package let attempt: UUID
    package let check: Check
    /// The claim that brought it; 0 where no worker did.
    package let fence: Int64
    /// The packages before the installation, where this was the back-up.
    package let prior: [PriorPackage]?
    /// The versions that the host reported, where it was asked.
    package let installed: [PackageSelection]?
    /// nil when this host is done.
    package let next: QualificationStep?
}

package struct QualificationPassed: EventPayload {
    package static let type = "QualificationPassed"
    package let number: Int
    /// Digest of the canonical form of all checks.
    package let evidence: Digest
    package let checks: Int
    package let covered: [PlatformStratum]
    /// The way back was rehearsed on every host.
    package let reversible: Bool
    package let gathered: Timestamp
}

package struct QualificationFailed: EventPayload {
    package static let type = "QualificationFailed"
    package let number: Int
    package let evidence: Digest
    /// The failed checks in words.
    package let causes: [String]
}

package struct QualificationInconclusive: EventPayload {
    package static let type = "QualificationInconclusive"
    package let number: Int
    package let evidence: Digest
    package let causes: [String]
}
