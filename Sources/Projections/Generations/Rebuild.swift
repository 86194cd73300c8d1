package import EventSourcing
package import Logging
package import Postgres

/// Builds the read models anew beside the live ones, to prove them (I12) or to replace them.
package struct Rebuild: Sendable {
    package struct Report: Sendable {
        /// How many were folded anew.
        package let events: Int
        /// Up to where both were compared.
        package let position: Int64
        /// Rows that aren't the same, at most 20, in words; empty when live equals rebuilt.
        package let differences: [String]
    }

    private let generations: Generations
    private let projector: Projector
    private let fold: any ViewFold

    package init(store: any EventStore, pool: ConnectionPool, logger: Logger) {
        self.init(store: store, pool: pool, fold: PatchflowFold(), logger: logger)
    }

    init(store: any EventStore, pool: ConnectionPool, fold: any ViewFold, logger: Logger) {
        self.fold = fold
        generations = Generations(pool: pool)
        projector = Projector(store: store, pool: pool, fold: fold, logger: logger)
    }

    /// Folds the log anew up to where the live ones stand, and compares byte for byte.
    package func verify() async throws -> Report {
        let live = try await generations.live(definition: fold.definition)
        let target = try await live.position() ?? 0
        return try await beside { rebuilt in
            let events = try await fill(rebuilt, upTo: target)
            let differences = try await generations.differences(
                live, rebuilt, at: target, limit: 20)
            try await generations.drop(rebuilt)
            return Report(events: events, position: target, differences: differences)
        }
    }

    /// Folds the log anew, catches up with the live generation, compares, and becomes the live one.
    /// What differed is repaired by that.
    ///
    /// - Throws: `EventStoreError` when another rebuild was first.
    package func replace() async throws -> Report {
        let live = try await generations.live(definition: fold.definition)
        return try await beside { rebuilt in
            var events = try await fill(rebuilt, upTo: nil)
            let reached = try await rebuilt.position() ?? 0
            let common = min(reached, try await live.position() ?? 0)
            let differences = try await generations.differences(
                live, rebuilt, at: common, limit: 20)
            while true {
                switch try await generations.flip(from: live, to: rebuilt) {
                case .done:
                    return Report(events: events, position: common, differences: differences)
                case .isBehind: events += try await fill(rebuilt, upTo: nil)
                case .isLate:
                    throw EventStoreError(
                        .failed, "other read models were made live meanwhile: look at them first")
                }
            }
        }
    }

    /// Runs `body` with a new generation, which is dropped when `body` fails.
    private func beside(_ body: (Generation) async throws -> Report) async throws -> Report {
        let rebuilt = try await generations.begin(definition: fold.definition)
        do {
            return try await body(rebuilt)
        } catch {
            try await generations.drop(rebuilt)
            throw error
        }
    }

    private func fill(_ generation: Generation, upTo last: Int64?) async throws -> Int {
        var total = 0
        while true {
            let advance = try await projector.advance(generation, upTo: last)
            total += advance.events
            if !advance.mayBeMore { return total }
        }
    }
}
