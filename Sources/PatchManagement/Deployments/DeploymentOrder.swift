package import EventSourcing
package import FoundationEssentials

/// One asset's share of an approved plan: everything that its deployment needs, pinned.
package struct DeploymentOrder: Codable, Sendable, Equatable {
    package let rollout: StreamID
    package let patch: StreamID
    package let planDigest: Digest
    package let artefactDigest: Digest
    package let batch: Int
    package let target: RolloutTarget
    package let pins: [PinnedPackage]
    package let checks: VerificationChecks
    package let rebootPolicy: RebootPolicy
    package let retries: RetryBudget
    /// How long it may take to come back from a reboot; nil for `RebootRules.usualReturnSeconds`.
    package var rebootReturnSeconds: Int?
    /// What is run on the host before it is changed; nil for nothing.
    package var snapshot: SnapshotHook?
    /// It isn't changed without that; nil where it may be.
    package var needsSnapshot: Bool?
    /// The plan's; nil in orders from before there was one.
    package var riskClass: RiskClass?
    /// The patches of a bundle; nil for one patch alone.
    package var items: [DeploymentItem]?

    private enum CodingKeys: String, CodingKey {
        case rollout
        case patch
        case planDigest = "plan_digest"
        case artefactDigest = "artefact_digest"
        case batch
        case target
        case pins
        case checks
        case rebootPolicy = "reboot_policy"
        case retries, snapshot, items
        case rebootReturnSeconds = "reboot_return_seconds"
        case needsSnapshot = "needs_snapshot"
        case riskClass = "risk_class"
    }

    package var deployment: StreamID { .deployment(of: target.asset, in: rollout) }

    package func route(inBatch batch: Int) -> DeploymentRoute {
        DeploymentRoute(
            rollout: rollout, asset: target.asset, batch: batch, stratum: target.stratum)
    }

    /// The id of try `number`, 1 for the first: the host keeps its records under it.
    package func attemptID(_ number: Int) -> UUID {
        .version5(namespace: deployment.uuid, name: "attempt/\(number)")
    }

    /// What a scan after the installation is to report: the pinned packages, then the analyst's.
    package var scan: VerificationChecks {
        var names = pins.map(\.name)
        names += checks.packages.filter { !names.contains($0) }
        return VerificationChecks(
            packages: names, services: checks.services, command: checks.command)
    }

    /// What a scan after a rollback is to report; the check command asks for the new version.
    package var scanAfterRollback: VerificationChecks {
        VerificationChecks(packages: scan.packages, services: checks.services, command: nil)
    }
}

/// What the coordinator needs to find a deployment's rollout, carried by every event that changes
/// an outcome, so that routing needs no look-up.
package struct DeploymentRoute: Codable, Sendable, Equatable {
    package let rollout: StreamID
    package let asset: StreamID
    package let batch: Int
    package let stratum: String

    package init(rollout: StreamID, asset: StreamID, batch: Int, stratum: String) {
        self.rollout = rollout
        self.asset = asset
        self.batch = batch
        self.stratum = stratum
    }
}

/// From one outcome to another; nil is open.
package struct OutcomeChange: Codable, Sendable, Equatable {
    package let before: DeploymentOutcome?
    package let after: DeploymentOutcome?

    package init(before: DeploymentOutcome?, after: DeploymentOutcome?) {
        self.before = before
        self.after = after
    }
}

/// The steps of a deployment; their stored names are the kinds of the activities.
package enum DeploymentStep: String, Codable, Sendable, CaseIterable {
    case precheck
    case backUp = "back-up"
    /// The policy's command for a snapshot or a dump.
    case snapshot
    case install
    case verify
    case reboot
    /// Whether a host that was told to reboot is back. It changes nothing there.
    case awaitBoot = "await-boot"
    case rollBack = "roll-back"
    case probe
    /// Whether an absent asset answers again. It changes nothing there.
    case look

    /// Whether its start is recorded first, with a permit, because it touches the host.
    package var needsPermit: Bool {
        switch self {
        case .precheck, .backUp, .snapshot, .install, .reboot, .rollBack: true
        case .verify, .awaitBoot, .probe, .look: false
        }
    }
}

extension StreamID {
    /// The one deployment of `asset` in `rollout`.
    package static func deployment(of asset: StreamID, in rollout: StreamID) -> StreamID {
        StreamID(prefix: "de", .version5(namespace: rollout.uuid, name: asset.text))
    }
}
