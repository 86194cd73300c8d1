package import EventSourcing

/// What happened to one asset in one rollout.
package enum DeploymentEvent: DomainEvent {
    case queued(DeploymentQueued)
    case leaseGranted(LeaseGranted)
    case leaseExpired(LeaseExpired)
    case precheckPassed(PrecheckPassed)
    case precheckFailed(PrecheckFailed)
    case backupTaken(BackupTaken)
    case snapshotTaken(SnapshotTaken)
    case installStarted(InstallStarted)
    case installFinished(InstallFinished)
    case waiting(DeploymentWaiting)
    case probed(ReconcileProbed)
    case succeeded(DeploymentSucceeded)
    case failed(DeploymentFailed)
    case skipped(DeploymentSkipped)
    case cancelled(DeploymentCancelled)
    case absent(TargetAbsent)
    case unreachable(TargetUnreachable)
    case verificationFailed(VerificationFailed)
    case rebootDeferred(RebootDeferred)
    case rebootRequested(RebootRequested)
    case rebootStarted(RebootStarted)
    case rebootAccepted(RebootAccepted)
    case rebootConfirmed(RebootConfirmed)
    case deadAfterReboot(TargetDeadAfterReboot)
    case rollbackStarted(RollbackStarted)
    case rollbackFinished(RollbackFinished)
    case rolledBack(RolledBack)
    case rollbackFailed(RollbackFailed)
    case returnAwaited(ReturnAwaited)
    case returned(AssetReturned)
    case givenUp(StragglerGivenUp)
    case postponed(PostponedByOwner)

    package var payload: any EventPayload {
        switch self {
        case .queued(let payload): payload
        case .leaseGranted(let payload): payload
        case .leaseExpired(let payload): payload
        case .precheckPassed(let payload): payload
        case .precheckFailed(let payload): payload
        case .backupTaken(let payload): payload
        case .snapshotTaken(let payload): payload
        case .installStarted(let payload): payload
        case .installFinished(let payload): payload
        case .waiting(let payload): payload
        case .probed(let payload): payload
        case .succeeded(let payload): payload
        case .failed(let payload): payload
        case .skipped(let payload): payload
        case .cancelled(let payload): payload
        case .absent(let payload): payload
        case .unreachable(let payload): payload
        case .verificationFailed(let payload): payload
        case .rebootDeferred(let payload): payload
        case .rebootRequested(let payload): payload
        case .rebootStarted(let payload): payload
        case .rebootAccepted(let payload): payload
        case .rebootConfirmed(let payload): payload
        case .deadAfterReboot(let payload): payload
        case .rollbackStarted(let payload): payload
        case .rollbackFinished(let payload): payload
        case .rolledBack(let payload): payload
        case .rollbackFailed(let payload): payload
        case .returnAwaited(let payload): payload
        case .returned(let payload): payload
        case .givenUp(let payload): payload
        case .postponed(let payload): payload
        }
    }

    package init(type: String, schemaVersion: Int, data: [UInt8]) throws {
        func read<Payload: EventPayload>(_: Payload.Type) throws -> Payload {
            try Payload.decode(schemaVersion: schemaVersion, data: data)
        }
        switch type {
        case DeploymentQueued.type: self = .queued(try read(DeploymentQueued.self))
        case LeaseGranted.type: self = .leaseGranted(try read(LeaseGranted.self))
        case LeaseExpired.type: self = .leaseExpired(try read(LeaseExpired.self))
        case PrecheckPassed.type: self = .precheckPassed(try read(PrecheckPassed.self))
        case PrecheckFailed.type: self = .precheckFailed(try read(PrecheckFailed.self))
        case BackupTaken.type: self = .backupTaken(try read(BackupTaken.self))
        case SnapshotTaken.type: self = .snapshotTaken(try read(SnapshotTaken.self))
        case InstallStarted.type: self = .installStarted(try read(InstallStarted.self))
        case InstallFinished.type: self = .installFinished(try read(InstallFinished.self))
        case DeploymentWaiting.type: self = .waiting(try read(DeploymentWaiting.self))
        case ReconcileProbed.type: self = .probed(try read(ReconcileProbed.self))
        case DeploymentSucceeded.type: self = .succeeded(try read(DeploymentSucceeded.self))
        case DeploymentFailed.type: self = .failed(try read(DeploymentFailed.self))
        case DeploymentSkipped.type: self = .skipped(try read(DeploymentSkipped.self))
        case DeploymentCancelled.type: self = .cancelled(try read(DeploymentCancelled.self))
        case TargetAbsent.type: self = .absent(try read(TargetAbsent.self))
        case TargetUnreachable.type: self = .unreachable(try read(TargetUnreachable.self))
        case VerificationFailed.type:
            self = .verificationFailed(try read(VerificationFailed.self))
        case RebootDeferred.type: self = .rebootDeferred(try read(RebootDeferred.self))
        case RebootRequested.type: self = .rebootRequested(try read(RebootRequested.self))
        case RebootStarted.type: self = .rebootStarted(try read(RebootStarted.self))
        case RebootAccepted.type: self = .rebootAccepted(try read(RebootAccepted.self))
        case RebootConfirmed.type: self = .rebootConfirmed(try read(RebootConfirmed.self))
        case TargetDeadAfterReboot.type:
            self = .deadAfterReboot(try read(TargetDeadAfterReboot.self))
        case RollbackStarted.type: self = .rollbackStarted(try read(RollbackStarted.self))
        case RollbackFinished.type: self = .rollbackFinished(try read(RollbackFinished.self))
        case RolledBack.type: self = .rolledBack(try read(RolledBack.self))
        case RollbackFailed.type: self = .rollbackFailed(try read(RollbackFailed.self))
        case ReturnAwaited.type: self = .returnAwaited(try read(ReturnAwaited.self))
        case AssetReturned.type: self = .returned(try read(AssetReturned.self))
        case StragglerGivenUp.type: self = .givenUp(try read(StragglerGivenUp.self))
        case PostponedByOwner.type: self = .postponed(try read(PostponedByOwner.self))
        default: throw EventCodingError.unknownType(type)
        }
    }
}
