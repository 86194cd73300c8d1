package import EventSourcing
package import Logging
package import Postgres

/// Builds the read models anew beside the live ones, to prove them (I12) or to replace them.
///
/// One fold, not one for each of several shards: a rollout's events, those of its deployments, their
/// assets and their patch meet in the same rows, so the greater part of a log would be one shard.
/// Measured over 66,000 events of a simulated fleet on two busy cores, 1,500 events a second were
/// folded: 0.33 ms of each is the folding here, 0.21 ms PostgreSQL's work. Were both to run at the
/// same time, that would be a half more; dividing the folding alone gains less than reading each
/// document once a page instead of once an event would.
package struct Rebuild: Sendable {
    package struct Report: Sendable {
        /// Which was compared with the live one.
        package let generation: Int
        /// How many were folded.
        package fileprivate(set) var events: Int
        /// Up to where both were compared.
        package let position: Int64
        /// Of the live one, and of the other, at `position`.
        package let live: StateHash
        package let other: StateHash
        /// Rows that aren't the same, at most 20, in words; empty when both are equal, and when they
        /// were made by different definitions.
        package let differences: [String]
        /// Events up to `position` that could not be folded.
        package let liveParked: Int
        package let otherParked: Int

        package var isEqual: Bool { live == other }
    }

    /// How far the folding is.
    package struct Progress: Sendable, Equatable {
        package let position: Int64
        package let target: Int64
    }

    let generations: Generations
    let projector: Projector
    let fold: any ViewFold
    private let store: any EventStore
    /// Called after every page.
    private let progress: @Sendable (Progress) -> Void

    package init(
        store: any EventStore, pool: ConnectionPool, logger: Logger,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.init(
            store: store, pool: pool, fold: PatchflowFold(), logger: logger, progress: progress)
    }

    init(
        store: any EventStore, pool: ConnectionPool, fold: any ViewFold, logger: Logger,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.store = store
        self.fold = fold
        self.progress = progress
        generations = Generations(pool: pool)
        projector = Projector(store: store, pool: pool, fold: fold, logger: logger)
    }

    /// Folds the log anew up to where the live ones stand, and compares byte for byte.
    package func verify() async throws -> Report {
        let live = try await generations.live(definition: fold.definition)
        let target = try await live.position() ?? 0
        return try await beside(.verify) { rebuilt in
            let events = try await fill(rebuilt, upTo: target)
            let stand = try await stand(of: live)
            let report = try await compare(live, rebuilt, at: target, events: events)
            if report.isEqual {
                try await generations.remember(report.live, of: live, since: stand)
            }
            try await generations.drop(rebuilt)
            return report
        }
    }

    /// Folds the log anew, catches up with the live generation, compares, and becomes the live one.
    /// What differed is repaired by that; the one before stays for a way back.
    ///
    /// - Parameter acceptingParked: Also when it lacks events that the live one has.
    /// - Throws: `GenerationRefusal`; nothing has changed then.
    package func replace(acceptingParked: Bool = false) async throws -> Report {
        let live = try await generations.live(definition: fold.definition)
        return try await beside(.replace) { rebuilt in
            try await changeOver(from: live, to: rebuilt, acceptingParked)
        }
    }

    /// Brings an earlier generation up to date and makes it the live one again.
    ///
    /// - Parameter number: nil for the one that was replaced last.
    /// - Throws: `GenerationRefusal`; nothing has changed then.
    package func goBack(
        to number: Int? = nil, acceptingParked: Bool = false
    ) async throws -> Report {
        let live = try await generations.live(definition: fold.definition)
        let former = try await former(number)
        guard former.definition == fold.definition else {
            throw GenerationRefusal.otherDefinition(
                generation: former.generation, has: former.definition, program: fold.definition)
        }
        let next = Generation(
            number: Int32(clamping: former.generation), definition: former.definition,
            pool: generations.pool)
        return try await changeOver(from: live, to: next, acceptingParked)
    }

    private func former(_ number: Int?) async throws -> GenerationStatus {
        let all = try await generations.all()
        guard let number else {
            // Those of a time before this was recorded come last, the latest of them first.
            let formers = all.filter { $0.state == .former }
            let latest = formers.max {
                ($0.replacedAt?.microseconds ?? 0, $0.generation)
                    < ($1.replacedAt?.microseconds ?? 0, $1.generation)
            }
            guard let latest else { throw GenerationRefusal.noFormer }
            return latest
        }
        guard let found = all.first(where: { $0.generation == number }) else {
            throw GenerationRefusal.unknown(number)
        }
        switch found.state {
        case .former: return found
        case .live: throw GenerationRefusal.isLive(number)
        case .building, .abandoned: throw GenerationRefusal.isBeingBuilt(number)
        }
    }

    /// Folds into `next` until it is where `live` is, compares, and changes over in one transaction.
    private func changeOver(
        from live: Generation, to next: Generation, _ acceptingParked: Bool
    ) async throws -> Report {
        var events = try await fill(next, upTo: nil)
        let stand = try await stand(of: next)
        let common = min(stand.position, try await live.position() ?? 0)
        var report = try await compare(live, next, at: common, events: events)
        if report.isEqual {
            try await generations.remember(report.other, of: next, since: stand)
        }
        while true {
            let flip = try await generations.flip(
                from: live, to: next, acceptingParked: acceptingParked)
            switch flip {
            case .done:
                report.events = events
                return report
            case .isBehind: events += try await fill(next, upTo: nil)
            case .isLate: throw GenerationRefusal.isLate
            case .lacks(let events):
                throw GenerationRefusal.lacks(generation: Int(next.number), events: events)
            }
        }
    }

    private func beside(
        _ purpose: GenerationStatus.Purpose, _ body: (Generation) async throws -> Report
    ) async throws -> Report {
        try await generations.dropAbandoned()
        return try await generations.build(
            for: purpose, definition: fold.definition, body)
    }

    /// Their state hashes say whether both are the same; only when they aren't are rows compared.
    private func compare(
        _ live: Generation, _ other: Generation, at position: Int64, events: Int
    ) async throws -> Report {
        let hash = try await live.stateHash(at: position)
        let otherHash = try await other.stateHash(at: position)
        // Of two definitions every row differs, which says nothing.
        let isComparable = hash != otherHash && live.definition == other.definition
        return Report(
            generation: Int(other.number), events: events, position: position, live: hash,
            other: otherHash,
            differences: isComparable
                ? try await generations.differences(live, other, at: position, limit: 20) : [],
            liveParked: try await generations.parkedCount(in: live, upTo: position),
            otherParked: try await generations.parkedCount(in: other, upTo: position))
    }

    private func fill(_ generation: Generation, upTo last: Int64?) async throws -> Int {
        let target = if let last { last } else { try await store.head() }
        try await generations.aim(generation, at: target)
        var total = 0
        while true {
            let advance = try await projector.advance(generation, upTo: last)
            guard let position = advance.position else {
                throw GenerationRefusal.isGone(Int(generation.number))
            }
            total += advance.events
            progress(Progress(position: position, target: max(position, target)))
            if !advance.mayBeMore { return total }
        }
    }

    private func stand(of generation: Generation) async throws -> Generation.Stand {
        guard let stand = try await generation.stand() else {
            throw GenerationRefusal.isGone(Int(generation.number))
        }
        return stand
    }
}
