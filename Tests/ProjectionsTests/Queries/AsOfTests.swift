import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

@testable import Projections

/// I12: every list and every detail, as of any position, is the fold of the log up to there.
@Suite struct AsOfTests {
    @Test func listsAndDetailsAsOfEveryPositionAreTheFoldUpToThere() async throws {
        try await withBooks { books in
            var history = History("as of", books)
            try await history.live(steps: 220)
            try await books.project()
            var fold = PlainFold()
            for event in try await books.wholeLog() {
                try fold.apply(event)
                let told = try await books.everything(asOf: event.position)
                #expect(told == fold.views, "as of \(event.position), \(event.type)")
                let key = ViewKey(.asset, history.lab.asset.text)
                #expect(
                    try await books.reads.find(key, asOf: event.position) == fold.views[key])
            }
            #expect(try await books.everything(asOf: 0).isEmpty)
        }
    }

    @Test func aMomentIsThePositionOfTheLastEventRecordedByThen() async throws {
        try await withBooks { books in
            var history = History("moments", books)
            try await history.live(steps: 60)
            let log = try await books.wholeLog()
            for event in log {
                let last = log.last { $0.recordedAt <= event.recordedAt }
                #expect(
                    try await books.reads.position(at: event.recordedAt) == last?.position)
            }
            let first = try #require(log.first)
            let before = Timestamp(microseconds: first.recordedAt.microseconds - 1)
            #expect(try await books.reads.position(at: before) == 0)
            let later = try #require(log.last).recordedAt + .seconds(3600)
            #expect(try await books.reads.position(at: later) == log.last?.position)
        }
    }

    @Test func whoWaitsForAPositionGetsItOrHearsHowFarBehindThingsAre() async throws {
        try await withBooks { books in
            var history = History("waiting", books)
            let head = try await history.live(steps: 60)
            await #expect(throws: QueryError.behind(position: 0, wanted: head)) {
                try await books.reads.reach(head, within: .milliseconds(30))
            }
            async let reached: Void = books.reads.reach(head, within: .seconds(20))
            try await books.project()
            try await reached

            var request = ListRequest(.asset)
            request.asOf = head + 1
            await #expect(throws: QueryError.aheadOfLog(position: head + 1, head: head)) {
                try await books.reads.list(request)
            }
        }
    }

    @Test func aReadAsOfAnEventThatIsNotFoldedYetWaitsForIt() async throws {
        try await withBooks { books in
            var history = History("not folded yet", books)
            let early = try await history.live(steps: 60)
            try await books.project()
            let head = try await history.live(steps: 60)
            #expect(head > early)
            async let told = books.everything(asOf: head)
            try await Task.sleep(for: .milliseconds(20))
            try await books.project()
            #expect(try await told == books.everything(asOf: nil))
        }
    }
}
