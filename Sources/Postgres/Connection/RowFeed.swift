import Synchronization

/// Hands rows from the reactor to one reader, at most `limit` ahead of him.
final class Feed<Element: Sendable>: Sendable {
    private struct State {
        var ready: [Element] = []
        var reader: CheckedContinuation<[Element]?, any Error>?
        var end: Result<Void, any Error>?
        var paused = false
        var abandoned = false
    }

    private let limit: Int
    private let state = Mutex(State())
    /// What was pushed but not handed over yet. Confined to the reactor's thread.
    private nonisolated(unsafe) var batch: [Element] = []

    init(limit: Int) {
        self.limit = limit
    }

    // MARK: The reactor's side

    func reserve() {
        batch.reserveCapacity(limit)
    }

    /// - Returns: false when the reader is behind and nothing more should be taken for now.
    func push(_ element: Element) -> Bool {
        batch.append(element)
        return batch.count < limit ? true : flush()
    }

    /// - Returns: As `push`.
    func flush() -> Bool {
        guard !batch.isEmpty else { return true }
        let elements = batch
        batch = []
        batch.reserveCapacity(limit)
        let (reader, room) = state.withLock { state in
            if state.abandoned { return (nil as CheckedContinuation<[Element]?, any Error>?, true) }
            if let reader = state.reader {
                state.reader = nil
                return (reader, true)
            }
            state.ready.append(contentsOf: elements)
            state.paused = state.ready.count >= limit
            return (nil, !state.paused)
        }
        reader?.resume(returning: elements)
        return room
    }

    func finish(_ result: Result<Void, any Error>) {
        _ = flush()
        let reader = state.withLock { state in
            guard state.end == nil else {
                return nil as CheckedContinuation<[Element]?, any Error>?
            }
            state.end = result
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(with: result.map { nil })
    }

    // MARK: The reader's side

    /// The next batch; nil at the end. `drained` is called when the reactor had stopped to wait.
    func next(drained: @Sendable () -> Void) async throws -> [Element]? {
        var mustResume = false
        let elements: [Element]? = try await withCheckedThrowingContinuation { continuation in
            let answer: Result<[Element]?, any Error>? = state.withLock { state in
                if !state.ready.isEmpty {
                    defer { state.ready = [] }
                    mustResume = state.paused
                    state.paused = false
                    return .success(state.ready)
                }
                if let end = state.end { return end.map { nil } }
                precondition(state.reader == nil, "a stream of rows has only one reader")
                state.reader = continuation
                return nil
            }
            if let answer { continuation.resume(with: answer) }
        }
        if mustResume { drained() }
        return elements
    }

    /// The reader has gone: the rest is thrown away. True when the reactor had stopped to wait.
    func abandon() -> (unfinished: Bool, paused: Bool) {
        state.withLock { state in
            state.abandoned = true
            state.ready = []
            return (state.end == nil, state.paused)
        }
    }
}

typealias RowFeed = Feed<Row>

extension Feed {
    func finish(_ outcome: GroupOutcome?) {
        switch outcome {
        case .failure(let error): finish(.failure(asCancellation(error)))
        case .success, nil: finish(.success(()))
        }
    }
}
