package import Application
package import EventSourcing
package import Postgres

/// Lists and details from the live generation of the read models.
package struct PostgresReadModel: ReadModel {
    let pool: ConnectionPool
    /// Reports read everything: they may not keep all connections from those who look something up.
    let reportPlaces = ReportPlaces(limit: 2)
    /// How long counting a report may take; less than clients wait for it.
    let reportTime: Duration

    package init(pool: ConnectionPool, reportTime: Duration = .seconds(240)) {
        self.pool = pool
        self.reportTime = reportTime
    }

    package func list(_ request: ListRequest) async throws -> ViewPage {
        let binding = ListBinding(request)
        var bound = request
        bound.cursor = try request.cursor.map { try binding.opened($0) }
        let page = try await page(bound)
        return ViewPage(
            views: page.views, next: page.next.map(binding.sealed), position: page.position)
    }

    private func page(_ request: ListRequest) async throws -> ViewPage {
        switch request.kind {
        case .asset, .rollout, .deployment, .person, .feed, .policy, .exception, .control,
            .baseline, .cloudAccount, .attributeRule, .freeze, .cap, .offer, .emergency,
            .standingApproval, .disaster, .schedule:
            return try await folded(request)
        case .finding: return try await findings(request)
        case .patch: return try await patches(request)
        case .activity: return try await activities(request)
        case .worker: return try await workers(request)
        case .projection: return try await projections(request)
        case .parked: return try await parked(request)
        }
    }

    private func folded(_ request: ListRequest) async throws -> ViewPage {
        let (generation, position) = try await live(asOf: request.asOf)
        let after = try request.cursor.map { try ListCursor($0) }
        let limit = Self.limit(request.limit)
        var query: Query = """
            select id, parent, state, sort_key, document from patchflow.projection_rows
            where generation = \(generation) and kind = \(request.kind.rawValue)
            """
        query.append(Self.valid(asOf: request.asOf))
        if let parent = request.parent { query.append(" and parent = \(parent)") }
        if let state = request.state { query.append(" and state = \(state)") }
        for (field, text) in request.fields.sorted(by: { $0.key < $1.key }) {
            query.append(" and document->>\(field) = \(text)")
        }
        if let after {
            query.append(" and (sort_key, id) > (\(after.sortKey), \(after.id))")
        }
        query.append(" order by sort_key, id limit \(Int32(limit + 1))")
        let views = try await pool.query(query).map(Self.view)
        return ViewPage(views, limit: limit, position: request.asOf ?? position) {
            ListCursor(sortKey: $0.sortKey, id: $0.id)
        }
    }

    package func find(_ key: ViewKey, asOf: Int64?) async throws -> View? {
        switch key.kind {
        case .asset, .rollout, .deployment, .person, .feed, .policy, .exception, .control,
            .baseline, .cloudAccount, .attributeRule, .freeze, .cap, .offer, .emergency,
            .standingApproval, .disaster, .schedule:
            break
        case .finding: return try await finding(key.id, asOf: asOf)
        case .patch: return try await patch(key.id, asOf: asOf)
        case .activity, .worker: return try await findLive(key, asOf: asOf)
        case .projection, .parked: return try await findProjection(key, asOf: asOf)
        }
        let generation = try await live(asOf: asOf).generation
        var query: Query = """
            select id, parent, state, sort_key, document from patchflow.projection_rows
            where generation = \(generation) and kind = \(key.kind.rawValue) and id = \(key.id)
            """
        query.append(Self.valid(asOf: asOf))
        return try await pool.query(query).map(Self.view).first
    }

    package func position() async throws -> Int64 { try await live().position }

    /// Positions and recorded times rise together, so this halves the log until it is found.
    package func position(at moment: Timestamp) async throws -> Int64 {
        let wanted = PostgresTimestamp(microseconds: moment.microseconds)
        let archived = try await pool.query(
            "select coalesce(max(last_position), 0) from patchflow.archives")[0].decode(
                Int64.self, at: 0)
        var low = archived
        var high = try await head()
        while low < high {
            let middle = low + (high - low + 1) / 2
            let rows = try await pool.query(
                """
                select recorded_at <= \(wanted) from patchflow.events where position = \(middle)
                """)
            // Archived meanwhile: from the start again, behind it.
            guard let row = rows.first else { return try await position(at: moment) }
            if try row.decode(Bool.self, at: 0) {
                low = middle
            } else {
                high = middle - 1
            }
        }
        if low == archived, low > 0 { throw QueryError.archived(last: archived) }
        return low
    }

    private func head() async throws -> Int64 {
        let rows = try await pool.query(
            "select position from patchflow.events order by position desc limit 1")
        return try rows.first?.decode(Int64.self, at: 0) ?? 0
    }

    func live() async throws -> (generation: Int32, position: Int64) {
        let rows = try await pool.query(
            "select generation, position from patchflow.projections where live")
        guard let row = rows.first else { return (0, 0) }
        return (try row.decode(at: 0), try row.decode(at: 1))
    }

    /// The live generation once it has come as far as `asOf`.
    ///
    /// - Throws: `QueryError.aheadOfLog` for a position that nothing was recorded at yet.
    func live(asOf: Int64?) async throws -> (generation: Int32, position: Int64) {
        let live = try await live()
        guard let asOf, asOf > live.position else { return live }
        let head = try await head()
        guard asOf <= head else { throw QueryError.aheadOfLog(position: asOf, head: head) }
        try await reach(asOf, within: .seconds(5))
        return try await self.live()
    }

    static func limit(_ wanted: Int) -> Int { min(max(wanted, 1), 500) }

    static func valid(asOf: Int64?) -> Query {
        guard let asOf else { return " and to_position is null" }
        return """
             and from_position <= \(asOf) and (to_position is null or to_position > \(asOf))
            """
    }

    @Sendable
    private static func view(_ row: Row) throws -> View {
        View(
            id: try row.decode(at: 0), parent: try row.decode(at: 1), state: try row.decode(at: 2),
            sortKey: try row.decode(at: 3), document: try row.decode(JSONText.self, at: 4).bytes)
    }
}
