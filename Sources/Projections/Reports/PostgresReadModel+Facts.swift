package import Application
package import EventSourcing
internal import PatchManagement
internal import Postgres

/// What reports are made of, from the rows of the read models.
///
/// Cost: one pass over the assets and findings as of the position, for the metrics one more over
/// deployments, rollouts and patches. The database extracts a dozen fields of each document and
/// sorts the findings by asset (on disk where they don't fit its `work_mem`); the rows come as a
/// stream, so that memory here doesn't grow with them. Measured in the database alone: 7 s for 500,000
/// findings on 100,000 assets. It is one read-only transaction, so that all of it is of one moment.
extension PostgresReadModel {
    package func facts(
        _ wish: FactWish, _ visit: (ReportFact) throws -> Void
    ) async throws -> Int64 {
        guard reportPlaces.take() else { throw QueryError.busy(limit: reportPlaces.limit) }
        defer { reportPlaces.giveBack() }
        // Waits until that position is folded.
        _ = try await live(asOf: wish.asOf)
        let end = ContinuousClock.now + reportTime
        do {
            return try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) {
                connection in
                let rows = try await connection.query(
                    "select generation, position, definition from patchflow.projections where live")
                guard let row = rows.first else { return 0 }
                // Until one of this version is built, an older one serves.
                guard try row.decode(Int32.self, at: 2) >= FactReader.oldestDefinition else {
                    throw QueryError.outdated
                }
                let reader = FactReader(
                    generation: try row.decode(at: 0), asOf: wish.asOf, scope: wish.scope)
                try await Self.read(reader, wish, until: end, on: connection, visit)
                return try wish.asOf ?? row.decode(at: 1)
            }
        } catch let error as PostgresError where error.sqlState == .queryCancelled {
            throw QueryError.tooSlow(limit: reportTime)
        }
    }

    private static func read(
        _ reader: FactReader, _ wish: FactWish, until end: ContinuousClock.Instant,
        on connection: Connection, _ visit: (ReportFact) throws -> Void
    ) async throws {
        func stream(_ query: Query) async throws -> RowStream {
            let left = max(1, (end - .now).wholeMicroseconds / 1000)
            try await connection.execute(
                "select set_config('statement_timeout', \(String(left)), true)")
            return connection.stream(query)
        }
        for try await row in try await stream(reader.findings) {
            try visit(.finding(try FactReader.finding(row)))
        }
        if wish.isFindingsOnly { return }
        for try await row in try await stream(reader.assets) {
            try visit(.asset(try FactReader.asset(row)))
        }
        for try await row in try await stream(reader.deployments) {
            let (deployment, asset) = try FactReader.deployment(row)
            try visit(.deployment(deployment, asset))
        }
        for try await row in try await stream(reader.rollouts) {
            try visit(.rollout(try FactReader.rollout(row)))
        }
        for try await row in try await stream(reader.patches) {
            try visit(.patch(try FactReader.patch(row)))
        }
    }

    package func moment(of position: Int64) async throws -> Timestamp? {
        try await pool.query(
            "select recorded_at from patchflow.events where position = \(position)"
        ).first.map { Timestamp(try $0.decode(PostgresTimestamp.self, at: 0)) }
    }
}
