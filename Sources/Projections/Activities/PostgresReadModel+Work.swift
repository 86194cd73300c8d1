internal import Application
internal import EventSourcing
internal import FoundationEssentials
internal import Postgres

/// Work and workers, from the queue itself: who holds what, and until when, are no events, so there
/// is no past of them.
extension PostgresReadModel {
    func activities(_ request: ListRequest) async throws -> ViewPage {
        try Self.refusePast(request.kind, request.asOf)
        let limit = Self.limit(request.limit)
        var query = Self.activityQuery
        var fields = request.fields
        for stream in [request.parent, fields.removeValue(forKey: "stream")].compactMap(\.self) {
            query.append(" and a.stream = \(stream)")
        }
        if let kind = fields.removeValue(forKey: "kind") { query.append(" and a.kind = \(kind)") }
        try Self.refuse(fields, of: request.kind)
        if let state = request.state {
            switch state {
            case "claimed": query.append(" and a.worker is not null")
            case "delayed":
                query.append(" and a.worker is null and a.available_at > clock_timestamp()")
            case "due":
                query.append(" and a.worker is null and a.available_at <= clock_timestamp()")
            default:
                throw InvalidInput(
                    field: "state", message: "'\(state)' is none of claimed, delayed, due")
            }
        }
        if let cursor = request.cursor {
            let after = try ListCursor(cursor)
            guard let due = Timestamp(after.sortKey), let id = UUID(uuidString: after.id) else {
                throw QueryError.badCursor(cursor)
            }
            let moment = PostgresTimestamp(microseconds: due.microseconds)
            query.append(" and (a.available_at, a.id) > (\(moment), \(id))")
        }
        query.append(" order by a.available_at, a.id limit \(Int32(limit + 1))")
        return try await page(try await pool.query(query).map(Self.activity), limit)
    }

    func workers(_ request: ListRequest) async throws -> ViewPage {
        try Self.refusePast(request.kind, request.asOf)
        try Self.refuse(request.fields, of: request.kind)
        let limit = Self.limit(request.limit)
        var query = Self.workerQuery
        switch request.state {
        case nil: break
        case "live": query.append(" and w.lease_until > clock_timestamp()")
        case "expired": query.append(" and w.lease_until <= clock_timestamp()")
        case .some(let state):
            throw InvalidInput(field: "state", message: "'\(state)' is none of expired, live")
        }
        if let cursor = request.cursor {
            let after = try ListCursor(cursor)
            guard let id = UUID(uuidString: after.id) else { throw QueryError.badCursor(cursor) }
            query.append(" and (w.name collate \"C\", w.id) > (\(after.sortKey), \(id))")
        }
        query.append(" order by w.name collate \"C\", w.id limit \(Int32(limit + 1))")
        return try await page(try await pool.query(query).map(Self.worker), limit)
    }

    func findLive(_ key: ViewKey, asOf: Int64?) async throws -> View? {
        try Self.refusePast(key.kind, asOf)
        guard let id = UUID(uuidString: key.id) else { return nil }
        if key.kind == .worker {
            var query = Self.workerQuery
            query.append(" and w.id = \(id)")
            return try await pool.query(query).map(Self.worker).first
        }
        var query = Self.activityQuery
        query.append(" and a.id = \(id)")
        return try await pool.query(query).map(Self.activity).first
    }

    private func page(_ found: [View], _ limit: Int) async throws -> ViewPage {
        ViewPage(found, limit: limit, position: try await position()) {
            ListCursor(sortKey: $0.sortKey, id: $0.id)
        }
    }

    static func refusePast(_ kind: ViewKind, _ asOf: Int64?) throws(InvalidInput) {
        guard asOf != nil else { return }
        throw InvalidInput(
            field: "as_of",
            message: "every \(kind.rawValue) is known as it is now, without a past; leave it out")
    }

    static func refuse(
        _ fields: [String: String], of kind: ViewKind
    ) throws(InvalidInput) {
        guard let field = fields.keys.min() else { return }
        throw InvalidInput(
            field: field, message: "is nothing that a list of \(kind.rawValue) can be filtered by")
    }

    // MARK: Rows

    private static let activityQuery: Query = """
        select a.id, a.kind, a.stream,
            case when a.worker is not null then 'claimed'
                when a.available_at > clock_timestamp() then 'delayed' else 'due' end,
            a.tries, a.worker, a.fence, a.available_at, w.lease_until, a.last_reason
        from patchflow.activities a left join patchflow.workers w on w.id = a.worker
        where true
        """

    @Sendable
    private static func activity(_ row: Row) throws -> View {
        let id: UUID = try row.decode(at: 0)
        let activity = ActivityDocument(
            id: id.text, kind: try row.decode(at: 1), stream: try row.decode(at: 2),
            state: try row.decode(at: 3), attempt: Int(try row.decode(Int32.self, at: 4)),
            worker: try row.decode(UUID?.self, at: 5)?.text, fence: try row.decode(at: 6),
            dueAt: moment(try row.decode(at: 7)),
            leaseUntil: try row.decode(PostgresTimestamp?.self, at: 8).map(moment),
            lastReason: try row.decode(at: 9))
        return View(
            id: activity.id, parent: activity.stream, state: activity.state,
            sortKey: activity.dueAt, document: try ViewJSON.encode(activity))
    }

    private static let workerQuery: Query = """
        select w.id, w.name,
            case when w.lease_until > clock_timestamp() then 'live' else 'expired' end,
            (select count(*) from patchflow.activities a where a.worker = w.id),
            w.started_at, w.lease_until
        from patchflow.workers w
        where true
        """

    @Sendable
    private static func worker(_ row: Row) throws -> View {
        let id: UUID = try row.decode(at: 0)
        let worker = WorkerDocument(
            id: id.text, name: try row.decode(at: 1), state: try row.decode(at: 2),
            held: Int(try row.decode(Int64.self, at: 3)), startedAt: moment(try row.decode(at: 4)),
            leaseUntil: moment(try row.decode(at: 5)))
        return View(
            id: worker.id, parent: nil, state: worker.state, sortKey: worker.name,
            document: try ViewJSON.encode(worker))
    }

    private static func moment(_ moment: PostgresTimestamp) -> String {
        Timestamp(microseconds: moment.microseconds).description
    }
}
