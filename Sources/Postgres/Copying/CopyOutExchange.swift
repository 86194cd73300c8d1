import CLibPQ

/// COPY to stdout: the server's messages go to a feed as they come.
///
/// Invariant behind `@unchecked Sendable`: after its making, touched only on the reactor's thread.
final class CopyOutExchange: Exchange, @unchecked Sendable {
    private enum State {
        case asked, copying, ending
    }

    private let sql: String
    private let sink: Feed<[UInt8]>
    private var state = State.asked
    private var failure: PostgresError?

    init(_ sql: String, into sink: Feed<[UInt8]>) {
        self.sql = sql
        self.sink = sink
    }

    func start(_ session: Session) throws(PostgresError) {
        try session.sendSimple(sql)
    }

    func advance(_ session: Session) throws(PostgresError) -> ExchangeProgress {
        while true {
            switch state {
            case .copying:
                switch takeMessage(session) {
                case .taken: continue
                case .nothing: return sink.flush() ? .waiting : .paused
                case .full: return .paused
                case .end: state = .ending
                }
            case .asked, .ending:
                guard PQisBusy(session.connection) == 0 else { return .waiting }
                guard let raw = PQgetResult(session.connection) else { return .done }
                defer { PQclear(raw) }
                try take(raw, session)
            }
        }
    }

    private enum Taken {
        case taken, nothing, full, end
    }

    private func takeMessage(_ session: Session) -> Taken {
        var buffer: UnsafeMutablePointer<CChar>?
        let length = PQgetCopyData(session.connection, &buffer, 1)
        guard let buffer, length > 0 else { return length == 0 ? .nothing : .end }
        defer { PQfreemem(buffer) }
        let bytes = Array(UnsafeRawBufferPointer(start: buffer, count: Int(length)))
        return sink.push(bytes) ? .taken : .full
    }

    private func take(_ raw: OpaquePointer, _ session: Session) throws(PostgresError) {
        switch PQresultStatus(raw) {
        case PGRES_COPY_OUT: state = .copying
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR:
            if failure == nil { failure = session.failure(raw, of: sql) }
        case PGRES_COMMAND_OK where state == .ending: break
        case PGRES_COPY_IN, PGRES_COPY_BOTH:
            throw PostgresError(.protocolViolation, "copyOut needs COPY to stdout: \(sql)")
        default:
            failure = PostgresError(
                .protocolViolation, "copyOut needs COPY to stdout: \(sql)", effect: .unknown)
        }
    }

    func finish(_ error: PostgresError?) {
        guard let error = failure ?? error else { return sink.finish(.success(())) }
        sink.finish(.failure(asCancellation(error)))
    }
}
