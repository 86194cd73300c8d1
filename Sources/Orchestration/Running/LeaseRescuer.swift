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

    /// Until none is left that can be rescued.
    private func rescueOnce() async {
        do {
            while !Task.isCancelled {
                let expired = try await queue.expired(limit: Self.page)
                let rescued = await rescue(expired)
                if rescued < Self.page { return }
            }
        } catch {
            if !Task.isCancelled {
                logger.warning("cannot look for lost leases", metadata: ["error": "\(error)"])
            }
        }
    }

    private static let page = 200

    /// - Returns: How many are settled, by this process or by another.
    private func rescue(_ activities: [ClaimedActivity]) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for activity in activities { group.addTask { await rescue(activity) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    private func rescue(_ activity: ClaimedActivity) async -> Bool {
        do {
            try await handler.rescue(activity)
            logger.notice(
                "took over from a worker that is gone",
                metadata: ["activity": "\(activity.id)", "kind": "\(activity.kind)"])
            return true
        } catch AppendRefusal.staleClaim {
            // It ended by itself, or another rescuer was first.
            return true
        } catch {
            logger.warning(
                "cannot rescue an activity",
                metadata: ["activity": "\(activity.id)", "error": "\(error)"])
            return false
        }
    }
}
