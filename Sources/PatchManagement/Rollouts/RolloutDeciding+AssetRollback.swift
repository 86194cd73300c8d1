package import EventSourcing

/// Single assets go back, and the rollout goes on: each counts as a failure from then on, so that a gate
/// may well stop by it.
extension RolloutDeciding {
    func rollBack(
        _ assets: [StreamID], _ reason: String
    ) throws(RolloutRejection) -> [RolloutEvent] {
        guard (1...RolloutTally.maxListed).contains(assets.count) else {
            throw .tooManyRolledBack(assets.count)
        }
        switch state.stage {
        // They go back with all others.
        case .rollingBack(.all): return []
        case .unplanned, .planned, .awaitingApproval, .approved:
            throw wrongState("roll back assets", "nothing was installed")
        case .measuring, .running, .soaking, .settling, .rollingBack, .ended:
            guard state.batch >= 0 else {
                throw wrongState("roll back assets", "nothing was installed")
            }
            return [
                .assetRollbackOrdered(
                    AssetRollbackOrdered(assets: assets, reason: reason, by: by))
            ]
        }
    }
}

/// Single assets are to go back.
package struct AssetRollbackOrdered: EventPayload {
    package static let type = "AssetRollbackOrdered"
    package let assets: [StreamID]
    package let reason: String
    package let by: String
}

extension DeploymentState {
    /// Why an order to roll back would do nothing; nil where it would.
    package var obstacleToRollback: String? {
        let irreversible = "no old package file was kept, so there is no way back"
        switch phase {
        case .unqueued: return "its batch has not begun"
        case .waiting, .prechecking, .backingUp, .snapshotting, .ready, .awaitingReturn,
            .installing, .installInDoubt, .rebooting, .rebootInDoubt, .awaitingBoot:
            return rollbackOrdered ? "it is going back already" : nil
        case .verifying, .rebootQueued: return reversible ? nil : irreversible
        case .rollbackQueued, .rollingBack, .rollbackInDoubt, .verifyingRollback:
            return "it is going back already"
        case .ended:
            switch outcome {
            case .succeeded, .installedPendingReboot, .failed, .verificationFailed, .unreachable,
                .deadAfterReboot, .rollbackFailed:
                return reversible ? nil : irreversible
            case .rolledBack: return "it has gone back already"
            case .none, .unknown, .rollingBack, .failedBeforeInstall, .absent, .skipped,
                .cancelled:
                return "nothing was installed on it: it is \(outcome?.rawValue ?? "ended")"
            }
        }
    }
}
