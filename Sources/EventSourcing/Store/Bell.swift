private import Synchronization

/// Wakes who waits for news. A hint, never the news itself: whoever waits also polls.
package protocol Bell: Sendable {
    /// Rises each time the bell rings. Take it *before* looking for work, so that a ring between
    /// the look and the wait isn't lost.
    var rings: UInt64 { get }

    /// Returns when `rings` is above `seen` or when the task is cancelled.
    func wait(past seen: UInt64) async
}

/// A bell within one process.
package final class LocalBell: Bell {
    private struct Contents {
        var rings: UInt64 = 0
        var lastWaiter: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        /// Cancelled before they began to wait.
        var cancelled: Set<UInt64> = []
    }

    private let contents = Mutex(Contents())

    package init() {}

    package var rings: UInt64 { contents.withLock { $0.rings } }

    package func ring() {
        let waiting = contents.withLock { contents in
            contents.rings += 1
            defer { contents.waiting = [:] }
            // In the order in which they came, so that a simulation repeats itself.
            return contents.waiting.sorted { $0.key < $1.key }.map(\.value)
        }
        for continuation in waiting { continuation.resume() }
    }

    package func wait(past seen: UInt64) async {
        let waiter = contents.withLock { contents in
            contents.lastWaiter += 1
            return contents.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let over = contents.withLock { contents in
                    let cancelled = contents.cancelled.remove(waiter) != nil
                    if cancelled || contents.rings > seen { return true }
                    contents.waiting[waiter] = continuation
                    return false
                }
                if over { continuation.resume() }
            }
        } onCancel: {
            let continuation = contents.withLock { contents in
                let continuation = contents.waiting.removeValue(forKey: waiter)
                if continuation == nil { contents.cancelled.insert(waiter) }
                return continuation
            }
            continuation?.resume()
        }
        contents.withLock { _ = $0.cancelled.remove(waiter) }
    }
}
