package import EventSourcing

/// What keeps a step from beginning now.
package struct ClosedWindow: Sendable, Equatable {
    /// When it may be tried again; nil when nothing opens any more.
    package let until: Timestamp?
    /// After this it is asked again, from now on by the store's clock; nil when nothing opens any more.
    package let delaySeconds: Int?
    /// The freeze; nil where no window is open.
    package let freeze: String?

    package init(until: Timestamp?, delaySeconds: Int?, freeze: String? = nil) {
        self.until = until
        self.delaySeconds = delaySeconds
        self.freeze = freeze
    }

    /// In whole seconds, rounded up, so that it isn't tried too early.
    package init(_ wait: DispatchWait) {
        self.init(
            until: wait.until,
            delaySeconds: wait.delay.map { Int(($0.wholeMicroseconds + 999_999) / 1_000_000) }
                ?? wait.freeze.map { _ in Self.secondsWithoutEnd },
            freeze: wait.freeze)
    }

    /// A freeze that nobody knows the end of, since nobody can read it, may be lifted at any time: its
    /// assets are woken then, and ask again by themselves.
    static let secondsWithoutEnd = 3600
}

/// Waiting for a window to open, or for a freeze to end.
///
/// Whatever begins on the way to an installation needs an open window, its precheck and its backup as
/// well, so that nothing holds a slot that can't go on. The way back needs none: what was begun in a
/// window is finished by it, and a host that an installation broke is not left so until next week. In
/// a freeze it waits like everything else: `FreezeOverridden` lets it go on.
extension DeploymentDeciding {
    func awaitOpening(
        _ closed: ClosedWindow
    ) throws(DeploymentRejection) -> [DeploymentEvent] {
        let mayWait =
            state.phase.isBeforeInstall || state.phase == .rebootQueued
            || (state.phase == .rollbackQueued && closed.freeze != nil)
        guard mayWait else {
            throw .stepNotDue(state.phase.awaitedStep ?? .precheck, state.phase)
        }
        return [
            .waiting(
                DeploymentWaiting(
                    reason: closed.freeze == nil ? .window : .freeze, attempt: state.attempt,
                    delaySeconds: closed.delaySeconds, detail: words(closed), at: at,
                    route: route, change: nil, until: closed.until, freeze: closed.freeze))
        ]
    }

    /// What is queued while it is closed.
    func queued(opens: Timestamp?) -> [DeploymentEvent] {
        guard let opens, opens > at else { return [] }
        let closed = ClosedWindow(
            DispatchWait(until: opens, delay: opens - at))
        return [
            .waiting(
                DeploymentWaiting(
                    reason: .window, attempt: state.attempt, delaySeconds: closed.delaySeconds,
                    detail: words(closed), at: at, route: route, change: nil, until: opens,
                    freeze: nil))
        ]
    }

    private func words(_ closed: ClosedWindow) -> String {
        switch (closed.freeze, closed.until) {
        case (let freeze?, let until?): "frozen by \(freeze) until \(until)"
        case (let freeze?, nil): "frozen by \(freeze) until it is lifted"
        case (nil, let until?): "no window is open before \(until)"
        case (nil, nil): "no window opens any more: plan it anew"
        }
    }
}

extension DeploymentDecider {
    /// Nothing was begun in the attempt that `event` ends, or it is over: the next one begins anew.
    static func waitForOpening(_ state: inout DeploymentState, _ event: DeploymentWaiting) {
        state.closedBy = event.freeze
        state.isClosed = true
        state.awaitedCap = nil
        endByPlan(&state, event)
    }

    /// An attempt that had begun ends by the calendar or by a cap: that is no fault of the host.
    static func endByPlan(_ state: inout DeploymentState, _ event: DeploymentWaiting) {
        let isToReboot = state.phase == .rebootQueued
        guard state.phase.isBeforeInstall || isToReboot, state.phase != .waiting else { return }
        state.attempt = event.attempt + 1
        state.heldAttempts += 1
        if !isToReboot { state.phase = .waiting }
    }
}
