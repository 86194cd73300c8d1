import Application
import EventSourcing
import Support
import Synchronization
import Testing

@testable import Projections

/// From one generation of the read models to another, and back.
@Suite struct WayBackTests {
    @Test func anEarlierGenerationCatchesUpBeforeItIsLiveAgain() async throws {
        try await withBooks { books in
            var history = History("way back", books)
            try await history.live(steps: 120)
            try await books.project()
            let first = try #require(try await books.generations.all().first).generation
            let second = try await books.rebuild.replace().generation
            try await history.live(steps: 120)
            try await books.project()
            let head = try await books.store.head()
            #expect(try await books.generations.status(of: first)?.lag ?? 0 > 0)

            let report = try await books.rebuild.goBack()
            #expect(report.generation == first)
            #expect(report.isEqual)
            let all = try await books.generations.all()
            #expect(all.map(\.generation) == [second, first])
            #expect(all.map(\.state) == [.former, .live])
            #expect(all.map(\.position) == [head, head])
            #expect(all.first?.replacedAt != nil)
            #expect(all.last?.replacedAt == nil)
            #expect(try await books.reads.position() == head)
            #expect(try await books.rebuild.verify().isEqual)
            // And forth.
            #expect(try await books.rebuild.goBack(to: second).generation == second)
            #expect(try await books.rebuild.verify().isEqual)
        }
    }

    @Test func whereThereIsNoWayBackItSaysWhy() async throws {
        try await withBooks { books in
            var history = History("no way back", books)
            try await history.live(steps: 60)
            try await books.project()
            await #expect(throws: GenerationRefusal.noFormer) {
                try await books.rebuild.goBack()
            }
            let first = try #require(try await books.generations.all().first).generation
            await #expect(throws: GenerationRefusal.isLive(first)) {
                try await books.rebuild.goBack(to: first)
            }
            await #expect(throws: GenerationRefusal.unknown(77)) {
                try await books.rebuild.goBack(to: 77)
            }
            // A newer program has made its own, and the older one's rows aren't for it to change.
            let definition = PatchflowFold().definition
            let newer = Rebuild(
                store: books.store, pool: books.pool, fold: Adjusted(definition: definition + 1),
                logger: quiet)
            let second = try await newer.replace().generation
            await #expect(
                throws: GenerationRefusal.otherDefinition(
                    generation: first, has: definition, program: definition + 1)
            ) { try await newer.goBack() }
            #expect(try await books.rebuild.goBack().generation == first)
            #expect(try await books.generations.all().map(\.state) == [.former, .live])

            try await books.generations.build(for: .verify, definition: definition) { one in
                let number = Int(one.number)
                await #expect(throws: GenerationRefusal.isBeingBuilt(number)) {
                    try await books.generations.drop(number)
                }
                await #expect(throws: GenerationRefusal.isBeingBuilt(number)) {
                    try await books.rebuild.goBack(to: number)
                }
                try await books.generations.drop(one)
            }
            await #expect(throws: GenerationRefusal.isLive(first)) {
                try await books.generations.drop(first)
            }
            try await books.generations.drop(second)
            await #expect(throws: GenerationRefusal.unknown(second)) {
                try await books.generations.drop(second)
            }
            #expect(try await books.generations.all().map(\.generation) == [first])
        }
    }

    /// An older program beside a newer one would mix rows of two definitions.
    @Test func nobodyFoldsIntoReadModelsOfAnotherDefinition() async throws {
        try await withBooks { books in
            var history = History("two programs", books)
            try await history.live(steps: 60)
            try await books.project()
            let definition = PatchflowFold().definition
            let newer = Rebuild(
                store: books.store, pool: books.pool, fold: Adjusted(definition: definition + 1),
                logger: quiet)
            _ = try await newer.replace()
            let position = try await books.reads.position()
            try await history.live(steps: 20)
            await #expect(throws: NewerThanProgram.self) { try await books.projector.projectOnce() }
            #expect(try await books.reads.position() == position)
        }
    }

    @Test func aRebuildThatLacksWhatTheLiveOneHasIsNotMadeLive() async throws {
        try await withBooks { books in
            var history = History("a worse program", books)
            try await history.live(steps: 60)
            try await books.project()
            let worse = Rebuild(
                store: books.store, pool: books.pool, fold: Adjusted(poison: [10, 20]),
                logger: quiet)
            await #expect {
                try await worse.replace()
            } throws: { error in
                guard case GenerationRefusal.lacks(_, let events)? = error as? GenerationRefusal
                else { return false }
                return events >= 1
            }
            #expect(try await books.generations.all().map(\.state) == [.live])
            #expect(try await books.rebuild.verify().isEqual)
            let report = try await worse.replace(acceptingParked: true)
            #expect(report.otherParked >= 1)
            #expect(try await books.generations.all().first?.state == .live)
            // The way back leads to what was whole.
            #expect(try await books.rebuild.goBack().otherParked == 0)
            #expect(try await books.rebuild.verify().isEqual)
        }
    }
}

/// The product's fold, of another definition, or with events that it can't fold until it is mended.
final class Adjusted: ViewFold {
    let definition: Int
    private let poison: Mutex<Set<Int64>>

    struct Poisoned: Error {}

    init(definition: Int = PatchflowFold().definition, poison: Set<Int64> = []) {
        self.definition = definition
        self.poison = Mutex(poison)
    }

    func keys(for event: RecordedEvent) throws -> [ViewKey] { try PatchflowFold().keys(for: event) }

    func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        if poison.withLock({ $0.contains(event.position) }) { throw Poisoned() }
        try PatchflowFold().apply(event, to: &views)
    }
}
