/// How far a transaction is kept apart from others.
package enum Isolation: String, Sendable {
    case readCommitted = "read committed"
    case repeatableRead = "repeatable read"
    case serializable = "serializable"
}

extension Connection {
    /// Runs `body` inside one transaction, with the connection to itself.
    ///
    /// Inside, use only the connection that `body` gets: a request on the outer one would wait for
    /// the transaction to end. Commits when `body` returns, rolls back when it throws.
    ///
    /// - Throws: What `body` throws; `PostgresError` with `.rolledBack` when a statement had
    ///   failed and `body` returned all the same; one that `mayHaveTakenEffect` when the answer
    ///   to COMMIT was lost.
    @discardableResult
    package func withTransaction<R>(
        isolation: Isolation = .readCommitted, readOnly: Bool = false,
        _ body: (Connection) async throws -> R
    ) async throws -> R {
        guard lease == nil else {
            throw PostgresError(
                .protocolViolation, "a transaction inside a transaction: use the one you have")
        }
        let lease = Lease()
        let access = readOnly ? "read only" : "read write"
        let begin: Query = "begin isolation level \(unsafe: isolation.rawValue) \(unsafe: access)"
        _ = try await perform([[begin]], acquires: lease)[0].mapError(asCancellation).get()

        let value: R
        do {
            value = try await body(Connection(handle, lease: lease, loan: loan))
        } catch {
            await rollBack(lease)
            throw error
        }
        let outcome = await perform(
            [["commit"]], lease: lease, releases: lease, cancellable: false)[0]
        guard try outcome.get()[0].commandTag == "COMMIT" else {
            throw PostgresError(
                .rolledBack, "a statement of the transaction had failed, so it was rolled back")
        }
        return value
    }

    /// A failure here means that the connection is gone, and the transaction with it.
    private func rollBack(_ lease: Lease) async {
        _ = await perform([["rollback"]], lease: lease, releases: lease, cancellable: false)
    }
}
