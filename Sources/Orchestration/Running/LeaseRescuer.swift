package import EventSourcing
package import Logging
internal import ServiceLifecycle
private import FoundationEssentials

/// Takes activities away from workers whose lease has run out. What that means for the asset is
/// recorded on its stream: a step that may have begun is never started again before a probe (I4).
package struct LeaseRescuer: Service {
    private let queue: any ActivityQueue
    private let handler: any ActivityHandler
    private let surroundings: Surroundings
    private let interval: Duration
    private let logger: Logger

    package init(
        queue: any ActivityQueue, handler: any ActivityHandler, surroundings: Surroundings,
        interval: Duration = .seconds(1), logger: Logger
    ) {
        self.queue = queue
        self.handler = handler
        self.surroundings = surroundings
        self.interval = interval
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await rescueOnce()
                try? await surroundings.sleep(interval)
            }
        }
    }

    private func rescueOnce() async {
        do {
            for activity in try await queue.expired(limit: 100) {
                do {
                    try await handler.rescue(activity)
                    logger.notice(
                        "took over from a worker that is gone",
                        metadata: ["activity": "\(activity.id)", "kind": "\(activity.kind)"])
                } catch AppendRefusal.staleClaim {
                    // It ended by itself, or another rescuer was first.
                    continue
                } catch {
                    logger.warning(
                        "cannot rescue an activity",
                        metadata: ["activity": "\(activity.id)", "error": "\(error)"])
                }
            }
        } catch {
            if !Task.isCancelled {
                logger.warning("cannot look for lost leases", metadata: ["error": "\(error)"])
            }
        }
    }
}
