import Synchronization

/// One conversation with the server: what is sent, and what is made of the answers.
///
/// Confined to the reactor's thread; the caller's side waits on a continuation.
protocol Exchange: AnyObject, Sendable {
    /// Puts the request into libpq's buffer. Called once, when the connection is free.
    func start(_ session: Session) throws(PostgresError)

    /// Takes what has arrived. Called again whenever more may have.
    func advance(_ session: Session) throws(PostgresError) -> ExchangeProgress

    /// Everything that it put into libpq's buffer has been sent. May be called again.
    func flushed()

    /// Ends it. Called once, after `.done` (nil), or when it could not be begun or finished.
    func finish(_ error: PostgresError?)
}

extension Exchange {
    func flushed() {}
}

enum ExchangeProgress {
    /// More must come from the server.
    case waiting
    /// The reader is behind: nothing is taken until it asks for more.
    case paused
    /// The connection is free for the next.
    case done
}

/// An exchange in the queue of a session.
///
/// Invariant behind `@unchecked Sendable`: `state` and `cancelDelivered` are touched only on
/// the reactor's thread; `cancelled` is atomic.
final class Request: @unchecked Sendable {
    enum State {
        case queued, running, cancelling, finished
    }

    let exchange: any Exchange
    let lease: Lease?
    let loan: Lease?
    /// Taken when this request starts, so that nobody else's request comes in between.
    let acquires: Lease?
    /// Given back when this request ends, however it ends.
    let releases: Lease?
    let cancellable: Bool
    /// Set before the session hears of it, so a request cancelled early is never sent.
    let cancelled = Atomic<Bool>(false)
    var state = State.queued
    /// The server has got the cancel request.
    var cancelDelivered = false

    init(
        _ exchange: any Exchange, lease: Lease?, loan: Lease? = nil, acquires: Lease? = nil,
        releases: Lease? = nil, cancellable: Bool
    ) {
        self.exchange = exchange
        self.lease = lease
        self.loan = loan
        self.acquires = acquires
        self.releases = releases
        self.cancellable = cancellable
    }
}

/// The right to use a connection alone for a while (a transaction), or at all (a pool's loan).
final class Lease: Sendable {
    private let ended = Atomic<Bool>(false)

    var isEnded: Bool { ended.load(ordering: .acquiring) }

    func end() {
        ended.store(true, ordering: .releasing)
    }
}

/// Brings a task's cancellation to the request that it waits for, whichever comes first.
final class RequestBox: Sendable {
    private struct State {
        var request: Request?
        var cancelled = false
    }

    private let state = Mutex(State())

    func fill(_ request: Request) {
        let cancelled = state.withLock { state in
            state.request = request
            return state.cancelled
        }
        if cancelled { request.cancelled.store(true, ordering: .releasing) }
    }

    func cancel(on session: Session) {
        let request = state.withLock { state in
            state.cancelled = true
            return state.request
        }
        guard let request, request.cancellable else { return }
        // First the flag, then the call: a request that isn't submitted yet sees the flag.
        request.cancelled.store(true, ordering: .releasing)
        session.reactor.perform { session.cancel(request) }
    }
}
