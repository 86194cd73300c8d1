import CLibPQ

/// What one group of a pipeline came to.
package typealias GroupOutcome = Result<[QueryResult], PostgresError>

/// Sends groups of statements in one go and takes their answers in order.
///
/// Each group ends with a sync: a failure skips the rest of its group and nothing more. Statements
/// not yet prepared are prepared in the same go.
/// Invariant behind `@unchecked Sendable`: after its making, touched only on the reactor's thread.
final class PipelineExchange: Exchange, @unchecked Sendable {
    /// What an answer belongs to, in the order of sending.
    private enum Step {
        case prepare(StatementCache.Key, name: String)
        case execute(StatementCache.Key)
        case sync
        /// Housekeeping, whose answer nobody waits for, up to its sync.
        case deallocate
        case endOfHousekeeping

        var isSync: Bool {
            switch self {
            case .sync, .endOfHousekeeping: true
            case .prepare, .execute, .deallocate: false
            }
        }
    }

    private let groups: [[Query]]
    private let completion: (_ outcomes: [GroupOutcome]) -> Void
    private let answeredGroup: (_ number: Int) -> Void
    private let sink: RowFeed?

    private var steps: [Step] = []
    private var cursor = 0
    private var answered = false
    private var singleRow = false
    private var results: [QueryResult] = []
    private var failure: PostgresError?
    private var outcomes: [GroupOutcome] = []

    /// - Parameter answeredGroup: Called with the number of each group, from 0, as soon as the server
    ///   has answered it, on the reactor's thread.
    init(
        _ groups: [[Query]], answeredGroup: @escaping (_ number: Int) -> Void = { _ in },
        completion: @escaping (_ outcomes: [GroupOutcome]) -> Void
    ) {
        self.groups = groups
        self.answeredGroup = answeredGroup
        self.completion = completion
        sink = nil
    }

    /// One statement, whose rows go to `sink` as they come.
    init(
        streaming query: Query, into sink: RowFeed,
        completion: @escaping (_ outcomes: [GroupOutcome]) -> Void
    ) {
        groups = [[query]]
        answeredGroup = { _ in }
        self.completion = completion
        self.sink = sink
    }

    // MARK: Sending

    func start(_ session: Session) throws(PostgresError) {
        let connection = session.connection
        session.notices.removeAll()
        if PQpipelineStatus(connection) == PQ_PIPELINE_OFF, PQenterPipelineMode(connection) != 1 {
            throw .connection(connection, .protocolViolation, effect: .none)
        }
        try sendDeallocations(session)
        var pending: [StatementCache.Key: (name: String, group: Int)] = [:]
        for (number, group) in groups.enumerated() {
            for query in group {
                try send(query, group: number, &pending, session)
            }
            try check(PQpipelineSync(connection), session)
            steps.append(.sync)
        }
    }

    /// A statement prepared in an earlier group of the same go can't be relied on: its group may
    /// have failed before. It is then sent unnamed, which always works.
    private func send(
        _ query: Query, group: Int,
        _ pending: inout [StatementCache.Key: (name: String, group: Int)], _ session: Session
    ) throws(PostgresError) {
        let sql = query.sql
        let key = StatementCache.Key(sql: sql, types: query.binds.types)
        let count = Int32(query.binds.types.count)
        guard query.binds.types.count <= 65_535 else {
            throw PostgresError(
                .protocolViolation, "\(count) parameters, at most 65535 are allowed")
        }
        let connection = session.connection
        var name = session.statements.name(of: key)
        if name == nil, let earlier = pending[key] {
            name = earlier.group == group ? earlier.name : ""
        } else if name == nil, session.options.preparedStatementLimit > 0 {
            let new = session.statements.newName()
            let sent = query.binds.withParameters { _, _, _, types in
                PQsendPrepare(connection, new, sql, count, types)
            }
            try check(sent, session)
            steps.append(.prepare(key, name: new))
            pending[key] = (new, group)
            name = new
        }
        let sent = query.binds.withParameters { values, lengths, formats, types in
            if let name, !name.isEmpty {
                PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
            } else {
                PQsendQueryParams(connection, sql, count, types, values, lengths, formats, 1)
            }
        }
        try check(sent, session)
        steps.append(.execute(key))
    }

    private func sendDeallocations(_ session: Session) throws(PostgresError) {
        guard !session.discarded.isEmpty,
            PQtransactionStatus(session.connection) == PQTRANS_IDLE
        else { return }
        for name in session.discarded {
            let sql = "deallocate \(name)"
            try check(
                PQsendQueryParams(session.connection, sql, 0, nil, nil, nil, nil, 1), session)
            steps.append(.deallocate)
        }
        session.discarded = []
        try check(PQpipelineSync(session.connection), session)
        steps.append(.endOfHousekeeping)
    }

    private func check(_ status: Int32, _ session: Session) throws(PostgresError) {
        guard status == 1 else {
            throw .connection(session.connection, .protocolViolation, effect: .unknown)
        }
    }

    // MARK: Taking answers

    func advance(_ session: Session) throws(PostgresError) -> ExchangeProgress {
        while cursor < steps.count {
            // After a failed preparation libpq has answered for the statement already.
            if case .execute = steps[cursor], let sink, !answered, !singleRow, failure == nil {
                guard PQsetSingleRowMode(session.connection) == 1 else {
                    throw PostgresError(
                        .protocolViolation, "libpq refused to hand out rows one by one",
                        effect: .unknown)
                }
                singleRow = true
                sink.reserve()
            }
            guard PQisBusy(session.connection) == 0 else {
                return sink?.flush() == false ? .paused : .waiting
            }
            guard let raw = PQgetResult(session.connection) else {
                // The end of one statement's answers.
                guard answered else {
                    throw .connection(session.connection, .protocolViolation, effect: .unknown)
                }
                answered = false
                // A failure at the implicit COMMIT (a deferred constraint, say) is told by the
                // sync itself, whose own answer is still to come.
                if !steps[cursor].isSync { cursor += 1 }
                continue
            }
            if try take(raw, session) == .paused { return .paused }
        }
        return .done
    }

    private func take(
        _ raw: OpaquePointer, _ session: Session
    ) throws(PostgresError) -> ExchangeProgress {
        let step = steps[cursor]
        switch PQresultStatus(raw) {
        case PGRES_PIPELINE_SYNC:
            PQclear(raw)
            cursor += 1
            if case .sync = step { closeGroup(session) }
            session.notices.removeAll()
            return .waiting
        case PGRES_SINGLE_TUPLE:
            let row = Row(storage: ResultStorage(raw), index: 0)
            return sink?.push(row) == false ? .paused : .waiting
        case PGRES_PIPELINE_ABORTED, PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE,
            PGRES_NONFATAL_ERROR:
            answered = true
            takeFailure(raw, of: step, session)
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            answered = true
            takeSuccess(raw, of: step, session)
        default:
            // COPY: only its own calls can speak it.
            PQclear(raw)
            throw PostgresError(
                .protocolViolation, "COPY needs copyIn or copyOut", effect: .unknown)
        }
        return .waiting
    }

    private func takeSuccess(_ raw: OpaquePointer, of step: Step, _ session: Session) {
        switch step {
        case .prepare(let key, let name):
            PQclear(raw)
            if let discarded = session.statements.insert(key, name: name) {
                session.discarded.append(discarded)
            }
        case .execute:
            let notices = session.notices
            session.notices.removeAll()
            results.append(QueryResult(storage: ResultStorage(raw), notices: notices))
        case .sync, .deallocate, .endOfHousekeeping:
            PQclear(raw)
        }
    }

    private func takeFailure(_ raw: OpaquePointer, of step: Step, _ session: Session) {
        defer { PQclear(raw) }
        session.notices.removeAll()
        switch step {
        case .prepare(let key, _), .execute(let key):
            // Only the first failure of a group says something; the rest was skipped.
            guard failure == nil, PQresultStatus(raw) != PGRES_PIPELINE_ABORTED else { return }
            var error = PostgresError.server(raw, statement: key.sql)
            if error.sqlState == .queryCancelled, session.isCancelling { error.code = .cancelled }
            failure = error
            // The plan no longer fits, or somebody deallocated it: prepare anew next time.
            let stale =
                error.sqlState == .undefinedStatement || error.sqlState == .featureNotSupported
            if stale, let name = session.statements.remove(key),
                error.sqlState == .featureNotSupported
            {
                session.discarded.append(name)
            }
        case .sync:
            if failure == nil { failure = PostgresError.server(raw, statement: nil) }
        case .deallocate, .endOfHousekeeping: return
        }
    }

    private func closeGroup(_ session: Session) {
        // What the server says at the implicit COMMIT comes after the last answer of the group.
        if let last = results.popLast() {
            results.append(last.with(session.notices))
        }
        outcomes.append(failure.map { .failure($0) } ?? .success(results))
        results = []
        failure = nil
        answeredGroup(outcomes.count - 1)
    }

    // MARK: The end

    func finish(_ error: PostgresError?) {
        if let error {
            // The server's last words say more than "the connection was closed".
            if let failure { outcomes.append(.failure(failure)) }
            while outcomes.count < groups.count { outcomes.append(.failure(error)) }
        }
        sink?.finish(outcomes.last)
        completion(outcomes)
    }
}
