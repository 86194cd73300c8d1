import CLibPQ

/// COPY from stdin: what the caller writes goes to the server, no faster than it is sent.
///
/// Invariant behind `@unchecked Sendable`: after its making, touched only on the reactor's thread.
final class CopyInExchange: Exchange, @unchecked Sendable {
    private enum State {
        case asked, copying, ending
    }

    typealias Outcome = Result<Int, PostgresError>

    private let sql: String
    private var state = State.asked
    private var chunk: [UInt8]?
    /// Who waits for room; hears false when nothing more is wanted.
    private var writer: CheckedContinuation<Bool, Never>?
    private var isWhole = false
    private var abortReason: String?
    private var rows = 0
    private var failure: PostgresError?
    private var outcome: Outcome?
    private var ender: CheckedContinuation<Outcome, Never>?

    init(_ sql: String) {
        self.sql = sql
    }

    // MARK: The caller's side, brought to the reactor's thread by `Connection.copyIn`

    func write(_ bytes: [UInt8], _ continuation: CheckedContinuation<Bool, Never>) {
        guard outcome == nil, state != .ending else { return continuation.resume(returning: false) }
        chunk = bytes
        writer = continuation
    }

    /// - Parameter abortReason: Given when the caller could not go on: then nothing is kept.
    func end(abortReason: String?, _ continuation: CheckedContinuation<Outcome, Never>) {
        if let outcome { return continuation.resume(returning: outcome) }
        self.abortReason = abortReason
        isWhole = true
        ender = continuation
    }

    // MARK: The session's side

    func start(_ session: Session) throws(PostgresError) {
        try session.sendSimple(sql)
    }

    func advance(_ session: Session) throws(PostgresError) -> ExchangeProgress {
        while true {
            switch state {
            case .copying:
                guard send(session) else { return .waiting }
                state = .ending
                release(false)
            case .asked, .ending:
                guard PQisBusy(session.connection) == 0 else { return .waiting }
                guard let raw = PQgetResult(session.connection) else { return .done }
                defer { PQclear(raw) }
                try take(raw, session)
            }
        }
    }

    /// - Returns: true when nothing more is to be sent. A refusal by the server, of a bad row say,
    ///   is told only then: that is how libpq does it.
    private func send(_ session: Session) -> Bool {
        let connection = session.connection
        if let bytes = chunk {
            let status = bytes.withUnsafeBytes { raw in
                PQputCopyData(
                    connection, raw.baseAddress?.assumingMemoryBound(to: CChar.self),
                    Int32(raw.count))
            }
            if status == 0 { return false }
            chunk = nil
            if status < 0 { return true }
        }
        if isWhole {
            let status = PQputCopyEnd(connection, abortReason)
            return status != 0
        }
        return false
    }

    /// Only here, not by a PQflush of its own: what that one leaves the session may send a moment
    /// later, and then nobody would ever tell the writer.
    func flushed() {
        if state == .copying, chunk == nil { release(true) }
    }

    private func release(_ goOn: Bool) {
        writer?.resume(returning: goOn)
        writer = nil
    }

    private func take(_ raw: OpaquePointer, _ session: Session) throws(PostgresError) {
        switch PQresultStatus(raw) {
        case PGRES_COPY_IN: state = .copying
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR:
            if failure == nil { failure = session.failure(raw, of: sql) }
            state = .ending
            release(false)
        case PGRES_COMMAND_OK where state == .ending:
            rows = Int(String(cString: PQcmdTuples(raw))) ?? 0
        case PGRES_COPY_OUT, PGRES_COPY_BOTH:
            throw PostgresError(.protocolViolation, "copyIn needs COPY from stdin: \(sql)")
        default:
            failure = PostgresError(
                .protocolViolation, "copyIn needs COPY from stdin: \(sql)", effect: .unknown)
            state = .ending
            release(false)
        }
    }

    func finish(_ error: PostgresError?) {
        release(false)
        let outcome = (failure ?? error).map { Outcome.failure($0) } ?? .success(rows)
        self.outcome = outcome
        ender?.resume(returning: outcome)
        ender = nil
    }
}
