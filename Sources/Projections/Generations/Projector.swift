package import EventSourcing
internal import Application
package import Logging
package import Postgres
internal import ServiceLifecycle

/// Folds the log into the live read models. Several may run: the checkpoint decides who wins.
package struct Projector: Service {
    private let store: any EventStore
    private let pool: ConnectionPool
    private let generations: Generations
    private let fold: any ViewFold
    private let tries = Tries()
    private let page = 500
    private let poll: Duration
    private let logger: Logger
    /// Called when the read models have come further, with the position.
    private let advanced: @Sendable (Int64) -> Void

    package init(
        store: any EventStore, pool: ConnectionPool, poll: Duration = .seconds(1),
        logger: Logger, advanced: @escaping @Sendable (Int64) -> Void = { _ in }
    ) {
        self.init(
            store: store, pool: pool, fold: PatchflowFold(), poll: poll, logger: logger,
            advanced: advanced)
    }

    init(
        store: any EventStore, pool: ConnectionPool, fold: any ViewFold,
        poll: Duration = .seconds(1), logger: Logger,
        advanced: @escaping @Sendable (Int64) -> Void = { _ in }
    ) {
        self.store = store
        self.pool = pool
        self.fold = fold
        self.poll = poll
        self.logger = logger
        self.advanced = advanced
        generations = Generations(pool: pool)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var isCurrent = false
            while !Task.isCancelled {
                let seen = store.eventBell.rings
                do {
                    if !isCurrent {
                        try await renew()
                        isCurrent = true
                    }
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
        return try await advance(live, upTo: nil).mayBeMore
    }

    /// Read models of an older definition show the log in another way than this program does: they
    /// are built anew, while the old ones serve.
    private func renew() async throws {
        let live = try await generations.live(definition: fold.definition)
        guard live.definition < fold.definition else { return }
        logger.notice(
            "building the read models anew",
            metadata: ["from": "\(live.definition)", "to": "\(fold.definition)"])
        _ = try await Rebuild(store: store, pool: pool, fold: fold, logger: logger).replace()
    }

    struct Advance {
        /// How many events were folded or parked.
        var events = 0
        var mayBeMore = false
    }

    func advance(_ generation: Generation, upTo last: Int64?) async throws -> Advance {
        guard let old = try await generation.position() else { return Advance() }
        var events: [RecordedEvent]
        switch try await store.readable(after: old, limit: page) {
        case .events(let found): events = found
        case .damaged(let position, let error):
            if let last, position > last { return Advance() }
            return try await passOver(position, error, generation)
        }
        if let last { events.removeAll { $0.position > last } }
        if events.isEmpty { return Advance() }
        var folding = Folding(current: try await generation.current(keys(of: events)))
        var progress = Advance(mayBeMore: true)
        var obstacle: Int?
        for event in events {
            do {
                try folding.apply(event, by: fold)
            } catch {
                obstacle = tries.count(event.position, in: generation)
                guard obstacle == nil else { break }
                park(event, error, &folding)
            }
            progress.events += 1
        }
        if progress.events > 0 {
            let new = events[progress.events - 1].position
            let isFirst = try await generation.store(
                folding.versions, parked: folding.parked, from: old, to: new)
            if isFirst { advanced(new) }
        }
        // Perhaps a passing fault, or something that a newer program on another machine can read.
        if let obstacle { try await Task.sleep(for: .milliseconds(50 * obstacle)) }
        return progress
    }

    /// An event that can't be read is parked as one that can't be folded.
    private func passOver(
        _ position: Int64, _ error: EventStoreError, _ generation: Generation
    ) async throws -> Advance {
        if let obstacle = tries.count(position, in: generation) {
            try await Task.sleep(for: .milliseconds(50 * obstacle))
            return Advance(mayBeMore: true)
        }
        logger.error(
            "an event can't be read and is parked",
            metadata: ["position": "\(position)", "reason": "\(error)"])
        let parked = Folding.Parked(position: position, reason: error.message)
        let isFirst = try await generation.store(
            [], parked: [parked], from: position - 1, to: position)
        if isFirst { advanced(position) }
        return Advance(events: 1, mayBeMore: true)
    }

    private func keys(of events: [RecordedEvent]) -> [ViewKey] {
        var keys: Set<ViewKey> = []
        for event in events {
            // One that can't be read needs no rows: folding it fails, and says why.
            if let wanted = try? fold.keys(for: event) { keys.formUnion(wanted) }
        }
        return keys.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
    }

    private func park(_ event: RecordedEvent, _ error: any Error, _ folding: inout Folding) {
        folding.park(event, error)
        logger.error(
            "an event could not be folded into the read models and is parked",
            metadata: [
                "position": "\(event.position)", "stream": "\(event.stream)",
                "type": "\(event.type)", "reason": "\(error)",
            ])
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
