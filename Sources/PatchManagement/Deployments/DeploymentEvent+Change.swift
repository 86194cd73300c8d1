extension DeploymentEvent {
    /// The change of an outcome that the event brings, and for which place of which rollout.
    package var routedChange: (route: DeploymentRoute, change: OutcomeChange?)? {
        switch self {
        case .queued, .leaseGranted, .precheckPassed, .precheckFailed, .backupTaken, .snapshotTaken,
            .installStarted, .installFinished, .rebootRequested, .rebootStarted, .rebootAccepted,
            .rebootConfirmed, .rollbackStarted, .rollbackFinished:
            nil
        case .returnAwaited(let payload): (payload.route, payload.change)
        case .returned(let payload): (payload.route, OutcomeChange(before: nil, after: nil))
        case .postponed(let payload): (payload.route, payload.change)
        case .givenUp(let payload): (payload.route, payload.change)
        case .leaseExpired(let payload): (payload.route, payload.change)
        case .waiting(let payload): (payload.route, payload.change)
        case .probed(let payload): (payload.route, payload.change)
        case .succeeded(let payload): (payload.route, payload.change)
        case .failed(let payload): (payload.route, payload.change)
        case .skipped(let payload): (payload.route, payload.change)
        case .cancelled(let payload): (payload.route, payload.change)
        case .absent(let payload): (payload.route, payload.change)
        case .unreachable(let payload): (payload.route, payload.change)
        case .verificationFailed(let payload): (payload.route, payload.change)
        case .rebootDeferred(let payload): (payload.route, payload.change)
        case .deadAfterReboot(let payload): (payload.route, payload.change)
        case .rolledBack(let payload): (payload.route, payload.change)
        case .rollbackFailed(let payload): (payload.route, payload.change)
        }
    }
}
