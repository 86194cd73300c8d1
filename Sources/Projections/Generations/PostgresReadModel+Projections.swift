internal import Application
internal import EventSourcing
internal import Postgres

/// The read models themselves: how far each generation is, and what it lacks.
extension PostgresReadModel {
    /// The latest generation first.
    func projections(_ request: ListRequest) async throws -> ViewPage {
        try Self.refusePast(request.kind, request.asOf)
        try Self.refuse(request.fields, of: request.kind)
        var found = try await Generations(pool: pool).all()
        if let state = request.state {
            guard let wanted = GenerationStatus.State(rawValue: state) else {
                let states = GenerationStatus.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw InvalidInput(field: "state", message: "'\(state)' is none of \(states)")
            }
            found.removeAll { $0.state != wanted }
        }
        if let cursor = request.cursor {
            let before = try Self.number(in: cursor)
            found.removeAll { $0.generation >= before }
        }
        let views = try found.map { try ProjectionDocument($0).view }
        return try await page(views, request.limit)
    }

    /// The events that one generation lacks, in the order of the log.
    func parked(_ request: ListRequest) async throws -> ViewPage {
        try Self.refusePast(request.kind, request.asOf)
        try Self.refuse(request.fields, of: request.kind)
        let generations = Generations(pool: pool)
        guard let parent = request.parent, let number = Int(parent),
            try await generations.status(of: number) != nil
        else { throw NotFound(.projection, request.parent ?? "") }
        var found = try await generations.parked(in: number)
        if let cursor = request.cursor {
            let after = try Self.number(in: cursor)
            found.removeAll { $0.position <= Int64(after) }
        }
        let views = try found.map { try ParkedDocument($0).view }
        return try await page(views, request.limit)
    }

    func findProjection(_ key: ViewKey, asOf: Int64?) async throws -> View? {
        try Self.refusePast(key.kind, asOf)
        guard key.kind == .projection, let number = Int(key.id) else { return nil }
        return try await Generations(pool: pool).status(of: number).map {
            try ProjectionDocument($0).view
        }
    }

    private static func number(in cursor: String) throws -> Int {
        guard let number = Int(try ListCursor(cursor).id) else {
            throw QueryError.badCursor(cursor)
        }
        return number
    }

    private func page(_ found: [View], _ limit: Int) async throws -> ViewPage {
        ViewPage(
            found, limit: Self.limit(limit), position: try await position()
        ) { ListCursor(sortKey: $0.sortKey, id: $0.id) }
    }
}
