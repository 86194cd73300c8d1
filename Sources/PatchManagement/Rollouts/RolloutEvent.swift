package import EventSourcing

/// What happened to a rollout as a whole.
package enum RolloutEvent: DomainEvent {
    case planned(RolloutPlanned)
    case approvalRequested(RolloutApprovalRequested)
    case approved(RolloutApproved)
    case rejected(RolloutRejected)
    case expired(RolloutExpired)
    case cancelled(RolloutCancelled)
    case scheduled(RolloutScheduled)
    case batchStarted(BatchStarted)
    case batchSkipped(BatchSkipped)
    case stragglersStarted(StragglerBatchStarted)
    case stragglersClosed(StragglerBatchClosed)
    case soakStarted(SoakStarted)
    case baselineOrdered(BaselineOrdered)
    case healthRecorded(HealthRecorded)
    case gateEvaluated(GateEvaluated)
    case paused(RolloutPaused)
    case resumed(RolloutResumed)
    case gateOverridden(GateOverridden)
    case aborted(RolloutAborted)
    case rollbackOrdered(RollbackOrdered)
    case assetRollbackOrdered(AssetRollbackOrdered)
    case rolledBack(RolloutRolledBack)
    case freezeOverridden(FreezeOverridden)
    case deadlineMoved(ProgressDeadlineMoved)
    case postponed(AssetPostponed)
    case missAcknowledged(RolloutMissAcknowledged)
    case completed(RolloutCompleted)

    package var payload: any EventPayload {
        switch self {
        case .planned(let payload): payload
        case .approvalRequested(let payload): payload
        case .approved(let payload): payload
        case .rejected(let payload): payload
        case .expired(let payload): payload
        case .cancelled(let payload): payload
        case .scheduled(let payload): payload
        case .batchStarted(let payload): payload
        case .batchSkipped(let payload): payload
        case .stragglersStarted(let payload): payload
        case .stragglersClosed(let payload): payload
        case .soakStarted(let payload): payload
        case .baselineOrdered(let payload): payload
        case .healthRecorded(let payload): payload
        case .gateEvaluated(let payload): payload
        case .paused(let payload): payload
        case .resumed(let payload): payload
        case .gateOverridden(let payload): payload
        case .aborted(let payload): payload
        case .rollbackOrdered(let payload): payload
        case .assetRollbackOrdered(let payload): payload
        case .rolledBack(let payload): payload
        case .freezeOverridden(let payload): payload
        case .deadlineMoved(let payload): payload
        case .postponed(let payload): payload
        case .missAcknowledged(let payload): payload
        case .completed(let payload): payload
        }
    }

    package init(type: String, schemaVersion: Int, data: [UInt8]) throws {
        func read<Payload: EventPayload>(_: Payload.Type) throws -> Payload {
            try Payload.decode(schemaVersion: schemaVersion, data: data)
        }
        switch type {
        case RolloutPlanned.type: self = .planned(try read(RolloutPlanned.self))
        case RolloutApprovalRequested.type:
            self = .approvalRequested(try read(RolloutApprovalRequested.self))
        case RolloutApproved.type: self = .approved(try read(RolloutApproved.self))
        case RolloutRejected.type: self = .rejected(try read(RolloutRejected.self))
        case RolloutExpired.type: self = .expired(try read(RolloutExpired.self))
        case RolloutCancelled.type: self = .cancelled(try read(RolloutCancelled.self))
        case RolloutScheduled.type: self = .scheduled(try read(RolloutScheduled.self))
        case BatchStarted.type: self = .batchStarted(try read(BatchStarted.self))
        case BatchSkipped.type: self = .batchSkipped(try read(BatchSkipped.self))
        case StragglerBatchStarted.type:
            self = .stragglersStarted(try read(StragglerBatchStarted.self))
        case StragglerBatchClosed.type:
            self = .stragglersClosed(try read(StragglerBatchClosed.self))
        case SoakStarted.type: self = .soakStarted(try read(SoakStarted.self))
        case BaselineOrdered.type: self = .baselineOrdered(try read(BaselineOrdered.self))
        case HealthRecorded.type: self = .healthRecorded(try read(HealthRecorded.self))
        case GateEvaluated.type: self = .gateEvaluated(try read(GateEvaluated.self))
        case RolloutPaused.type: self = .paused(try read(RolloutPaused.self))
        case RolloutResumed.type: self = .resumed(try read(RolloutResumed.self))
        case GateOverridden.type: self = .gateOverridden(try read(GateOverridden.self))
        case RolloutAborted.type: self = .aborted(try read(RolloutAborted.self))
        case RollbackOrdered.type: self = .rollbackOrdered(try read(RollbackOrdered.self))
        case AssetRollbackOrdered.type:
            self = .assetRollbackOrdered(try read(AssetRollbackOrdered.self))
        case RolloutRolledBack.type: self = .rolledBack(try read(RolloutRolledBack.self))
        case FreezeOverridden.type: self = .freezeOverridden(try read(FreezeOverridden.self))
        case ProgressDeadlineMoved.type:
            self = .deadlineMoved(try read(ProgressDeadlineMoved.self))
        case AssetPostponed.type: self = .postponed(try read(AssetPostponed.self))
        case RolloutMissAcknowledged.type:
            self = .missAcknowledged(try read(RolloutMissAcknowledged.self))
        case RolloutCompleted.type: self = .completed(try read(RolloutCompleted.self))
        default: throw EventCodingError.unknownType(type)
        }
    }
}
