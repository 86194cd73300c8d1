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
        var deadline = surroundings.instant() + settings.lease
        while surroundings.instant() < deadline {
            do {
                try await surroundings.sleep(settings.lease / 4)
                // The lease runs from before the call: the database may have taken it early.
                let asked = surroundings.instant()
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
                let claimed = await claim(id, wanted, room) + forgotten(by: room, id)
                for activity in claimed where room.take(activity) {
                    group.addTask {
                        if await !runOne(activity) { room.doubt(at: surroundings.instant()) }
                        room.giveBack(activity)
                    }
                }
                if claimed.count < wanted {
                    await surroundings.wait(
                        for: queue.workBell, past: seen, atMost: settings.poll)
                }
            }
        }
    }

    private func claim(_ id: UUID, _ wanted: Int, _ room: Room) async -> [ClaimedActivity] {
        do {
            return try await queue.claim(worker: id, queues: settings.queues, limit: wanted)
        } catch {
            // Only the answer was lost, perhaps.
            room.doubt(at: surroundings.instant())
            if !Task.isCancelled {
                logger.warning("cannot claim work", metadata: ["error": "\(error)"])
            }
            return []
        }
    }

    /// What this worker holds and doesn't work on, after an answer of the queue was lost: as long as
    /// this worker lives, nobody else would ever take it over.
    private func forgotten(by room: Room, _ id: UUID) async -> [ClaimedActivity] {
        guard let doubt = room.doubted else { return [] }
        do {
            let asked = surroundings.instant()
            let held = try await queue.held(by: id)
            // What was on its way when the answer was lost may be committed a while later.
            if asked - doubt > settings.lease { room.settle(doubt) }
            return held.filter { !room.has($0) }
        } catch {
            return []
        }
    }

    /// - Returns: false when it may still be held, and nobody works on it.
    private func runOne(_ activity: ClaimedActivity) async -> Bool {
        do {
            try await handler.run(activity)
        } catch AppendRefusal.staleClaim {
            logger.notice(
                "the activity was taken away meanwhile", metadata: ["activity": "\(activity.id)"])
            // Or it is still held, and another attempt on the asset has had a higher fence: then it
            // must be claimed anew. Of what was taken away nothing is given back.
            return await giveBack(activity, after: retry.first, "the claim was refused")
        } catch let putBack as PutBack {
            // What stands in the way may stand there for hours: ask less and less often.
            let patient = min(putBack.delay * max(1, activity.tries), .seconds(10))
            return await giveBack(
                activity, after: max(putBack.delay, patient), putBack.reason, putBack.scope)
        } catch is CancellationError {
            logger.notice(
                "stopped waiting; the host goes on", metadata: ["activity": "\(activity.id)"])
        } catch {
            logger.warning(
                "an activity failed and is tried again",
                metadata: [
                    "activity": "\(activity.id)", "kind": "\(activity.kind)", "error": "\(error)",
                ])
            return await giveBack(
                activity, after: retry.delay(afterTry: activity.tries), "\(error)")
        }
        return true
    }

    private func giveBack(
        _ activity: ClaimedActivity, after delay: Duration, _ reason: String,
        _ scope: String? = nil
    ) async -> Bool {
        do {
            try await queue.release(
                activity.claim, after: delay, reason: reason, until: scope)
            return true
        } catch {
            logger.warning(
                "cannot give an activity back",
                metadata: ["activity": "\(activity.id)", "error": "\(error)"])
            return false
        }
    }
}

/// How much of a worker's concurrency is free.
private final class Room: Sendable {
    /// The activities that take it, by their fences.
    private let taken = Mutex(Set<Int64>())
    private let doubts = Mutex(ContinuousClock.Instant?.none)
    private let size: Int
    let freed = LocalBell()

    init(_ size: Int) {
        self.size = size
    }

    var free: Int { taken.withLock { size - $0.count } }

    /// When an answer of the queue was lost last; nil when all of them are known.
    var doubted: ContinuousClock.Instant? { doubts.withLock { $0 } }

    func doubt(at moment: ContinuousClock.Instant) { doubts.withLock { $0 = moment } }

    func settle(_ doubt: ContinuousClock.Instant) {
        doubts.withLock { if $0 == doubt { $0 = nil } }
    }

    func has(_ activity: ClaimedActivity) -> Bool {
        taken.withLock { $0.contains(activity.claim.fence) }
    }

    /// - Returns: false when it is taken by that activity already.
    func take(_ activity: ClaimedActivity) -> Bool {
        taken.withLock { $0.insert(activity.claim.fence).inserted }
    }

    func giveBack(_ activity: ClaimedActivity) {
        taken.withLock { _ = $0.remove(activity.claim.fence) }
        freed.ring()
    }
}
