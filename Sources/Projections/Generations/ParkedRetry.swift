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
        let live = try await generations.live(definition: fold.definition)
        guard live.definition == fold.definition else {
            throw GenerationRefusal.otherDefinition(
                generation: Int(live.number), has: live.definition, program: fold.definition)
        }
        let parked = try await generations.parked(in: Int(live.number)).map(\.position)
        var results: [Result] = []
        for position in Set(positions ?? parked).sorted() {
            let outcome =
                parked.contains(position)
                ? try await retry(position, live, besides: Set(parked)) : .notParked
            results.append(Result(position: position, outcome: outcome))
        }
        return results
    }

    private func retry(
        _ position: Int64, _ live: Generation, besides parked: Set<Int64>
    ) async throws -> Outcome {
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
            guard let reached = try await live.position() else { return .notParked }
            if let obstacle = try await follower(of: keys, after: seen, upTo: reached, parked) {
                return obstacle
            }
            seen = reached
            switch try await foldLate(event, keys, live, at: reached) {
            case .some(let outcome): return outcome
            // Others were folded meanwhile: look at those as well.
            case nil: continue
            }
        }
    }

    /// The first event that went on without one that has `keys`. Those that are parked haven't gone
    /// on with anything.
    private func follower(
        of keys: [ViewKey], after position: Int64, upTo last: Int64, _ parked: Set<Int64>
    ) async throws -> Outcome? {
        let wanted = Set(keys)
        var seen = position
        while seen < last {
            let events: [RecordedEvent]
            switch try await store.readable(after: seen, limit: page) {
            case .damaged(let damaged, _):
                // It may have been readable when it was folded.
                guard parked.contains(damaged) else {
                    return .needsRebuild(later: damaged, row: "rows that nobody can tell")
                }
                seen = damaged
                continue
            case .events(let found): events = found
            }
            guard let end = events.last else { return nil }
            for event in events where event.position <= last && !parked.contains(event.position) {
                let touched = try fold.keys(for: event)
                if let key = touched.first(where: wanted.contains) {
                    return .needsRebuild(
                        later: event.position, row: "\(key.kind.rawValue) \(key.id)")
                }
            }
            seen = end.position
        }
        return nil
    }

    /// - Returns: nil when the generation is no longer at `reached`.
    private func foldLate(
        _ event: RecordedEvent, _ keys: [ViewKey], _ live: Generation, at reached: Int64
    ) async throws -> Outcome? {
        do {
            return try await generations.pool.withTransaction { connection in
                let rows = try await connection.query(
                    """
                    select position from patchflow.projections
                    where generation = \(live.number) and live for update
                    """)
                guard let row = rows.first else { return .notParked }
                guard try row.decode(Int64.self, at: 0) == reached else { return nil }
                let unparked = try await connection.execute(
                    """
                    delete from patchflow.projection_parked
                    where generation = \(live.number) and position = \(event.position)
                    """)
                guard unparked == 1 else { return .notParked }
                let (current, latest) = try await live.current(keys, on: connection)
                // Another one that was parked later was folded late a moment ago.
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
                    set verified_position = null, verified_hash = null, verified_at = null
                    where generation = \(live.number) and verified_position >= \(event.position)
                    """)
                return .folded(rows: folding.versions.count)
            }
        } catch let unfolded as Unfolded {
            guard case .failed(let reason) = unfolded.outcome else { return unfolded.outcome }
            return try await fail(event.position, live, reason)
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
