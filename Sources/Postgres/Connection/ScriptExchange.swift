import CLibPQ

/// Several statements in one text, by the simple protocol. Their rows are thrown away.
///
/// Invariant behind `@unchecked Sendable`: after its making, touched only on the reactor's thread.
final class ScriptExchange: Exchange, @unchecked Sendable {
    private let sql: String
    private let insideTransaction: Bool
    private let completion: (_ failure: PostgresError?) -> Void
    private var failure: PostgresError?

    init(
        _ sql: String, insideTransaction: Bool,
        completion: @escaping (_ failure: PostgresError?) -> Void
    ) {
        self.sql = sql
        self.insideTransaction = insideTransaction
        self.completion = completion
    }

    func start(_ session: Session) throws(PostgresError) {
        try session.sendSimple(sql)
    }

    func advance(_ session: Session) throws(PostgresError) -> ExchangeProgress {
        while PQisBusy(session.connection) == 0 {
            guard let raw = PQgetResult(session.connection) else {
                checkTransaction(session)
                return .done
            }
            defer { PQclear(raw) }
            switch PQresultStatus(raw) {
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR:
                // The rest of the text is skipped by the server.
                if failure == nil { failure = session.failure(raw, of: sql) }
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                throw PostgresError(
                    .protocolViolation, "a script can't hold COPY from stdin or to stdout",
                    effect: .unknown)
            default: break
            }
        }
        return .waiting
    }

    /// COMMIT or ROLLBACK in the text would end the transaction that somebody opened around it,
    /// and what he does next would be committed by itself.
    private func checkTransaction(_ session: Session) {
        guard insideTransaction, failure == nil,
            PQtransactionStatus(session.connection) == PQTRANS_IDLE
        else { return }
        failure = PostgresError(
            .protocolViolation, "the script ended the transaction around it: take out its COMMIT",
            effect: .unknown)
    }

    func finish(_ error: PostgresError?) {
        completion(failure ?? error)
    }
}

extension Session {
    /// Sends `sql` by the simple protocol, which scripts and COPY need. The next pipeline enters
    /// pipeline mode again.
    func sendSimple(_ sql: String) throws(PostgresError) {
        notices.removeAll()
        if PQpipelineStatus(connection) != PQ_PIPELINE_OFF, PQexitPipelineMode(connection) != 1 {
            throw .connection(connection, .protocolViolation, effect: .none)
        }
        guard PQsendQuery(connection, sql) == 1 else {
            throw .connection(connection, .protocolViolation, effect: .unknown)
        }
    }

    /// From a result with the status PGRES_FATAL_ERROR, in an exchange outside of pipelines.
    func failure(_ result: OpaquePointer, of sql: String) -> PostgresError {
        var error = PostgresError.server(result, statement: sql)
        if error.sqlState == .queryCancelled, isCancelling { error.code = .cancelled }
        return error
    }
}

extension Connection {
    /// Executes the statements of `sql` one after the other, without values and without rows.
    ///
    /// Outside of a transaction they are one together, unless the text has its own BEGIN. `sql` is
    /// trusted: never put input into it.
    ///
    /// - Throws: `PostgresError` of the first statement that failed; the rest was not executed.
    package func script(_ sql: String) async throws {
        let session = session
        let box = RequestBox()
        let failure = await withTaskCancellationHandler {
            await withCheckedContinuation {
                (continuation: CheckedContinuation<PostgresError?, _>) in
                let exchange = ScriptExchange(sql, insideTransaction: lease != nil) {
                    continuation.resume(returning: $0)
                }
                let request = Request(
                    exchange, lease: lease, loan: loan, cancellable: session.options.cancellable)
                box.fill(request)
                session.reactor.perform { session.submit(request) }
            }
        } onCancel: {
            box.cancel(on: session)
        }
        if let failure { throw asCancellation(failure) }
    }
}
