private import Synchronization

/// One batch's turn to append, which it passes on once: when the append is answered, so that the next
/// one appends while this one waits for its flush.
final class AppendTurn: Sendable {
    private struct State {
        var isHeld = true
        var answered: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// When the append was answered last; nil when it never was.
    var answered: ContinuousClock.Instant? { state.withLock { $0.answered } }

    func answer() { state.withLock { $0.answered = .now } }

    /// - Returns: Whether it was held.
    func release() -> Bool {
        state.withLock { state in
            defer { state.isHeld = false }
            return state.isHeld
        }
    }
}
