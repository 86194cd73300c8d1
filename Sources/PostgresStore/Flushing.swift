internal import Postgres

extension Query {
    /// Empty, but its commit waits for the flush of everything before it.
    static let flush: Query = "select pg_logical_emit_message(true, 'patchflow', '')"
}

extension [QueryResult] {
    /// Whether the commit at the end of these statements has waited as it should: an administrator
    /// may cut a wait for a synchronous standby short (`pg_cancel_backend`), and then it succeeds
    /// with no more than a warning.
    ///
    /// - Throws: `PostgresError.committedInDoubt`; whoever does the same again waits again.
    func expectFlushed() throws(PostgresError) {
        guard let warning = last?.notices.first(where: { $0.severity == "WARNING" }) else { return }
        var error = PostgresError(.committedInDoubt, warning.message)
        error.sqlState = warning.sqlState
        error.detail = warning.detail
        throw error
    }
}
