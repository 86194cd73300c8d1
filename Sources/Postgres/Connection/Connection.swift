/// A connection to PostgreSQL. A small value; the connection is closed when the last copy is gone.
///
/// Requests of many tasks may go through one connection: they queue, and one runs at a time. To
/// keep others out for several statements take `withTransaction`, and use only the connection
/// that it gives you inside.
package struct Connection: Sendable {
    let handle: Handle
    /// Of the transaction in which this connection is used.
    let lease: Lease?
    /// Of the pool that lent it.
    let loan: Lease?

    /// Closes the session when nobody holds it any more.
    final class Handle: Sendable {
        let session: Session

        init(_ session: Session) {
            self.session = session
        }

        deinit {
            let session = session
            session.reactor.perform { session.close() }
        }
    }

    init(_ handle: Handle, lease: Lease? = nil, loan: Lease? = nil) {
        self.handle = handle
        self.lease = lease
        self.loan = loan
    }

    var session: Session { handle.session }

    /// - Throws: `PostgresError` with `.connectionLost` or `.timedOut`; `CancellationError`.
    package static func open(
        _ options: ConnectionOptions, on reactor: Reactor = .shared
    ) async throws -> Connection {
        Connection(Handle(try await Connector(options, reactor).connect()))
    }

    /// The process id of this connection's server process.
    package var backendPID: Int32 { session.backendPID }

    /// True when the connection broke or was closed; seen at once, also while idle.
    package var isClosed: Bool { session.isClosed }

    /// Run below `withTaskExecutorPreference(connection.reactor)` what talks much to it.
    package var reactor: Reactor { session.reactor }

    /// Closes at once. What waits or runs fails with `.closed`.
    package func close() async {
        let session = session
        await withCheckedContinuation { continuation in
            session.reactor.perform {
                session.close()
                continuation.resume()
            }
        }
    }

    // MARK: Statements

    /// Executes one statement and returns all of its rows.
    ///
    /// - Throws: `PostgresError`; `CancellationError` when the task was cancelled and the
    ///   statement was stopped by that.
    @discardableResult
    package func query(_ query: Query) async throws -> QueryResult {
        let outcomes = await perform([[query]])
        switch outcomes[0] {
        case .success(let results): return results[0]
        case .failure(let error): throw asCancellation(error)
        }
    }

    /// Executes one statement and returns the number of rows that it touched.
    @discardableResult
    package func execute(_ query: Query) async throws -> Int {
        try await self.query(query).affectedRows
    }

    /// Sends all groups in one go and returns what each came to, in order.
    ///
    /// A sync stands between the groups: outside of BEGIN and COMMIT each is one transaction, and
    /// when a statement fails only the rest of its group is skipped. A group that sends BEGIN and
    /// fails before its COMMIT leaves the transaction open (and failed): send ROLLBACK next.
    ///
    /// - Parameter answered: Called with the number of each group, from 0, as soon as the server has
    ///   answered it. It must not wait for anything.
    package func pipeline(
        _ groups: [[Query]], answered: @escaping @Sendable (_ group: Int) -> Void = { _ in }
    ) async -> [GroupOutcome] {
        await perform(groups, answered: answered)
    }

    func perform(
        _ groups: [[Query]], lease: Lease? = nil, acquires: Lease? = nil,
        releases: Lease? = nil, cancellable: Bool = true,
        answered: @escaping @Sendable (_ group: Int) -> Void = { _ in }
    ) async -> [GroupOutcome] {
        let session = session
        let box = RequestBox()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let exchange = PipelineExchange(groups, answeredGroup: answered) {
                    continuation.resume(returning: $0)
                }
                let request = Request(
                    exchange, lease: lease ?? self.lease, loan: loan, acquires: acquires,
                    releases: releases,
                    cancellable: cancellable && session.options.cancellable)
                box.fill(request)
                session.reactor.perform { session.submit(request) }
            }
        } onCancel: {
            box.cancel(on: session)
        }
    }
}

/// What a caller sees when the statement was stopped because his task was cancelled.
func asCancellation(_ error: PostgresError) -> any Error {
    error.code == .cancelled ? CancellationError() : error
}
