import EventSourcing

/// Assets that were absent when their batch had its turn: looked for until they return, while the
/// approval holds.
extension DeploymentDeciding {
    func awaitReturn(_ batch: Int, _ until: Timestamp) -> [DeploymentEvent] {
        guard state.phase == .ended, state.outcome == .absent, state.straggling == nil else {
            return []
        }
        let awaited = returnAwaited(batch: batch, until)
        guard at < until else {
            var next = state
            DeploymentDecider.evolve(&next, awaited)
            let late = Self(state: next, order: order, at: at)
            return [awaited, late.givenUp("the approval had ended")]
        }
        return [awaited]
    }

    func giveUpWaiting(_ reason: String) -> [DeploymentEvent] {
        state.phase == .awaitingReturn ? [givenUp(reason)] : []
    }

    func returnAwaited(batch: Int, _ until: Timestamp) -> DeploymentEvent {
        .returnAwaited(
            ReturnAwaited(
                route: order.route(inBatch: batch), from: route.batch, until: until,
                delaySeconds: delaySeconds(beforeLook: 1, until), change: changed(to: nil)))
    }

    /// It is asked for the record of its last attempt, which has begun nothing there: any answer
    /// at all says that it is back.
    func lookedForReturn(_ result: WorkResult) -> [DeploymentEvent] {
        guard let until = state.straggling?.until else { return [] }
        guard at < until else { return [givenUp("it had not returned when the approval ended")] }
        guard case .probe(let report) = result else {
            let failure = failure(of: result)
            return [stillAway("\(failure.cause.rawValue): \(failure.detail)", until)]
        }
        guard case .neverStarted = report else {
            return [
                failed(
                    permanent: true, "unexpected-record",
                    "the host has a record of an attempt that had begun nothing here: see who "
                        + "else uses its directory of attempts", as: .failedBeforeInstall)
            ]
        }
        return [.returned(AssetReturned(route: route, attempt: state.attempt + 1, at: at))]
    }

    private func stillAway(_ detail: String, _ until: Timestamp) -> DeploymentEvent {
        let tries = state.fruitlessProbes + 1
        return .probed(
            ReconcileProbed(
                step: .probe, answer: .noAnswer, tries: tries,
                delaySeconds: delaySeconds(beforeLook: tries + 1, until), detail: detail,
                route: route, change: nil))
    }

    private func givenUp(_ reason: String) -> DeploymentEvent {
        .givenUp(
            StragglerGivenUp(
                route: route, change: change(to: .absent), reason: reason,
                tries: state.fruitlessProbes))
    }

    /// The last look is at the end of the approval, so that the wait ends there.
    private func delaySeconds(beforeLook number: Int, _ until: Timestamp) -> Int {
        let left = Int((until - at).wholeSeconds) + 1
        return max(1, min(order.retries.delaySeconds(beforeRetry: number), left))
    }
}
