/// What a subscriber gets of a log in which an event may be damaged.
package enum ReadableStretch: Sendable {
    /// The next ones, in order; none at the end of the log.
    case events([RecordedEvent])
    /// The next one, at this position, can't be read.
    case damaged(position: Int64, EventStoreError)
}

extension EventStore {
    /// The events above `position`, at most `limit`, and fewer in front of a damaged one: whoever
    /// follows the log can pass it over, so that one stream stands still and the others go on.
    package func readable(after position: Int64, limit: Int) async throws -> ReadableStretch {
        do {
            return .events(try await read(after: position, limit: limit))
        } catch let error as EventStoreError where error.code == .corrupted {
            // Positions are dense: when the next one alone can't be read, it is this one.
            guard limit > 1 else { return .damaged(position: position + 1, error) }
            return try await readable(after: position, limit: limit / 2)
        }
    }
}
