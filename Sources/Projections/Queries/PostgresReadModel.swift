package import Application
package import EventSourcing
package import Postgres

/// Lists and details from the live generation of the read models.
package struct PostgresReadModel: ReadModel {
    private let pool: ConnectionPool

    package init(pool: ConnectionPool) {
        self.pool = pool
    }

    package func list(_ request: ListRequest) async throws -> ViewPage {
        let (generation, position) = try await live()
        if let asOf = request.asOf { try check(asOf, against: position) }
        let after = try request.cursor.map(ListCursor.init)
        let limit = min(max(request.limit, 1), 500)
        var query: Query = """
            select id, parent, state, sort_key, document from patchflow.projection_rows
            where generation = \(generation) and kind = \(request.kind.rawValue)
            """
        query.append(Self.valid(asOf: request.asOf))
        if let parent = request.parent { query.append(" and parent = \(parent)") }
        if let state = request.state { query.append(" and state = \(state)") }
        if let after {
            query.append(" and (sort_key, id) > (\(after.sortKey), \(after.id))")
        }
        query.append(" order by sort_key, id limit \(Int32(limit + 1))")
        let views = try await pool.query(query).map(Self.view)
        let page = Array(views.prefix(limit))
        let next = views.count > limit ? page.last.map { ListCursor($0).text } : nil
        return ViewPage(views: page, next: next, position: request.asOf ?? position)
    }

    package func find(_ key: ViewKey, asOf: Int64?) async throws -> View? {
        let (generation, position) = try await live()
        if let asOf { try check(asOf, against: position) }
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
        let head = try await pool.query(
            "select position from patchflow.events order by position desc limit 1")
        var low: Int64 = 0
        var high = try head.first?.decode(Int64.self, at: 0) ?? 0
        while low < high {
            let middle = low + (high - low + 1) / 2
            let rows = try await pool.query(
                """
                select recorded_at <= \(wanted) from patchflow.events where position = \(middle)
                """)
            if try rows.first?.decode(Bool.self, at: 0) ?? false {
                low = middle
            } else {
                high = middle - 1
            }
        }
        return low
    }

    private func live() async throws -> (generation: Int32, position: Int64) {
        let rows = try await pool.query(
            "select generation, position from patchflow.projections where live")
        guard let row = rows.first else { return (0, 0) }
        return (try row.decode(at: 0), try row.decode(at: 1))
    }

    private func check(_ asOf: Int64, against position: Int64) throws {
        guard asOf <= position else {
            throw QueryError.aheadOfLog(position: asOf, head: position)
        }
    }

    private static func valid(asOf: Int64?) -> Query {
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

/// Where a page ended, as an opaque text.
struct ListCursor {
    let sortKey: String
    let id: String

    init(_ view: View) {
        sortKey = view.sortKey
        id = view.id
    }

    init(_ text: String) throws {
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            guard
                let byte = UInt8(
                    String(decoding: bytes[index...(index + 1)], as: UTF8.self), radix: 16)
            else { throw QueryError.badCursor(text) }
            decoded.append(byte)
        }
        let parts = String(decoding: decoded, as: UTF8.self)
            .split(separator: "\u{1F}", omittingEmptySubsequences: false)
        guard bytes.count.isMultiple(of: 2), parts.count == 2 else {
            throw QueryError.badCursor(text)
        }
        sortKey = String(parts[0])
        id = String(parts[1])
    }

    var text: String {
        "\(sortKey)\u{1F}\(id)".utf8.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
