internal import EventSourcing
internal import PatchManagement

extension DeploymentKind {
    /// The type of such an event.
    var stored: String { payload.type }

    /// What such an event holds.
    var payload: any EventPayload.Type {
        switch self {
        case .queued: DeploymentQueued.self
        case .leaseGranted: LeaseGranted.self
        case .leaseExpired: LeaseExpired.self
        case .precheckPassed: PrecheckPassed.self
        case .precheckFailed: PrecheckFailed.self
        case .backupTaken: BackupTaken.self
        case .snapshotTaken: SnapshotTaken.self
        case .installStarted: InstallStarted.self
        case .installFinished: InstallFinished.self
        case .waiting: DeploymentWaiting.self
        case .probed: ReconcileProbed.self
        case .succeeded: DeploymentSucceeded.self
        case .failed: DeploymentFailed.self
        case .skipped: DeploymentSkipped.self
        case .cancelled: DeploymentCancelled.self
        case .absent: TargetAbsent.self
        case .unreachable: TargetUnreachable.self
        case .verificationFailed: VerificationFailed.self
        case .rebootDeferred: RebootDeferred.self
        case .rebootConfirmed: RebootConfirmed.self
        case .rebootRequested: RebootRequested.self
        case .rebootStarted: RebootStarted.self
        case .rebootAccepted: RebootAccepted.self
        case .deadAfterReboot: TargetDeadAfterReboot.self
        case .rollbackStarted: RollbackStarted.self
        case .rollbackFinished: RollbackFinished.self
        case .rolledBack: RolledBack.self
        case .rollbackFailed: RollbackFailed.self
        case .returnAwaited: ReturnAwaited.self
        case .returned: AssetReturned.self
        case .givenUp: StragglerGivenUp.self
        case .postponed: PostponedByOwner.self
        }
    }
}
