import EventSourcing

/// Waiting for a cap.
extension DeploymentDeciding {
    /// Said once for a cap; in the queue it keeps its place, and the store wakes it in its turn.
    func awaitSlot(_ scope: CapScope) throws(DeploymentRejection) -> [DeploymentEvent] {
        // A reboot that has waited for its window needs a slot anew, as a rollback may.
        let isQueued = state.phase == .rebootQueued || state.phase == .rollbackQueued
        guard state.phase.isBeforeInstall || isQueued else {
            throw .stepNotDue(state.phase.awaitedStep ?? .precheck, state.phase)
        }
        return [
            .waiting(
                DeploymentWaiting(
                    reason: .slot, attempt: state.attempt, delaySeconds: 0,
                    detail: "the cap of \(scope) is used up: it goes on by itself in its turn",
                    at: at, route: route, change: nil, scope: scope))
        ]
    }
}

extension DeploymentDecider {
    /// What keeps a step waiting where `scope`, in the words of permits, has no free slot: the cap, if
    /// nobody has said so yet.
    ///
    /// - Returns: nil where it has been said, and for a rollout's own cap, which only is the order in which
    ///   its assets have their turn.
    package static func newlyAwaited(scope: String, _ state: DeploymentState) -> CapScope? {
        guard let cap = CapScope(dispatchScope: scope), cap != state.awaitedCap else { return nil }
        return cap
    }

    /// After how many seconds somebody who waits for a slot asks again, if he isn't woken before.
    package static func secondsForSlot(tries: Int) -> Int { max(1, min(20, tries)) }
}
