import Application
import EventSourcing
import PatchManagement
import Support
import Testing

@testable import Projections

/// I12: what folds late changes rows behind the back of whoever has read them already: a projector, a
/// rebuild that compares, another retry. None of them goes on as if nothing had happened.
@Suite struct LateFoldRaceTests {
    @Test func aProjectorThatReadRowsBeforeALateFoldStoresNothing() async throws {
        try await withBooks { books in
            var history = History("late fold beside a projector", books)
            let asset = Self.asset("raced")
            try await history.send(
                .register(asset), to: asset.asset, as: AssetDecider.self, by: .vera)
            try await books.fold(Adjusted(poison: [1]))
            try await history.send(
                .decommission(reason: "sold"), to: asset.asset, as: AssetDecider.self, by: .vera)

            let live = try await books.liveGeneration()
            let stand = try #require(try await live.stand())
            let event = try #require(try await books.store.read(after: 1, limit: 1).first)
            let stale = try await live.current(PatchflowFold().keys(for: event))
            #expect(stale.isEmpty)
            #expect(try await books.retry.retry().map(\.outcome) == [.folded(rows: 1)])
            let parked = [Folding.Parked(position: 2, reason: "there was no asset")]
            #expect(try await !live.store([], parked: parked, from: stand, to: 2))

            try await books.project()
            #expect(try await books.parked().isEmpty)
            let view = try await books.reads.find(ViewKey(.asset, asset.asset.text), asOf: nil)
            #expect(view?.state == "decommissioned")
            #expect(try await books.rebuild.verify().isEqual)
        }
    }

    @Test func whatWasComparedBeforeALateFoldIsNotRememberedAsProved() async throws {
        try await withBooks { books in
            var history = History("late fold beside a proof", books)
            let head = try await history.live(steps: 60)
            try await books.fold(Adjusted(poison: [head]))
            let live = try await books.liveGeneration()
            let stand = try #require(try await live.stand())
            let hash = try await live.stateHash(at: head)
            #expect(try await books.retry.retry().map(\.position) == [head])
            try await books.generations.remember(hash, of: live, since: stand)
            #expect(try await books.generations.all().first?.verified == nil)
            let now = try #require(try await live.stand())
            #expect(now.lateFolds == stand.lateFolds + 1)
            #expect(now.position == stand.position)
            let after = try await live.stateHash(at: head)
            try await books.generations.remember(after, of: live, since: now)
            #expect(try await books.generations.all().first?.verified == after)
        }
    }

    @Test func aGenerationIsNotMadeLiveThatLacksWhatWasFoldedLateMeanwhile() async throws {
        try await withBooks { books in
            var history = History("late fold beside a flip", books)
            let head = try await history.live(steps: 60)
            let poison = Adjusted(poison: [head])
            try await books.fold(poison)
            let live = try await books.liveGeneration()
            let definition = PatchflowFold().definition
            try await books.generations.build(for: .replace, definition: definition) { next in
                let projector = Projector(
                    store: books.store, pool: books.pool, fold: poison, logger: quiet)
                while try await projector.advance(next, upTo: nil).mayBeMore {}
                // Both lack the same, as long as nobody folds it late.
                #expect(try await books.retry.retry().map(\.position) == [head])
                let flip = try await books.generations.flip(
                    from: live, to: next, acceptingParked: false)
                guard case .lacks(1) = flip else {
                    Issue.record("\(flip)")
                    return
                }
                try await books.generations.drop(next)
            }
            #expect(try await books.rebuild.verify().isEqual)
        }
    }

    /// The live ones of a moment ago have become the former ones: what is asked for is folded into
    /// those that are live now.
    @Test func aRetryMendsTheReadModelsThatAreLiveWhenItIsDone() async throws {
        try await withBooks { books in
            var history = History("retry after a flip", books)
            let head = try await history.live(steps: 60)
            let poison = Adjusted(poison: [head])
            try await books.fold(poison)
            let first = try await books.liveGeneration()
            let worse = Rebuild(
                store: books.store, pool: books.pool, fold: poison, logger: quiet)
            let second = try await worse.replace(acceptingParked: true).generation
            #expect(try await books.parked() == [head])
            #expect(try await books.retry.retry([head]).map(\.position) == [head])
            #expect(try await books.parked().isEmpty)
            #expect(try await books.generations.parked(in: second).isEmpty)
            #expect(
                try await books.generations.parked(in: Int(first.number)).map(\.position) == [head])
            #expect(try await books.rebuild.verify().isEqual)
        }
    }

    /// Projectors, retries and a rebuild at the same time, while the log grows; whoever wins, the rows
    /// are those of the log.
    @Test func whateverRunsAtOnceTheRowsAreThoseOfTheLog() async throws {
        try await withBooks { books in
            var history = History("all at once", books)
            var folded = 0
            for round in 0..<6 {
                try await history.live(steps: 60)
                let head = try await books.store.head()
                let reached = try await books.reads.position()
                let poison = Set(
                    (0..<3).map { _ in
                        reached + 1 + Int64(history.random.below(Int(head - reached)))
                    } + [head])
                try await books.fold(Adjusted(poison: poison))
                try await history.live(steps: 30)
                folded += try await Self.mendAtOnce(books, rebuilding: round % 3 == 2)
                if try await !books.parked().isEmpty { _ = try await books.rebuild.replace() }
                try await books.project()
                #expect(try await books.parked().isEmpty)
                let report = try await books.rebuild.verify()
                #expect(report.isEqual, "round \(round), \(poison): \(report.differences)")
            }
            #expect(folded > 0)
        }
    }

    /// - Returns: How many events were folded late.
    private static func mendAtOnce(_ books: Books, rebuilding: Bool) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    try await books.project()
                    return 0
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    try await books.retry.retry().count {
                        if case .folded = $0.outcome { true } else { false }
                    }
                }
            }
            if rebuilding {
                group.addTask {
                    _ = try await books.rebuild.replace(acceptingParked: true)
                    return 0
                }
            }
            return try await group.reduce(0, +)
        }
    }

    private static func asset(_ name: String) -> AssetRegistration {
        AssetRegistration(name: name, address: "10.9.0.1", environment: .lab, group: "lab")
    }
}

extension Books {
    var retry: ParkedRetry { ParkedRetry(store: store, pool: pool) }

    func liveGeneration() async throws -> Generation {
        try await generations.live(definition: PatchflowFold().definition)
    }

    func live() async throws -> Int { Int(try await liveGeneration().number) }

    /// What the live read models lack.
    func parked() async throws -> [Int64] {
        try await generations.parked(in: live()).map(\.position)
    }

    /// Folds all that there is, by another fold than the product's.
    func fold(_ fold: any ViewFold) async throws {
        let projector = Projector(store: store, pool: pool, fold: fold, logger: quiet)
        while try await projector.projectOnce() {}
    }
}
