import Synchronization

/// Makes a session.
struct Connector {
    private let options: ConnectionOptions
    private let reactor: Reactor

    init(_ options: ConnectionOptions, _ reactor: Reactor) {
        self.options = options
        self.reactor = reactor
    }

    func connect() async throws -> Session {
        try Task.checkCancellation()
        let attempt = ConnectAttempt(reactor: reactor, options: options)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation {
                (continuation: CheckedContinuation<Result<Session, PostgresError>, Never>) in
                reactor.perform {
                    attempt.start(overrides: []) { continuation.resume(returning: $0) }
                }
            }
        } onCancel: {
            reactor.perform { attempt.cancel() }
        }
        switch result {
        case .success(let session): return session
        case .failure(let error): throw asCancellation(error)
        }
    }
}
