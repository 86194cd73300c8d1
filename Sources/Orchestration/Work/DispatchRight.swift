internal import EventSourcing
private import Synchronization

/// The right to begin one step: granted where its intent committed, good for two seconds from when
/// it was asked for, and asked for anew after that (I6).
final class DispatchRight: Sendable {
    private struct State {
        var asked: ContinuousClock.Instant
        var refusal: (any Error)?
    }

    private static let life = Duration.seconds(2)
    /// A database that takes longer than a grant lives, so many times, grants nothing.
    private static let tries = 3

    private let state: Mutex<State>
    private let instant: @Sendable () -> ContinuousClock.Instant
    private let askAgain: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - asked: When the first grant was asked for, by `instant`.
    ///   - instant: This process' clock.
    init(
        asked: ContinuousClock.Instant,
        instant: @escaping @Sendable () -> ContinuousClock.Instant,
        askAgain: @escaping @Sendable () async throws -> Void
    ) {
        state = Mutex(State(asked: asked))
        self.instant = instant
        self.askAgain = askAgain
    }

    /// Why it was refused, once it was; then nothing has begun.
    var refusal: (any Error)? { state.withLock { $0.refusal } }

    /// Whether the step may begin now. To be called right before it is dispatched.
    func holds() async -> Bool {
        for _ in 0..<Self.tries {
            if isFresh { return true }
            let asked = instant()
            do {
                try await askAgain()
            } catch {
                state.withLock { $0.refusal = error }
                return false
            }
            state.withLock { $0.asked = asked }
        }
        if isFresh { return true }
        state.withLock {
            $0.refusal = EventStoreError(.unavailable, "the database answers too slowly")
        }
        return false
    }

    private var isFresh: Bool {
        state.withLock { instant() - $0.asked <= Self.life }
    }
}

/// The right to begin was lost after the intent: it stands, and nothing was done.
struct NotBegun: Error {
    let refusal: any Error
}

/// The stream has gone on from the intent: it was cancelled, say.
struct IntentGone: Error {}
