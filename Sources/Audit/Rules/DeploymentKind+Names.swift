internal import PatchManagement

extension DeploymentKind {
    /// The type of such an event.
    var stored: String {
        switch self {
        case .queued: DeploymentQueued.type
        case .leaseGranted: LeaseGranted.type
        case .leaseExpired: LeaseExpired.type
        case .precheckPassed: PrecheckPassed.type
        case .precheckFailed: PrecheckFailed.type
        case .backupTaken: BackupTaken.type
        case .installStarted: InstallStarted.type
        case .installFinished: InstallFinished.type
        case .waiting: DeploymentWaiting.type
        case .probed: ReconcileProbed.type
        case .succeeded: DeploymentSucceeded.type
        case .failed: DeploymentFailed.type
        case .skipped: DeploymentSkipped.type
        case .cancelled: DeploymentCancelled.type
        case .absent: TargetAbsent.type
        case .unreachable: TargetUnreachable.type
        case .verificationFailed: VerificationFailed.type
        case .rebootDeferred: RebootDeferred.type
        case .rebootConfirmed: RebootConfirmed.type
        case .rollbackStarted: RollbackStarted.type
        case .rollbackFinished: RollbackFinished.type
        case .rolledBack: RolledBack.type
        case .rollbackFailed: RollbackFailed.type
        case .returnAwaited: ReturnAwaited.type
        case .returned: AssetReturned.type
        case .givenUp: StragglerGivenUp.type
        }
    }
}
