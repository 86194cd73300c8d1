import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Postgres
import Support
import Testing

@testable import Projections

/// I12: a projection is the fold of the events, and a rebuild proves or replaces it.
@Suite struct RebuildTests {
    @Test func liveEqualsRebuiltByteForByteHoweverTheLogWasCutIntoPages() async throws {
        try await withBooks { books in
            var history = History("live equals rebuilt", books)
            for _ in 0..<20 {
                try await history.live(steps: history.random.below(60))
                try await books.project()
            }
            let head = try await books.store.head()
            #expect(try await books.reads.position() == head)
            let report = try await books.rebuild.verify()
            #expect(report.differences.isEmpty, "\(report.differences)")
            #expect(report.position == head)
            #expect(report.events == Int(head))
            #expect(try await books.generations.all().map(\.isLive) == [true])
            #expect(try await books.generations.all().map(\.lag) == [0])

            var fold = PlainFold()
            for event in try await books.wholeLog() { try fold.apply(event) }
            #expect(try await books.everything(asOf: nil) == fold.views)
        }
    }

    @Test func verifyNamesARowThatWasTamperedWith() async throws {
        try await withBooks { books in
            var history = History("tampering", books)
            try await history.live(steps: 150)
            try await books.project()
            let rows = try await books.pool.query(
                """
                update patchflow.projection_rows
                set document = replace(document::text, '"web-', '"bed-')::json
                where kind = 'asset' and id = (
                    select id from patchflow.projection_rows
                    where kind = 'asset' and to_position is null order by id limit 1)
                    and to_position is null
                returning id, from_position
                """)
            let row = try #require(rows.first)
            let id: String = try row.decode(at: 0)
            let from: Int64 = try row.decode(at: 1)
            let report = try await books.rebuild.verify()
            let expected = id == history.lab.asset.text ? [] : ["asset \(id) from position \(from)"]
            #expect(report.differences == expected)

            try await books.pool.query(
                "delete from patchflow.projection_rows where kind = 'asset' and id = \(id)")
            #expect(
                try await books.rebuild.verify().differences
                    .contains("asset \(id) from position \(from)"))

            // A rebuild says so as well, and repairs it.
            let repair = try await books.rebuild.replace()
            #expect(repair.differences.contains("asset \(id) from position \(from)"))
            #expect(try await books.rebuild.verify().differences.isEmpty)
        }
    }

    @Test func aRebuildBesideTheLiveOneTakesOverInOneStepWhileTheLogGrows() async throws {
        try await withBooks { books in
            var history = History("rebuild", books)
            try await history.live(steps: 200)
            try await books.project()
            let projecting = Task { try await books.projector.run() }
            let watching = Task { try await Self.watch(books) }
            let writing = Task { [history] in
                var history = history
                return try await history.live(steps: 300)
            }
            var reports: [Rebuild.Report] = []
            for _ in 0..<3 { reports.append(try await books.rebuild.replace()) }
            let head = try await writing.value
            try await books.reads.reach(head, within: .seconds(20))
            watching.cancel()
            let looks = try await watching.value
            projecting.cancel()
            try await projecting.value

            #expect(reports.allSatisfy { $0.isEqual && $0.differences.isEmpty })
            #expect(looks > 10)
            let all = try await books.generations.all()
            // The ones before stay for a way back.
            #expect(all.count == 4)
            #expect(all.map(\.isLive) == [true, false, false, false])
            #expect(all.first?.position == head)
            #expect(try await books.rebuild.verify().differences.isEmpty)
        }
    }

    /// Readers are never set back, and always have one generation to read.
    private static func watch(_ books: Books) async throws -> Int {
        var last: Int64 = 0
        var looks = 0
        while !Task.isCancelled {
            do {
                let position = try await books.reads.position()
                #expect(position >= last)
                last = position
                looks += 1
            } catch {
                guard Task.isCancelled else { throw error }
            }
        }
        return looks
    }

    @Test func ofTwoRebuildsAtOnceOneBecomesLive() async throws {
        try await withBooks { books in
            var history = History("two rebuilds", books)
            try await history.live(steps: 100)
            try await books.project()
            let definition = PatchflowFold().definition
            let generations = books.generations
            let live = try await generations.live(definition: definition)
            try await generations.build(for: .replace, definition: definition) { first in
                try await generations.build(for: .replace, definition: definition) { second in
                    #expect(
                        try await generations.flip(
                            from: live, to: first, acceptingParked: false) == .isBehind)
                    while try await books.projector.advance(first, upTo: nil).mayBeMore {}
                    while try await books.projector.advance(second, upTo: nil).mayBeMore {}
                    #expect(
                        try await generations.flip(
                            from: live, to: first, acceptingParked: false) == .done)
                    #expect(
                        try await generations.flip(
                            from: live, to: second, acceptingParked: false) == .isLate)
                }
                #expect(
                    try await generations.live(definition: definition).number == first.number)
            }
        }
    }

    @Test func aFoldOfANewerDefinitionIsBuiltAnewByItself() async throws {
        try await withBooks { books in
            var history = History("definition", books)
            try await history.live(steps: 60)
            try await books.project()
            let newer = Projector(
                store: books.store, pool: books.pool, fold: Redefined(), logger: quiet)
            let running = Task { try await newer.run() }
            let end = ContinuousClock.now + .seconds(20)
            while ContinuousClock.now < end {
                let latest = try await books.generations.all().first
                if latest?.isLive == true, latest?.definition == Redefined().definition { break }
                try await Task.sleep(for: .milliseconds(5))
            }
            running.cancel()
            try await running.value
            let all = try await books.generations.all()
            #expect(
                all.map(\.definition) == [
                    PatchflowFold().definition + 1, PatchflowFold().definition,
                ])
            #expect(all.map(\.isLive) == [true, false])
        }
    }

    private struct Redefined: ViewFold {
        let definition = PatchflowFold().definition + 1

        func keys(for event: RecordedEvent) throws -> [ViewKey] {
            try PatchflowFold().keys(for: event)
        }

        func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
            try PatchflowFold().apply(event, to: &views)
        }
    }
}
