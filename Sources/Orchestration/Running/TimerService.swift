package import EventSourcing
package import Logging
internal import ServiceLifecycle
private import FoundationEssentials

/// Fires timers whose moment has come, by the database's clock. Several may run: the append uses
/// the timer up, so it fires once.
package struct TimerService: Service {
    private let queue: any ActivityQueue
    private let handler: any ActivityHandler
    private let surroundings: Surroundings
    private let poll: Duration
    private let logger: Logger

    package init(
        queue: any ActivityQueue, handler: any ActivityHandler, surroundings: Surroundings,
        poll: Duration = .seconds(1), logger: Logger
    ) {
        self.queue = queue
        self.handler = handler
        self.surroundings = surroundings
        self.poll = poll
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let seen = queue.workBell.rings
                let wait = await fireDue()
                await surroundings.wait(for: queue.workBell, past: seen, atMost: wait)
            }
        }
    }

    /// - Returns: How long to wait for the next one, at most `poll`.
    private func fireDue() async -> Duration {
        do {
            let due = try await queue.dueTimers(limit: 100)
            let fired = await withTaskGroup(of: Bool.self) { group in
                for timer in due { group.addTask { await fire(timer) } }
                return await group.reduce(true) { $0 && $1 }
            }
            // A timer that could not fire is due still: never spin on it.
            guard fired else { return poll }
            let next = try await queue.untilNextDue() ?? poll
            return min(max(next, .milliseconds(20)), poll)
        } catch {
            if !Task.isCancelled {
                logger.warning("cannot look for due timers", metadata: ["error": "\(error)"])
            }
            return poll
        }
    }

    /// - Returns: Whether it is settled, by this process or by another.
    private func fire(_ timer: DueTimer) async -> Bool {
        do {
            try await handler.fire(timer)
            return true
        } catch AppendRefusal.staleClaim {
            // Another process was first, or the stream took it back.
            return true
        } catch {
            logger.warning(
                "cannot fire a timer",
                metadata: [
                    "stream": "\(timer.stream)", "timer": "\(timer.name)", "error": "\(error)",
                ])
            return false
        }
    }
}
