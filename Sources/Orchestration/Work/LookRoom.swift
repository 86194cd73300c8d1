private import Synchronization

/// How many looks at feeds a process has under way: each may hold much in memory, and none of them
/// is to take the place of work on hosts.
final class LookRoom: Sendable {
    private let taken = Mutex(0)
    private let size: Int

    init(_ size: Int) { self.size = size }

    /// - Returns: False when there is no room.
    func take() -> Bool {
        taken.withLock { taken in
            guard taken < size else { return false }
            taken += 1
            return true
        }
    }

    func giveBack() { taken.withLock { $0 -= 1 } }
}
