package import EventSourcing
package import Logging
internal import ServiceLifecycle

/// Destroys keys of people who were erased, wherever a process died between the event and the key: at
/// once when it starts, and every few minutes, since keys may come back with a backup.
package struct ErasureFinisher: Service {
    private let surroundings: Surroundings
    private let interval: Duration
    private let finish: @Sendable () async throws -> [StreamID]
    private let logger: Logger

    /// - Parameter finish: Answers whose keys it has destroyed.
    package init(
        surroundings: Surroundings, interval: Duration = .seconds(300),
        finish: @escaping @Sendable () async throws -> [StreamID], logger: Logger
    ) {
        self.surroundings = surroundings
        self.interval = interval
        self.finish = finish
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let isDone = await finishOnce()
                try? await surroundings.sleep(isDone ? interval : .seconds(5))
            }
        }
    }

    /// - Returns: False when it couldn't be looked, as while the database starts.
    private func finishOnce() async -> Bool {
        do {
            for person in try await finish() {
                logger.notice(
                    "destroyed the key of somebody who was erased",
                    metadata: ["person": "\(person)"])
            }
            return true
        } catch {
            if !Task.isCancelled {
                logger.error(
                    "cannot look for keys that are to be destroyed; it is tried again",
                    metadata: ["error": "\(error)"])
            }
            return false
        }
    }
}
