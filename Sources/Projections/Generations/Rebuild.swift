package import EventSourcing
package import Logging
package import Postgres
private import Foundation

/// Builds the read models anew beside the live ones, to prove them (I12) or to replace them.
package struct Rebuild: Sendable {
    package struct Report: Sendable {
        package let events: Int
        package let position: Int64
        /// Rows that aren't the same, at most 20, in words; empty when live equals rebuilt.
        package let differences: [String]
    }

    private let generations: Generations
    private let projector: Projector

    package init(store: any EventStore, pool: ConnectionPool, logger: Logger) {
        generations = Generations(pool: pool)
        projector = Projector(store: store, pool: pool, logger: logger)
    }

    /// Folds the log anew up to where the live ones stand, and compares byte for byte.
    package func verify() async throws -> Report {
        let live = try await generations.live(definition: PatchflowFold().definition)
        let target = try await live.position() ?? 0
        let rebuilt = try await generations.begin(definition: PatchflowFold().definition)
        do {
            let events = try await fill(rebuilt, upTo: target)
            let differences = try await generations.differences(
                live, rebuilt, at: target, limit: 20)
            try await generations.drop(rebuilt)
            return Report(events: events, position: target, differences: differences)
        } catch {
            try await generations.drop(rebuilt)
            throw error
        }
    }

    /// Folds the log anew up to its head and makes that the live generation.
    package func replace() async throws -> Report {
        let live = try await generations.live(definition: PatchflowFold().definition)
        let rebuilt = try await generations.begin(definition: PatchflowFold().definition)
        do {
            let events = try await fill(rebuilt, upTo: nil)
            let reached = try await rebuilt.position() ?? 0
            let common = min(reached, try await live.position() ?? 0)
            let differences = try await generations.differences(
                live, rebuilt, at: common, limit: 20)
            try await generations.flip(to: rebuilt)
            return Report(events: events, position: reached, differences: differences)
        } catch {
            try await generations.drop(rebuilt)
            throw error
        }
    }

    private func fill(_ generation: Generation, upTo last: Int64?) async throws -> Int {
        var total = 0
        while true {
            let folded = try await projector.advance(generation, upTo: last)
            if folded == 0 { return total }
            total += folded
        }
    }
}
