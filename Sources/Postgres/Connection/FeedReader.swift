/// The reader's side of an exchange whose answer comes in pieces. When the reader goes before the
/// end, the statement is cancelled and what still comes is thrown away.
final class FeedReader<Element: Sendable>: Sendable {
    private let connection: Connection
    private let feed: Feed<Element>
    private let request: Request
    private let box = RequestBox()

    /// Sends the request.
    init(_ connection: Connection, _ feed: Feed<Element>, _ exchange: any Exchange) {
        self.connection = connection
        self.feed = feed
        let session = connection.session
        let request = Request(
            exchange, lease: connection.lease, loan: connection.loan,
            cancellable: session.options.cancellable)
        self.request = request
        box.fill(request)
        session.reactor.perform { session.submit(request) }
    }

    deinit {
        guard feed.abandon().unfinished else { return }
        let (session, request) = (connection.session, request)
        box.cancel(on: session)
        session.reactor.perform { session.resume(request) }
    }

    /// The next batch; nil at the end.
    func next() async throws -> [Element]? {
        let (session, request) = (connection.session, request)
        return try await withTaskCancellationHandler {
            try await feed.next {
                session.reactor.perform { session.resume(request) }
            }
        } onCancel: {
            box.cancel(on: session)
        }
    }
}

/// Hands out one by one what a reader gets in batches.
struct FeedIterator<Element: Sendable> {
    private let reader: FeedReader<Element>
    private var batch: [Element] = []
    private var place = 0

    init(_ reader: FeedReader<Element>) {
        self.reader = reader
    }

    mutating func next() async throws -> Element? {
        while place == batch.count {
            guard let next = try await reader.next() else { return nil }
            batch = next
            place = 0
        }
        defer { place += 1 }
        return batch[place]
    }
}
