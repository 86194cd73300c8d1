package import EventSourcing
package import Logging
package import Postgres
internal import Application
private import Foundation
internal import ServiceLifecycle

/// Folds the log into the live read models. Several may run: the checkpoint decides who wins.
package struct Projector: Service {
    private let store: any EventStore
    private let generations: Generations
    private let fold: any ViewFold
    private let page = 500
    private let poll: Duration
    private let logger: Logger
    /// Called when the read models have come further, with the position.
    private let advanced: @Sendable (Int64) -> Void

    package init(
        store: any EventStore, pool: ConnectionPool, poll: Duration = .seconds(1),
        logger: Logger, advanced: @escaping @Sendable (Int64) -> Void = { _ in }
    ) {
        self.store = store
        self.poll = poll
        self.logger = logger
        self.advanced = advanced
        fold = PatchflowFold()
        generations = Generations(pool: pool)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let seen = store.eventBell.rings
                do {
                    if try await projectOnce() { continue }
                } catch {
                    if Task.isCancelled { return }
                    logger.warning("cannot project", metadata: ["error": "\(error)"])
                }
                await wait(past: seen)
            }
        }
    }

    /// Folds the next page of the log.
    ///
    /// - Returns: false when there is nothing more.
    @discardableResult
    package func projectOnce() async throws -> Bool {
        let live = try await generations.live(definition: fold.definition)
        return try await advance(live, upTo: nil) > 0
    }

    /// - Returns: How many events were folded.
    func advance(_ generation: Generation, upTo last: Int64?) async throws -> Int {
        guard let old = try await generation.position() else { return 0 }
        var events = try await store.read(after: old, limit: page)
        if let last { events.removeAll { $0.position > last } }
        guard let new = events.last?.position else { return 0 }
        var keys: Set<ViewKey> = []
        for event in events {
            // One that can't be read is parked by the folding below.
            if let wanted = try? fold.keys(for: event) { keys.formUnion(wanted) }
        }
        let sorted = keys.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
        var folding = Folding(current: try await generation.current(sorted))
        for event in events { folding.apply(event, by: fold) }
        for parked in folding.parked {
            logger.error(
                "an event could not be folded into the read models and is parked",
                metadata: ["position": "\(parked.position)", "reason": "\(parked.reason)"])
        }
        let stored = try await generation.store(
            folding.versions, parked: folding.parked, from: old, to: new)
        if stored { advanced(new) }
        return events.count
    }

    private func wait(past seen: UInt64) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await store.eventBell.wait(past: seen) }
            group.addTask { try? await Task.sleep(for: poll) }
            await group.next()
            group.cancelAll()
        }
    }
}
