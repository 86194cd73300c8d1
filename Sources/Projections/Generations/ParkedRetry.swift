package import EventSourcing
internal import Application
package import Postgres

/// Folds parked events of the live read models once more, after what was in the way is gone.
///
/// An event that is folded late is right only where nothing later depended on it: when no event
/// after it that was folded changed or looked at a row that it changes or looks at. Then the rows
/// come out as if it had never been parked, as of every position. Otherwise it stays parked, and
/// the read models have to be built anew.
package struct ParkedRetry: Sendable {
    package enum Outcome: Sendable, Equatable {
        /// It changed so many rows, and is no longer parked.
        case folded(rows: Int)
        /// It still can't be folded.
        case failed(reason: String)
        /// The event at this position went on without it, with this row.
        case needsRebuild(later: Int64, row: String)
        case notParked
    }

    package struct Result: Sendable, Equatable {
        package let position: Int64
        package let outcome: Outcome
    }

    private let store: any EventStore
    private let generations: Generations
    private let fold: any ViewFold
    private let page = 500

    package init(store: any EventStore, pool: ConnectionPool) {
        self.init(store: store, pool: pool, fold: PatchflowFold())
    }

    init(store: any EventStore, pool: ConnectionPool, fold: any ViewFold) {
        self.store = store
        self.fold = fold
        generations = Generations(pool: pool)
    }

    /// Tries events in the order of the log, each in a transaction of its own.
    ///
    /// - Parameter positions: nil for all that are parked.
    /// - Throws: `GenerationRefusal` when this program has another definition than the read models.
    package func retry(_ positions: [Int64]? = nil) async throws -> [Result] {
        let wanted: [Int64]
        if let positions {
            wanted = positions
        } else {
            wanted = try await generations.parked(in: Int(live().number)).map(\.position)
        }
        var results: [Result] = []
        for position in Set(wanted).sorted() {
            results.append(Result(position: position, outcome: try await retry(position)))
        }
        return results
    }

    private func live() async throws -> Generation {
        let live = try await generations.live(definition: fold.definition)
        guard live.definition == fold.definition else {
            throw GenerationRefusal.otherDefinition(
                generation: Int(live.number), has: live.definition, program: fold.definition)
        }
        return live
    }

    private func retry(_ position: Int64) async throws -> Outcome {
        while true {
            let live = try await live()
            do {
                // Where others were made live meanwhile, it may be parked in those as well.
                if let outcome = try await retry(position, in: live) { return outcome }
            } catch let error as EventStoreError where error.code == .archiveMissing {
                return try await fail(position, live, error.message)
            }
        }
    }

    /// - Returns: nil when `live` isn't live any more.
    private func retry(_ position: Int64, in live: Generation) async throws -> Outcome? {
        guard var look = try await look(at: live) else { return nil }
        guard look.parked.contains(position) else { return .notParked }
        let event: RecordedEvent
        let keys: [ViewKey]
        switch try await store.readable(after: position - 1, limit: 1) {
        case .damaged(_, let error):
            return try await fail(position, live, "it can't be read: \(error.message)")
        case .events(let found):
            guard let first = found.first, first.position == position else { return .notParked }
            event = first
        }
        do {
            keys = try fold.keys(for: event)
        } catch {
            return try await fail(position, live, "\(event.type): \(error)")
        }
        var seen = position
        while true {
            if let obstacle = try await follower(of: keys, after: seen, look) { return obstacle }
            switch try await foldLate(event, keys, live, look.stand) {
            case .ended(let outcome): return outcome
            case .replaced: return nil
            case .overtaken: break
            }
            guard let next = try await self.look(at: live) else { return nil }
            // Events that were folded meanwhile are looked at as well; so is everything when some of
            // those that were passed over as parked aren't any more.
            seen = next.stand.lateFolds == look.stand.lateFolds ? look.stand.position : position
            look = next
        }
    }

    /// How far the live generation was, and what was parked then.
    private struct Look {
        let stand: Generation.Stand
        /// No event that was folded up to the stand is among them, as long as that is the same.
        let parked: Set<Int64>
    }

    /// - Returns: nil when the generation isn't there any more.
    private func look(at live: Generation) async throws -> Look? {
        // In this order: an event that is folded late in between counts as one that went on, and the
        // stand is another one then.
        guard let stand = try await live.stand() else { return nil }
        let parked = try await generations.parked(in: Int(live.number)).map(\.position)
        return Look(stand: stand, parked: Set(parked))
    }

    /// The first event that went on without one that has `keys`. Those that are parked haven't gone
    /// on with anything.
    private func follower(
        of keys: [ViewKey], after position: Int64, _ look: Look
    ) async throws -> Outcome? {
        let wanted = Set(keys)
        let last = look.stand.position
        var seen = position
        while seen < last {
            let events: [RecordedEvent]
            switch try await store.readable(after: seen, limit: page) {
            case .damaged(let damaged, _):
                // It may have been readable when it was folded.
                guard look.parked.contains(damaged) else {
                    return .needsRebuild(later: damaged, row: "rows that nobody can tell")
                }
                seen = damaged
                continue
            case .events(let found): events = found
            }
            guard let end = events.last else { return nil }
            for event in events
            where event.position <= last && !look.parked.contains(event.position) {
                let touched: [ViewKey]
                do {
                    touched = try fold.keys(for: event)
                } catch {
                    return .needsRebuild(
                        later: event.position, row: "rows that this program can't tell: \(error)")
                }
                if let key = touched.first(where: wanted.contains) {
                    return .needsRebuild(
                        later: event.position, row: "\(key.kind.rawValue) \(key.id)")
                }
            }
            seen = end.position
        }
        return nil
    }

    private enum Attempt {
        case ended(Outcome)
        /// Others folded meanwhile, events that follow or parked ones.
        case overtaken
        /// The generation is not the live one any more.
        case replaced
    }

    /// Everything else that folds into the generation waits meanwhile, or sees afterwards that it was
    /// overtaken.
    private func foldLate(
        _ event: RecordedEvent, _ keys: [ViewKey], _ live: Generation, _ stand: Generation.Stand
    ) async throws -> Attempt {
        do {
            return try await generations.pool.withTransaction { connection in
                let rows = try await connection.query(
                    """
                    select position, late_folds from patchflow.projections
                    where generation = \(live.number) and live for update
                    """)
                guard let row = rows.first else { return .replaced }
                let now = Generation.Stand(
                    position: try row.decode(at: 0), lateFolds: try row.decode(at: 1))
                guard now == stand else { return .overtaken }
                let unparked = try await connection.execute(
                    """
                    delete from patchflow.projection_parked
                    where generation = \(live.number) and position = \(event.position)
                    """)
                guard unparked == 1 else { return .ended(.notParked) }
                let (current, latest) = try await live.current(keys, on: connection)
                // The events that follow say that none did this.
                guard latest < event.position else {
                    throw Unfolded(
                        outcome: .needsRebuild(later: latest, row: "rows of this one"))
                }
                var folding = Folding(current: current)
                do {
                    try folding.apply(event, by: fold)
                } catch {
                    throw Unfolded(outcome: .failed(reason: "\(event.type): \(error)"))
                }
                try await live.write(folding.versions, on: connection)
                // What was found equal until now lacked it as well.
                try await connection.execute(
                    """
                    update patchflow.projections
                    set late_folds = late_folds + 1,
                        verified_position = case when verified_position < \(event.position)
                            then verified_position end,
                        verified_hash = case when verified_position < \(event.position)
                            then verified_hash end,
                        verified_at = case when verified_position < \(event.position)
                            then verified_at end
                    where generation = \(live.number)
                    """)
                return .ended(.folded(rows: folding.versions.count))
            }
        } catch let unfolded as Unfolded {
            guard case .failed(let reason) = unfolded.outcome else {
                return .ended(unfolded.outcome)
            }
            return .ended(try await fail(event.position, live, reason))
        }
    }

    /// Rolls the transaction back.
    private struct Unfolded: Error {
        let outcome: Outcome
    }

    private func fail(
        _ position: Int64, _ live: Generation, _ reason: String
    ) async throws -> Outcome {
        try await generations.pool.query(
            """
            update patchflow.projection_parked
            set reason = \(reason), retries = retries + 1, retried_at = clock_timestamp()
            where generation = \(live.number) and position = \(position)
            """)
        return .failed(reason: reason)
    }
}
