import EventSourcing
import Foundation
import PatchManagement
import Testing

/// What becomes of a directory's documents when something is in the way.
@Suite("Looks at directories lose nothing of what they have", .timeLimit(.minutes(1)))
struct DirectoryLookTests {
    private func names(_ count: Int) -> [String] { (100..<(100 + count)).map { "a\($0)" } }

    private func days(_ count: Int, _ day: Int = 1) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: names(count).map { ($0, day) })
    }

    private let tooMany = FeedFetchFault(
        .refused, "the server answered 429", scope: .look, retryAfterSeconds: 120)

    private func taken(_ count: Int) async throws -> LookScene {
        let scene = LookScene()
        scene.publisher.days = days(count)
        try await scene.watch()
        try await scene.look()
        #expect(try await scene.state().summary?.records == count)
        #expect(scene.publisher.takeAsked() == names(count))
        return scene
    }

    @Test("Another schedule fetches no document again")
    func schedule() async throws {
        let scene = try await taken(40)
        try await scene.watch(every: 600)
        try await scene.look()
        #expect(scene.publisher.takeAsked().isEmpty)
        #expect(try await scene.state().summary?.records == 40)
        #expect(
            try await scene.types() == [
                "FeedWatched", "FeedSnapshotTaken", "FeedWatched", "FeedConfirmed",
            ])
    }

    @Test("What a person sent under the list's names stays until each document has come")
    func byHand() async throws {
        let scene = try await taken(40)
        try await scene.send(names(40), day: 2) { "2026/\($0).json" }
        scene.publisher.days = days(40, 3)
        scene.publisher.faults["a104"] = tooMany
        try await scene.look()
        #expect(try await scene.types().last == "FeedSnapshotTaken")
        #expect(try await scene.state().summary?.records == 40)
        scene.publisher.faults = [:]
        _ = scene.publisher.takeAsked()
        #expect(try await scene.look() == 2, "the server asked for two minutes")
        #expect(
            scene.publisher.takeAsked() == ["a104"] + names(40).dropFirst(16),
            "those that came are not asked for again")
        #expect(try await scene.state().validators?.etag != nil)
    }

    @Test("Where a person gave other names, looks that are rejected still come to an end")
    func otherNames() async throws {
        let scene = try await taken(40)
        try await scene.send(names(40), day: 2) { "mine/\($0).json" }
        scene.publisher.days = days(40, 3)
        scene.publisher.faults["a120"] = tooMany
        _ = scene.publisher.takeAsked()
        try await scene.look()
        #expect(try await scene.types().last == "FeedRejected")
        #expect(scene.publisher.takeAsked() == Array(names(40).prefix(32)))
        scene.publisher.faults = [:]
        #expect(try await scene.look() == 60, "what was rejected waits for the schedule")
        #expect(scene.publisher.takeAsked() == ["a120"] + names(40).dropFirst(32))
        #expect(try await scene.types().last == "FeedSnapshotTaken")
        #expect(try await scene.state().summary?.records == 40)
    }

    @Test(
        "A document that can't be had stays as it was known, and is asked for at the next look",
        arguments: [
            FeedFetchFault(.absent, "the server answered 404"),
            FeedFetchFault(.tooLarge, "it has more than 60 MiB"),
            FeedFetchFault(.refused, "the server answered 403"),
            FeedFetchFault(.refused, "the server answered 500", scope: .server),
            FeedFetchFault(.timedOut, "it did not answer in time", scope: .server),
        ])
    func gaps(fault: FeedFetchFault) async throws {
        let scene = try await taken(40)
        scene.publisher.days = days(39, 2).merging(["a139": 1, "a140": 2]) { $1 }
        scene.publisher.faults = ["a110": fault, "a140": fault]
        try await scene.look()
        let state = try await scene.state()
        #expect(state.summary?.records == 40, "one is as it was, one isn't there yet")
        #expect(state.failure == nil && state.validators?.etag == nil)
        _ = scene.publisher.takeAsked()
        scene.publisher.faults = [:]
        #expect(try await scene.look() == 60)
        #expect(scene.publisher.takeAsked() == ["a110", "a140"])
        #expect(try await scene.state().summary?.records == 41)
        #expect(try await scene.state().validators?.etag != nil)
    }

    @Test("However many can't be had for good, the others count and go on, and the rest is named")
    func manyGaps() async throws {
        let scene = LookScene()
        let absent = FeedFetchFault(.absent, "the server answered 404")
        scene.publisher.days = days(100)
        for name in names(100).suffix(40) { scene.publisher.faults[name] = absent }
        try await scene.watch()
        try await scene.look()
        #expect(try await scene.state().failure == nil)
        #expect(try await scene.state().summary?.records == 60)
        let missing = try #require(try await scene.state().missing)
        #expect(missing.documents == 40 && missing.shown.count == FeedMissing.mostShown)
        #expect(missing.shown.first?.name == "2026/a160.json")
        #expect(missing.shown.first?.reason == "absent: the server answered 404")
        // What is new is taken though those never come.
        scene.publisher.days = days(100).merging(["a200": 2]) { $1 }
        try await scene.look()
        #expect(try await scene.state().summary?.records == 61)
        try await scene.look()
        #expect(
            try await scene.types() == ["FeedWatched", "FeedSnapshotTaken", "FeedSnapshotTaken"],
            "the same ones missing again are no news")
        scene.publisher.faults = [:]
        try await scene.look()
        #expect(try await scene.state().summary?.records == 101)
        #expect(try await scene.state().missing == nil)
    }

    @Test("Where not one document can be had, the list is at fault")
    func onlyGaps() async throws {
        let scene = LookScene()
        scene.publisher.days = days(3)
        for name in names(3) {
            scene.publisher.faults[name] = FeedFetchFault(.absent, "the server answered 404")
        }
        try await scene.watch()
        try await scene.look()
        #expect(try await scene.state().failure == .badListing)
    }

    @Test("A server in trouble is left alone, what came until then counts, and the rest follows")
    func trouble() async throws {
        let scene = LookScene()
        scene.publisher.days = days(100)
        for name in names(100).dropFirst(16) {
            scene.publisher.faults[name] = FeedFetchFault(
                .refused, "the server answered 502", scope: .server)
        }
        try await scene.watch()
        try await scene.look()
        #expect(try await scene.state().summary?.records == 16)
        #expect(scene.publisher.takeAsked() == Array(names(100).prefix(32)))
        scene.publisher.faults = [:]
        #expect(try await scene.look() == 1)
        #expect(scene.publisher.takeAsked() == Array(names(100).dropFirst(16)))
        #expect(try await scene.state().summary?.records == 100)
    }

    @Test("Where not one document came, the look has failed and waits as the server asks")
    func nothing() async throws {
        let scene = LookScene()
        scene.publisher.days = days(3)
        scene.publisher.faults = ["a100": tooMany, "a101": tooMany, "a102": tooMany]
        try await scene.watch()
        try await scene.look()
        #expect(try await scene.types() == ["FeedWatched", "FeedFetchFailed"])
        #expect(try await scene.look() == 2)
    }
}
