private import Synchronization

/// Time that stands still until it is told to move.
package final class ManualClock: Sendable {
    private let time: Mutex<Timestamp>

    package init(at moment: Timestamp) {
        time = Mutex(moment)
    }

    package var now: Timestamp { time.withLock { $0 } }

    package func advance(by duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }
}
