package import EventSourcing

package struct PatchIdentified: EventPayload {
    package static let type = "PatchIdentified"
    package let patch: StreamID
    package let identification: PatchIdentification
    package let policy: PatchPolicy
    package let by: Actor
}

package struct PatchAssessed: EventPayload {
    package static let type = "PatchAssessed"
    package let assessment: Assessment
    package let by: Actor
    /// What it is inside of, where its class no longer lets it wait for others; nil otherwise.
    package var pack: StreamID?
}

package struct PatchDismissed: EventPayload {
    package static let type = "PatchDismissed"
    package let justification: Dismissal
    package let reason: String
}

package struct AcquisitionRequested: EventPayload {
    package static let type = "AcquisitionRequested"
    /// The host whose signed package lists say what the files must be.
    package let host: HostAddress
    package let packages: [PackageSelection]
    /// 1 for the first try.
    package let tries: Int
    package let delaySeconds: Int
    /// The claim of the try before; 0 for the first.
    package let spentFence: Int64
    package let by: Actor

    private enum CodingKeys: String, CodingKey {
        case host, packages, tries
        case delaySeconds = "delay_seconds"
        case spentFence = "spent_fence"
        case by
    }
}

package struct PatchAcquired: EventPayload {
    package static let type = "PatchAcquired"
    /// Digest of the canonical form of `pins`.
    package let artefact: Digest
    /// Sorted by name, then architecture.
    package let pins: [PinnedPackage]
}

package struct AcquisitionFailed: EventPayload {
    package static let type = "AcquisitionFailed"
    package let cause: WorkFailure.Cause
    package let detail: String
    /// The files or their signature were wrong, so they must not be taken by a mere retry.
    package let quarantined: Bool
}

/// A patch came back from an end or a wait.
package struct PatchReopened: EventPayload {
    package static let type = "PatchReopened"
    package let state: PatchState
    package let reason: String
    /// What it mends again, now that it is no longer rejected; nil for nothing.
    package var mends: [MendedFlaw]?
}

package struct PatchDeferred: EventPayload {
    package static let type = "PatchDeferred"
    package let until: Timestamp
    package let reason: String
}

package struct PatchWithdrawn: EventPayload {
    package static let type = "PatchWithdrawn"
    package let reason: String
    /// The rollouts that it takes the ground from: the coordinator pauses them.
    package let rollouts: [StreamID]
    /// What it mended, and mends no more: the coordinator tells those that introduced it.
    package var mends: [MendedFlaw]?
    /// What it is inside of: the coordinator tells a bundle.
    package var pack: StreamID?
}

package struct PatchReinstated: EventPayload {
    package static let type = "PatchReinstated"
    /// As if it had never been withdrawn.
    package let state: PatchState
    package let reason: String
    /// What it mends again; nil for nothing.
    package var mends: [MendedFlaw]?
}

package struct PatchSuperseded: EventPayload {
    package static let type = "PatchSuperseded"
    package let successor: StreamID
    /// False when it was tested already: it is marked only, and goes on.
    package let ended: Bool
}

package struct PatchHandedToOwner: EventPayload {
    package static let type = "PatchHandedToOwner"
    package let reason: String
}

/// A rollout of this patch entered another phase.
package struct RolloutObserved: EventPayload {
    package static let type = "RolloutObserved"
    package static let schemaVersion = 2
    package static let upcasts: [Int: Upcast] = [1: PatchUpcasts.countsSkipped]
    package let overview: RolloutOverview
}

/// What follows from the rollouts changed the patch's state.
package struct PatchStateChanged: EventPayload {
    package static let type = "PatchStateChanged"
    package let before: PatchState
    package let after: PatchState
    /// Targets that aren't verified.
    package let outstanding: Int
}

package struct PatchVerified: EventPayload {
    package static let type = "PatchVerified"
    package let targets: Int
    package let rollouts: [StreamID]
    /// Of a service pack: the coordinator tells the patches that it holds.
    package var pack: PackContents?
}

package struct PatchDocumented: EventPayload {
    package static let type = "PatchDocumented"
    /// 1 for the first pack; later ones are addenda.
    package let number: Int
    /// Digest of the pack, which is a document.
    package let pack: Digest
    package let items: [EvidenceItem]
}

/// Why a patch concerns nobody here.
package enum Dismissal: String, Codable, Sendable, CaseIterable {
    case noApplicableAsset
    /// The vendor's VEX statement says that the product is not affected.
    case notAffected
}
