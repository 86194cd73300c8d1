package import Logging
import Synchronization

/// Lends connections to one database, at most `maximum` at a time.
///
/// Callers beyond that wait in a bounded queue, for a bounded time, first come first served.
/// Broken connections are noticed at once and replaced when next needed; one that was idle for
/// long is tried before it is lent. Settings that a caller changes with SET stay: use SET LOCAL.
package final class ConnectionPool: Sendable {
    package struct Settings: Sendable {
        /// Idle connections above this number are closed after `idleTimeout`.
        package var minimum = 0
        package var maximum = 8
        package var queueLimit = 1024
        package var queueTimeout: Duration = .seconds(10)
        package var idleTimeout: Duration = .seconds(60)
        /// An idle connection older than this answers an empty statement before it is lent.
        package var checkAfter: Duration = .seconds(15)

        package init() {}
    }

    package let options: ConnectionOptions
    package let reactor: Reactor
    private let settings: Settings
    private let logger: Logger
    private let state: Mutex<PoolState>

    package init(
        _ options: ConnectionOptions, settings: Settings = Settings(),
        reactor: Reactor = .shared, logger: Logger = Logger(label: "postgres")
    ) {
        precondition(settings.maximum > 0, "a pool needs at least one connection")
        self.options = options
        self.reactor = reactor
        self.settings = settings
        self.logger = logger
        state = Mutex(PoolState(maximum: settings.maximum, queueLimit: settings.queueLimit))
        reactor.perform { [weak self] in self?.scheduleReaping() }
    }

    deinit {
        let idle = state.withLock { $0.close().idle }
        for handle in idle { close(handle) }
    }

    /// Connections open or being opened, of which idle, of which seen to be broken and not yet
    /// replaced; and callers that wait.
    package var counts: (total: Int, idle: Int, broken: Int, waiting: Int) {
        state.withLock { ($0.total, $0.idleCount, $0.brokenCount, $0.waiterCount) }
    }

    /// Lends a connection to `body`, alone. It can't be used after `body` has returned.
    ///
    /// - Throws: What `body` throws; `PostgresError` with `.poolExhausted`, `.timedOut`,
    ///   `.connectionLost` or `.closed` when there is no connection to be had.
    @discardableResult
    package func withConnection<R>(
        _ body: (Connection) async throws -> R
    ) async throws -> R {
        let handle = try await acquire()
        let loan = Lease()
        do {
            let value = try await body(Connection(handle, loan: loan))
            await giveBack(handle, loan)
            return value
        } catch {
            await giveBack(handle, loan)
            throw error
        }
    }

    /// `withConnection` and `Connection.withTransaction` in one.
    @discardableResult
    package func withTransaction<R>(
        isolation: Isolation = .readCommitted, readOnly: Bool = false,
        _ body: (Connection) async throws -> R
    ) async throws -> R {
        try await withConnection { connection in
            try await connection.withTransaction(isolation: isolation, readOnly: readOnly, body)
        }
    }

    /// One statement on any connection.
    @discardableResult
    package func query(_ query: Query) async throws -> QueryResult {
        try await withConnection { try await $0.query(query) }
    }

    /// Closes idle connections now and lent ones when they come back; who waits gets `.closed`.
    package func close() {
        let (idle, waiters) = state.withLock { $0.close() }
        for handle in idle { close(handle) }
        for waiter in waiters {
            waiter.continuation.resume(throwing: PostgresError(.closed, "the pool was closed"))
        }
    }

    // MARK: Lending

    private func acquire() async throws -> Connection.Handle {
        while true {
            switch try await ticket() {
            case .connection(let handle): return handle
            case .place:
                do {
                    return Connection.Handle(try await Connector(options, reactor).connect())
                } catch {
                    pass(state.withLock { $0.lose(nil) })
                    throw error
                }
            case nil: continue
            }
        }
    }

    /// nil: the connection at hand turned out to be broken, try again.
    private func ticket() async throws -> PoolTicket? {
        try Task.checkCancellation()
        switch state.withLock({ $0.acquire() }) {
        case .use(let idle):
            guard ContinuousClock.now - idle.since > settings.checkAfter else {
                return .connection(idle.handle)
            }
            guard await isAlive(idle.handle) else {
                logger.info("an idle connection was broken and is dropped")
                pass(state.withLock { $0.lose(idle.handle) })
                return nil
            }
            return .connection(idle.handle)
        case .open: return .place
        case .refuse(let error): throw error
        case .wait(let id): return try await wait(id)
        }
    }

    private func wait(_ id: UInt64) async throws -> PoolTicket {
        let timeout = settings.queueTimeout
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(PoolState.Waiter(id: id, continuation: continuation))
                // Cancelled before the waiter was in the queue: nobody else would tell him.
                if Task.isCancelled { dismiss(id, CancellationError()) }
                reactor.perform { [self] in
                    _ = reactor.schedule(after: timeout) { [weak self] in
                        let error = PostgresError(
                            .timedOut, "no connection of the pool became free within \(timeout)")
                        self?.dismiss(id, error)
                    }
                }
            }
        } onCancel: {
            dismiss(id, CancellationError())
        }
    }

    /// Between the decision to wait and this a connection may have come back: ask once more.
    private func enqueue(_ waiter: PoolState.Waiter) {
        let answer = state.withLock { state -> Result<PoolTicket, any Error>? in
            switch state.acquire() {
            case .use(let idle): return .success(.connection(idle.handle))
            case .open: return .success(.place)
            case .refuse(let error): return .failure(error)
            case .wait:
                state.add(waiter)
                return nil
            }
        }
        if let answer { waiter.continuation.resume(with: answer) }
    }

    private func dismiss(_ id: UInt64, _ error: any Error) {
        state.withLock { $0.removeWaiter(id) }?.continuation.resume(throwing: error)
    }

    // MARK: Taking back

    private func giveBack(_ handle: Connection.Handle, _ loan: Lease) async {
        loan.end()
        let session = handle.session
        if !(await isClean(session)) {
            // Left inside a transaction, or with requests still under way.
            logger.warning("a connection came back in the middle of something and is closed")
            reactor.perform { session.close() }
            pass(state.withLock { $0.lose(nil) })
            return
        }
        pass(state.withLock { $0.giveBack(handle, now: .now) })
    }

    private func isClean(_ session: Session) async -> Bool {
        await withCheckedContinuation { continuation in
            reactor.perform { continuation.resume(returning: session.isClosed || session.isClean) }
        }
    }

    private func isAlive(_ handle: Connection.Handle) async -> Bool {
        let connection = Connection(handle)
        let session = handle.session
        let limit = settings.checkAfter
        let timer = await withCheckedContinuation { continuation in
            reactor.perform { [reactor] in
                continuation.resume(
                    returning: reactor.schedule(after: limit) { session.close() })
            }
        }
        let outcome = await connection.perform([["select"]], cancellable: false)[0]
        reactor.perform { [reactor] in reactor.cancel(timer) }
        if case .success = outcome { return true }
        return false
    }

    private func pass(_ handover: PoolState.Handover) {
        switch handover {
        case .give(let waiter, let ticket): waiter.continuation.resume(returning: ticket)
        case .drop(let handle): close(handle)
        case .nothing: break
        }
    }

    private func close(_ handle: Connection.Handle) {
        let session = handle.session
        reactor.perform { session.close() }
    }

    /// On the reactor's thread.
    private func scheduleReaping() {
        _ = reactor.schedule(after: min(settings.idleTimeout, .seconds(5))) { [weak self] in
            guard let self else { return }
            let deadline = ContinuousClock.now - settings.idleTimeout
            let reaped = state.withLock {
                $0.reap(minimum: settings.minimum, idleSince: deadline)
            }
            for handle in reaped { close(handle) }
            scheduleReaping()
        }
    }
}
