import EventSourcing
import Foundation
import Orchestration
import PatchManagement
import Testing

@Suite("Looks that end their workers, or take their places", .timeLimit(.minutes(1)))
struct LostLookTests {
    @Test("A look whose worker is gone has failed: the next ones wait longer, and silence is told")
    func lost() async throws {
        let scene = LookScene()
        try await scene.watch()
        var waits: [Int] = []
        for _ in 0..<40 {
            if try await scene.state().isSilent { break }
            waits.append(try await scene.due().minutes)
            scene.clock.advance(by: .seconds(20))
            let expired = try await scene.store.expired(limit: 10)
            #expect(expired.count == 1)
            for activity in expired { try await scene.work.rescue(activity) }
        }
        #expect(waits.prefix(3) == [0, 1, 2])
        #expect(waits.last == 60, "no longer than the schedule: \(waits)")
        #expect(try await scene.state().failure == .workerLost)
        #expect(
            try await scene.types() == ["FeedWatched", "FeedFetchFailed", "FeedFellSilent"])
    }

    @Test("Two looks at a time are enough: a third one is put back, and hosts keep their room")
    func room() async throws {
        let scene = LookScene()
        scene.publisher.isHeld = true
        scene.publisher.days = ["a1": 1]
        var looks: [ClaimedActivity] = []
        for name in ["one", "two", "three"] {
            try await scene.watch(name)
            looks.append(try await scene.due().activity)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for activity in looks.prefix(2) { group.addTask { try await scene.work.run(activity) } }
            while scene.publisher.looks < 2 { try await Task.sleep(for: .milliseconds(5)) }
            await #expect(throws: PutBack.self) { try await scene.work.run(looks[2]) }
            scene.publisher.isHeld = false
            try await group.waitForAll()
        }
        try await scene.work.run(looks[2])
        #expect(scene.publisher.looks == 3)
    }
}
