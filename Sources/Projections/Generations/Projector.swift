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
            var complaint: String?
            while !Task.isCancelled {
                let seen = store.eventBell.rings
                do {
                    if !isCurrent {
                        try await renew()
                        isCurrent = true
                    }
                    let isFolded = try await projectOnce()
                    complaint = nil
                    if isFolded { continue }
                } catch {
                    if Task.isCancelled { return }
                    // Said once, however often it is tried.
                    if complaint != "\(error)" { complain(of: error) }
                    complaint = "\(error)"
                }
                await wait(past: seen)
            }
        }
    }

    private func complain(of error: any Error) {
        switch error {
        case is NewerThanProgram:
            logger.error("the read models stand still", metadata: ["reason": "\(error)"])
        default: logger.warning("cannot project", metadata: ["error": "\(error)"])
        }
    }

    /// Folds the next page of the log.
    ///
    /// - Returns: false when there is nothing more.
    /// - Throws: `NewerThanProgram` where only a newer program can go on.
    @discardableResult
    package func projectOnce() async throws -> Bool {
        let live = try await generations.live(definition: fold.definition)
        // Rows of two definitions in one generation would be rows of none.
        guard live.definition == fold.definition else {
            throw NewerThanProgram.definition(live.definition, program: fold.definition)
        }
        return try await advance(live, upTo: nil).mayBeMore
    }

    /// Read models of an older definition show the log in another way than this program does: they
    /// are built anew, while the old ones serve.
    private func renew() async throws {
        try await generations.dropAbandoned()
        let live = try await generations.live(definition: fold.definition)
        guard live.definition < fold.definition else { return }
        logger.notice(
            "building the read models anew",
            metadata: ["from": "\(live.definition)", "to": "\(fold.definition)"])
        // What is parked has been said, and nobody is there to be asked.
        _ = try await Rebuild(store: store, pool: pool, fold: fold, logger: logger)
            .replace(acceptingParked: true)
    }

    struct Advance {
        /// How many events were folded or parked.
        var events = 0
        /// How far the generation has come; nil when it isn't there any more.
        var position: Int64?
        var mayBeMore = false
    }

    func advance(_ generation: Generation, upTo last: Int64?) async throws -> Advance {
        // Before the rows are read: what is stored counts only if they are still the same.
        guard let old = try await generation.stand() else { return Advance() }
        var events: [RecordedEvent]
        switch try await store.readable(after: old.position, limit: page) {
        case .events(let found): events = found
        case .damaged(let position, let error):
            if let last, position > last { return Advance(position: old.position) }
            return try await passOver(position, error, generation, old)
        }
        if let last { events.removeAll { $0.position > last } }
        if events.isEmpty { return Advance(position: old.position) }
        var folding = Folding(current: try await generation.current(keys(of: events)))
        var progress = Advance(position: old.position, mayBeMore: true)
        var obstacle: Int?
        for event in events {
            do {
                try folding.apply(event, by: fold)
            } catch let error as EventCodingError where error.isNewer {
                // Nothing is wrong with it, so it isn't parked.
                if progress.events > 0 { break }
                throw NewerThanProgram.event(event.position, error)
            } catch {
                obstacle = tries.count(event.position, in: generation)
                guard obstacle == nil else { break }
                folding.park(event, error)
            }
            progress.events += 1
        }
        if progress.events > 0 {
            let new = events[progress.events - 1].position
            let isFirst = try await generation.store(
                folding.versions, parked: folding.parked, from: old, to: new)
            progress.position = new
            if isFirst { tell(of: folding.parked, new, generation) }
        }
        // Perhaps a passing fault, or something that a newer program on another machine can read.
        if let obstacle { try await Task.sleep(for: .milliseconds(50 * obstacle)) }
        return progress
    }

    /// An event that can't be read is parked as one that can't be folded.
    private func passOver(
        _ position: Int64, _ error: EventStoreError, _ generation: Generation,
        _ old: Generation.Stand
    ) async throws -> Advance {
        if let obstacle = tries.count(position, in: generation) {
            try await Task.sleep(for: .milliseconds(50 * obstacle))
            return Advance(position: old.position, mayBeMore: true)
        }
        let parked = [
            Folding.Parked(position: position, reason: "it can't be read: \(error.message)")
        ]
        let isFirst = try await generation.store(
            [], parked: parked, from: old, to: position)
        if isFirst { tell(of: parked, position, generation) }
        return Advance(events: 1, position: position, mayBeMore: true)
    }

    /// Of each event that is parked, one projector tells once: the one that has stored it.
    private func tell(
        of parked: [Folding.Parked], _ position: Int64, _ generation: Generation
    ) {
        for event in parked {
            logger.error(
                "an event could not be folded into the read models and is parked",
                metadata: [
                    "generation": "\(generation.number)", "position": "\(event.position)",
                    "stream": "\(event.stream?.text ?? "unknown")", "reason": "\(event.reason)",
                    "do": "see 'patchflow projection parked'",
                ])
        }
        advanced(position)
    }

    private func keys(of events: [RecordedEvent]) -> [ViewKey] {
        var keys: Set<ViewKey> = []
        for event in events {
            // One that can't be read needs no rows: folding it fails, and says why.
            if let wanted = try? fold.keys(for: event) { keys.formUnion(wanted) }
        }
        return keys.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
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

/// Something that only a newer version of this program can fold: the read models wait for it, and
/// stay right.
enum NewerThanProgram: Error, CustomStringConvertible {
    case event(Int64, EventCodingError)
    /// Of the live generation; or an older one that was made live by hand.
    case definition(Int, program: Int)

    var description: String {
        switch self {
        case .event(let position, let error): "event \(position): \(error)"
        case .definition(let live, let program):
            "the live read models have definition \(live), this program \(program): run 'project' "
                + "of the version of patchflow that has \(live), or 'patchflow projection rebuild'"
        }
    }
}
