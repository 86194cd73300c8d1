extension Connection {
    /// Executes `COPY ... FROM STDIN` with `chunks` as its data, cut anywhere.
    ///
    /// All of it is one statement: when `chunks` throws, nothing is kept. Meanwhile the connection
    /// is taken: `chunks` must not come from it.
    ///
    /// - Returns: The number of rows.
    /// - Throws: What `chunks` throws; `PostgresError`, for a bad row only after the last chunk.
    @discardableResult
    package func copyIn<Chunks: AsyncSequence>(
        _ statement: Query, from chunks: Chunks
    ) async throws -> Int where Chunks.Element == [UInt8] {
        let exchange = CopyInExchange(try Self.copySQL(statement))
        let session = session
        let request = Request(
            exchange, lease: lease, loan: loan, cancellable: session.options.cancellable)
        let box = RequestBox()
        box.fill(request)
        return try await withTaskCancellationHandler {
            session.reactor.perform { session.submit(request) }
            var failure: (any Error)?
            do {
                for try await chunk in chunks where !chunk.isEmpty {
                    try Task.checkCancellation()
                    let goOn = await withCheckedContinuation { continuation in
                        session.reactor.perform {
                            exchange.write(chunk, continuation)
                            session.resume(request)
                        }
                    }
                    guard goOn else { break }
                }
                // A sequence may just end when its task is cancelled: that isn't the whole.
                try Task.checkCancellation()
            } catch {
                failure = error
            }
            let reason = failure.map { "the sender gave up: \($0)" }
            let outcome = await withCheckedContinuation { continuation in
                session.reactor.perform {
                    exchange.end(abortReason: reason, continuation)
                    session.resume(request)
                }
            }
            if let failure { throw failure }
            return try outcome.mapError(asCancellation).get()
        } onCancel: {
            box.cancel(on: session)
        }
    }

    /// Executes `COPY ... TO STDOUT` when it is iterated: a message per row (and per header), no
    /// faster than they are taken. Leaving the loop early cancels the statement.
    package func copyOut(_ statement: Query) throws -> CopyStream {
        CopyStream(connection: self, sql: try Self.copySQL(statement))
    }

    /// COPY takes no parameters.
    private static func copySQL(_ statement: Query) throws -> String {
        guard statement.binds.types.isEmpty else {
            throw PostgresError(
                .protocolViolation, "COPY takes no values: put them into a table or use unnest")
        }
        return statement.sql
    }
}

/// The data of one COPY, in the server's order.
package struct CopyStream: AsyncSequence, Sendable {
    private static let ahead = 1000

    let connection: Connection
    let sql: String

    package func makeAsyncIterator() -> Iterator {
        let feed = Feed<[UInt8]>(limit: Self.ahead)
        let exchange = CopyOutExchange(sql, into: feed)
        return Iterator(chunks: FeedIterator(FeedReader(connection, feed, exchange)))
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate var chunks: FeedIterator<[UInt8]>

        /// - Throws: `PostgresError`, also after some of the data; `CancellationError`.
        package mutating func next() async throws -> [UInt8]? {
            try await chunks.next()
        }
    }
}
