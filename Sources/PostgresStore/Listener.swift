internal import EventSourcing
private import FoundationEssentials
private import Logging
internal import Postgres

/// Hears from other processes that there is news, and rings this process's bells.
struct Listener: Sendable {
    static let eventsChannel = "patchflow_events"
    static let workChannel = "patchflow_work"

    let events = LocalBell()
    let work = LocalBell()
    private let options: ConnectionOptions
    private let logger = Logger(label: "patchflow.listener")

    init(options: ConnectionOptions) {
        self.options = options
    }

    /// Until the task is cancelled. While the connection is away nothing is heard; everyone who
    /// waits also polls.
    func run() async {
        while !Task.isCancelled {
            do {
                try await listen()
            } catch {
                if Task.isCancelled { return }
                logger.warning("lost the notifications", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private func listen() async throws {
        let connection = try await Connection.open(options)
        let messages = connection.notifications
        do {
            try await connection.execute("listen \(identifier: Self.eventsChannel)")
            try await connection.execute("listen \(identifier: Self.workChannel)")
            // Whatever was said while nobody listened.
            events.ring()
            work.ring()
            for try await message in messages {
                if message.channel == Self.workChannel { work.ring() } else { events.ring() }
            }
        } catch {
            await connection.close()
            throw error
        }
        // The stream ends without an error only when the task is cancelled.
        await connection.close()
    }
}
