extension Connection {
    /// Executes `query` when it is iterated, and gives its rows as they come.
    ///
    /// The server is read no faster than the rows are taken, so memory stays flat. Meanwhile the
    /// connection is taken: a loop over a stream must not use the same connection. Leaving the
    /// loop early cancels the statement.
    package func stream(_ query: Query) -> RowStream {
        RowStream(connection: self, query: query)
    }
}

/// The rows of one statement, in the server's order. Each iteration executes it anew.
package struct RowStream: AsyncSequence, Sendable {
    /// How many rows may be read ahead. In this mode libpq takes at least 2 kB for each.
    private static let ahead = 500

    let connection: Connection
    let query: Query

    package func makeAsyncIterator() -> Iterator {
        let feed = RowFeed(limit: Self.ahead)
        let exchange = PipelineExchange(streaming: query, into: feed) { _ in }
        return Iterator(rows: FeedIterator(FeedReader(connection, feed, exchange)))
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate var rows: FeedIterator<Row>

        /// - Throws: `PostgresError`, also after some rows; `CancellationError`.
        package mutating func next() async throws -> Row? {
            try await rows.next()
        }
    }
}
