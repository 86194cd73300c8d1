package import EventSourcing
package import Logging
internal import ServiceLifecycle
private import FoundationEssentials
private import Synchronization

/// Claims activities and runs them, as many at a time as it is allowed to.
///
/// Its lease covers everything that it holds. When it can't renew, it stops claiming, stops waiting
/// for what runs, and comes back under a new id; the hosts' own records see to it that nothing
/// runs twice (I4), and whoever holds the activity then asks them.
package struct Worker: Service {
    package struct Settings: Sendable {
        package var name: String
        package var queues: [String] = ["default"]
        package var concurrency = 32
        package var lease: Duration = .seconds(15)
        package var poll: Duration = .seconds(1)

        package init(name: String) {
            self.name = name
        }
    }

    private let settings: Settings
    private let queue: any ActivityQueue
    private let handler: any ActivityHandler
    private let surroundings: Surroundings
    private let logger: Logger
    private let retry = Backoff(first: .milliseconds(500), most: .seconds(30))

    package init(
        settings: Settings, queue: any ActivityQueue, handler: any ActivityHandler,
        surroundings: Surroundings, logger: Logger
    ) {
        self.settings = settings
        self.queue = queue
        self.handler = handler
        self.surroundings = surroundings
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await liveOneLife()
            }
        }
    }

    /// From registering until the lease is lost or the process ends.
    private func liveOneLife() async {
        let id = surroundings.newID()
        do {
            try await queue.heartbeat(
                worker: id, name: settings.name, lease: settings.lease)
        } catch {
            logger.warning("cannot register this worker", metadata: ["error": "\(error)"])
            try? await surroundings.sleep(settings.poll)
            return
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await renew(id) }
            group.addTask { await claimAndRun(id) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns when the lease can't be renewed any more.
    private func renew(_ id: UUID) async {
        let clock = ContinuousClock()
        var deadline = clock.now + settings.lease
        while clock.now < deadline {
            do {
                try await surroundings.sleep(settings.lease / 4)
                // The lease runs from before the call: the database may have taken it early.
                let asked = clock.now
                try await queue.heartbeat(
                    worker: id, name: settings.name, lease: settings.lease)
                deadline = asked + settings.lease
            } catch is CancellationError {
                return
            } catch ActivityQueueError.workerExpired {
                logger.error("this worker's lease ran out: starting anew under another id")
                return
            } catch {
                logger.warning("cannot renew the lease", metadata: ["error": "\(error)"])
            }
        }
        logger.error("this worker could not renew in time: starting anew under another id")
    }

    private func claimAndRun(_ id: UUID) async {
        let room = Room(settings.concurrency)
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let seen = queue.workBell.rings
                let seenFreed = room.freed.rings
                let wanted = room.free
                guard wanted > 0 else {
                    await surroundings.wait(
                        for: room.freed, past: seenFreed, atMost: settings.poll)
                    continue
                }
                let claimed = await claim(id, wanted)
                for activity in claimed {
                    room.take()
                    group.addTask {
                        await runOne(activity)
                        room.giveBack()
                    }
                }
                if claimed.count < wanted {
                    await surroundings.wait(
                        for: queue.workBell, past: seen, atMost: settings.poll)
                }
            }
        }
    }

    private func claim(_ id: UUID, _ room: Int) async -> [ClaimedActivity] {
        do {
            return try await queue.claim(worker: id, queues: settings.queues, limit: room)
        } catch {
            if !Task.isCancelled {
                logger.warning("cannot claim work", metadata: ["error": "\(error)"])
            }
            return []
        }
    }

    private func runOne(_ activity: ClaimedActivity) async {
        do {
            try await handler.run(activity)
        } catch AppendRefusal.staleClaim {
            logger.notice(
                "the activity was taken away meanwhile", metadata: ["activity": "\(activity.id)"])
        } catch let putBack as PutBack {
            // What stands in the way may stand there for hours: ask less and less often.
            let patient = min(putBack.delay * max(1, activity.tries), .seconds(10))
            await giveBack(activity, after: max(putBack.delay, patient), putBack.reason)
        } catch is CancellationError {
            logger.notice(
                "stopped waiting; the host goes on", metadata: ["activity": "\(activity.id)"])
        } catch {
            logger.warning(
                "an activity failed and is tried again",
                metadata: [
                    "activity": "\(activity.id)", "kind": "\(activity.kind)", "error": "\(error)",
                ])
            await giveBack(
                activity, after: retry.delay(afterTry: activity.tries), "\(error)")
        }
    }

    private func giveBack(
        _ activity: ClaimedActivity, after delay: Duration, _ reason: String
    ) async {
        do {
            try await queue.release(activity.claim, after: delay, reason: reason)
        } catch {
            // The rescuer finds it when this worker's lease is gone.
            logger.warning(
                "cannot give an activity back",
                metadata: ["activity": "\(activity.id)", "error": "\(error)"])
        }
    }
}

/// How much of a worker's concurrency is free.
private final class Room: Sendable {
    private let taken = Mutex(0)
    private let size: Int
    let freed = LocalBell()

    init(_ size: Int) {
        self.size = size
    }

    var free: Int { taken.withLock { size - $0 } }

    func take() { taken.withLock { $0 += 1 } }

    func giveBack() {
        taken.withLock { $0 -= 1 }
        freed.ring()
    }
}
