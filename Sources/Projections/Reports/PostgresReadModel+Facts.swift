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
        return try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) {
            connection in
            let rows = try await connection.query(
                "select generation, position from patchflow.projections where live")
            guard let row = rows.first else { return 0 }
            let reader = FactReader(
                generation: try row.decode(at: 0), asOf: wish.asOf, scope: wish.scope)
            for try await row in connection.stream(reader.findings) {
                try visit(.finding(try FactReader.finding(row)))
            }
            if !wish.isFindingsOnly {
                for try await row in connection.stream(reader.assets) {
                    try visit(.asset(try FactReader.asset(row)))
                }
                for try await row in connection.stream(reader.deployments) {
                    let (deployment, asset) = try FactReader.deployment(row)
                    try visit(.deployment(deployment, asset))
                }
                for try await row in connection.stream(reader.rollouts) {
                    try visit(.rollout(try FactReader.rollout(row)))
                }
                for try await row in connection.stream(reader.patches) {
                    try visit(.patch(try FactReader.patch(row)))
                }
            }
            return try wish.asOf ?? row.decode(at: 1)
        }
    }

    package func moment(of position: Int64) async throws -> Timestamp? {
        try await pool.query(
            "select recorded_at from patchflow.events where position = \(position)"
        ).first.map { Timestamp(try $0.decode(PostgresTimestamp.self, at: 0)) }
    }
}
