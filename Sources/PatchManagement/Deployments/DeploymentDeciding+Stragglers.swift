package import EventSourcing

/// Assets that were absent when their batch had its turn: looked for until they return, while the
/// approvals hold.
extension DeploymentDeciding {
    func awaitReturn(_ batch: Int, _ until: Timestamp) -> [DeploymentEvent] {
        guard state.phase == .ended, state.outcome == .absent, state.straggling == nil else {
            return []
        }
        return [returnAwaited(batch: batch, until)]
    }

    /// Nothing of the patch has begun on it. Those that were absent have no batch to leave.
    func postpone(_ until: Timestamp, _ number: Int, _ reason: String) -> [DeploymentEvent] {
        guard state.mayBePostponed, at < until else { return [] }
        return [
            .postponed(
                PostponedByOwner(
                    route: route, change: change(to: .absent), until: until, number: number,
                    reason: reason))
        ]
    }

    /// What has begun on it is brought to its end.
    func giveUpWaiting(_ reason: String) -> [DeploymentEvent] {
        let mayGiveUp = state.phase == .awaitingReturn || state.phase.isBeforeInstall
        guard state.straggling != nil, mayGiveUp else { return [] }
        return [
            .givenUp(
                StragglerGivenUp(route: route, change: change(to: .absent), reason: reason))
        ]
    }

    private var secondsPostponed: Int {
        guard let until = state.postponedUntil, at < until else { return 0 }
        return Int(((until - at).wholeMicroseconds + 999_999) / 1_000_000)
    }

    func returnAwaited(batch: Int, _ until: Timestamp) -> DeploymentEvent {
        .returnAwaited(
            ReturnAwaited(
                route: order.route(inBatch: batch), from: route.batch, until: until,
                delaySeconds: max(order.retries.firstDelaySeconds, secondsPostponed),
                change: changed(to: nil)))
    }

    /// Any answer at all says that it is back; what that is worth, the precheck finds out.
    func lookedForReturn(_ result: WorkResult) -> [DeploymentEvent] {
        if case .failed(let failure) = result, failure.cause.saysAbsent {
            let tries = state.fruitlessProbes + 1
            return [
                .probed(
                    ReconcileProbed(
                        step: .look, answer: .noAnswer, tries: tries,
                        delaySeconds: order.retries.delaySeconds(beforeRetry: tries + 1),
                        detail: "\(failure.cause.rawValue): \(failure.detail)", route: route,
                        change: nil))
            ]
        }
        return [.returned(AssetReturned(route: route, attempt: state.attempt + 1, at: at))]
    }
}

extension DeploymentDecider {
    /// A look that found an absent asset still absent is no event: it is put back into the queue.
    /// Nobody could read a history of weeks in which nothing happened.
    ///
    /// - Parameter tries: How often the activity has been claimed by now, this time included.
    /// - Returns: After how many seconds to look again; nil where the result is to be recorded.
    package static func secondsToNextLook(
        after result: WorkResult, of step: DeploymentStep, tries: Int, at moment: Timestamp,
        _ state: DeploymentState
    ) -> Int? {
        if step == .awaitBoot { return secondsToNextBootLook(after: result, at: moment, state) }
        guard step == .look, state.phase == .awaitingReturn, let order = state.order,
            case .failed(let failure) = result, failure.cause.saysAbsent
        else { return nil }
        return order.retries.delaySeconds(beforeRetry: tries + 1)
    }
}

extension WorkFailure.Cause {
    /// The asset isn't there, as far as one can tell from here.
    var saysAbsent: Bool {
        switch self {
        case .unreachable, .hostKeyMismatch, .lost, .timedOut: true
        case .refusedByHost, .digestMismatch, .badSignature, .notAvailable, .diskFull, .lockHeld,
            .badAnswer, .invalidOrder:
            false
        }
    }
}
