import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Testing

/// Claims, leases, fences and rescue (I4, I5, I9).
@Suite(.timeLimit(.minutes(1))) struct ActivityQueueTests {
    @Test(arguments: Backend.allCases)
    func anActivityComesWithItsEventAndGoesWithItsResult(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let (stream, asset) = (newStream(), newStream("as"))
            let command = request(stream, effects: [.schedule(install(on: asset))])
            _ = try await store.append(command)
            // Sent again it schedules nothing more.
            _ = try await store.append(command)
            let worker = try await TestWorker(store)
            let claimed = try await worker.claim(10)
            #expect(claimed.count == 1)
            let activity = try #require(claimed.first)
            #expect(activity.id == command.effects[0].activityID)
            #expect(activity.kind == "install")
            #expect(activity.stream == stream)
            #expect(activity.asset == asset)
            #expect(activity.data == Array(#"{"x":1}"#.utf8))
            #expect(activity.tries == 1)
            #expect(activity.correlationID == command.context.correlationID)
            // It is held: nobody else gets it.
            #expect(try await TestWorker(store).claim().isEmpty)

            _ = try await store.append(request(stream, at: 1).using(activity.claim, .hold))
            let result = request(stream, at: 2).using(activity.claim, .complete)
            _ = try await store.append(result)
            // Told twice, it counts once.
            #expect(try await store.append(result).repeated)
            await #expect(throws: AppendRefusal.staleClaim) {
                try await store.append(request(stream, at: 3).using(activity.claim, .complete))
            }
            try await worker.expire()
            #expect(try await worker.queue.expired(limit: 10).isEmpty)
        }
    }

    @Test(arguments: Backend.allCases)
    func aRefusedCommandSchedulesNothing(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            await #expect(throws: AppendRefusal.self) {
                try await store.append(
                    request(newStream(), at: 5, effects: [.schedule(install())]))
            }
            let claimed = try await TestWorker(store).claim()
            #expect(claimed.isEmpty)
        }
    }

    @Test(arguments: Backend.allCases)
    func higherPriorityFirstThenOlder(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            var expected: [(Int, UUID)] = []
            for priority in [0, 5, 0, 9, 5] {
                let command = request(
                    newStream(), effects: [.schedule(install(priority: priority))])
                _ = try await store.append(command)
                expected.append((priority, command.effects[0].activityID))
            }
            let inOrder = [3, 1, 4, 0, 2].map { expected[$0].1 }
            let worker = try await TestWorker(store)
            #expect(try await worker.claim(2).map(\.id) == Array(inOrder.prefix(2)))
            #expect(try await worker.claim(10).map(\.id) == Array(inOrder.suffix(3)))
        }
    }

    @Test(arguments: Backend.allCases)
    func queuesAndDelaysAreKept(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            _ = try await store.append(
                request(
                    newStream(),
                    effects: [
                        .schedule(install(queue: "site-a")),
                        .schedule(install(delay: .seconds(2))),
                    ]))
            let worker = try await TestWorker(store)
            #expect(try await worker.claim(10).isEmpty)
            #expect(try await worker.claim(10, of: ["site-b", "site-a"]).count == 1)
            try await eventually { try await worker.claim(10).count == 1 }
        }
    }

    @Test(arguments: Backend.allCases)
    func manyWorkersNeverShareAnActivityAndFencesRise(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            for _ in 0..<10 {
                _ = try await store.append(
                    request(newStream(), effects: (0..<10).map { _ in .schedule(install()) }))
            }
            let claims = try await withThrowingTaskGroup(of: [Claim].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let worker = try await TestWorker(store)
                        var claims: [Claim] = []
                        while true {
                            let more = try await worker.claim(3)
                            if more.isEmpty { return claims }
                            claims += more.map(\.claim)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claims.count == 100)
            #expect(Set(claims.map(\.activity)).count == 100)
            #expect(Set(claims.map(\.fence)).count == 100)
        }
    }

    /// The sleeper: its lease ran out, somebody else took over, it wakes up (I4, I5).
    @Test(arguments: Backend.allCases)
    func aStaleClaimIsRefusedAndTheNewOneHasAHigherFence(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let stream = newStream()
            let asset = newStream("as")
            _ = try await store.append(request(stream, effects: [.schedule(install(on: asset))]))
            let sleeper = try await TestWorker(store)
            let old = try #require(try await sleeper.claim().first)
            #expect(try await sleeper.queue.expired(limit: 10).isEmpty)
            // While the lease holds nobody may rescue.
            await #expect(throws: AppendRefusal.staleClaim) {
                try await store.append(request(stream, at: 1).using(old.claim, .rescue))
            }

            try await sleeper.expire()
            for mode in [ClaimUse.Mode.hold, .complete] {
                await #expect(throws: AppendRefusal.staleClaim) {
                    try await store.append(request(stream, at: 1).using(old.claim, mode))
                }
            }
            await #expect(throws: ActivityQueueError.workerExpired) {
                try await sleeper.queue.heartbeat(
                    worker: sleeper.id, name: "worker", lease: .seconds(60))
            }
            await #expect(throws: ActivityQueueError.workerExpired) { try await sleeper.claim() }

            let rescuer = store.queue
            let expired = try await rescuer.expired(limit: 10)
            #expect(expired.map(\.claim) == [old.claim])
            // The rescue's event asks for a probe, as new work.
            let rescue = request(stream, at: 1, effects: [.schedule(install(on: asset))])
                .using(old.claim, .rescue)
            _ = try await store.append(rescue)
            #expect(try await rescuer.expired(limit: 10).isEmpty)
            await #expect(throws: AppendRefusal.staleClaim) {
                try await store.append(request(stream, at: 2).using(old.claim, .rescue))
            }
            let next = try #require(try await TestWorker(store).claim().first)
            #expect(next.claim.fence > old.claim.fence)
            _ = try await store.append(request(stream, at: 2).using(next.claim, .complete))
        }
    }

    @Test func aReleasedActivityComesBackLater() async throws {
        try await withStore { store, options in
            _ = try await store.append(request(newStream(), effects: [.schedule(install())]))
            let worker = try await TestWorker(store)
            let first = try #require(try await worker.claim().first)
            try await worker.queue.release(
                first.claim, after: .seconds(2), reason: "host is busy")
            #expect(try await worker.claim().isEmpty)
            await #expect(throws: AppendRefusal.staleClaim) {
                try await store.append(request(newStream()).using(first.claim, .complete))
            }
            var second: ClaimedActivity?
            try await eventually {
                second = try await worker.claim().first
                return second != nil
            }
            #expect(second?.tries == 2)
            #expect(try #require(second).claim.fence > first.claim.fence)
            // A stale release changes nothing.
            try await worker.queue.release(first.claim, after: .zero, reason: "late")
            #expect(try await worker.claim().isEmpty)
            let rows = try await withSQL(options) {
                try await $0.query("select last_reason from patchflow.activities")
            }
            #expect(try rows[0][0] == "host is busy")
        }
    }

    @Test(arguments: Backend.allCases)
    func cancellingTakesBackOnlyWhatNobodyHolds(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let stream = newStream()
            _ = try await store.append(
                request(
                    stream,
                    effects: [
                        .schedule(install(priority: 1)), .schedule(install()),
                        .start(NewTimer(name: "soak", due: Timestamp(Date()))),
                    ]))
            let other = newStream()
            _ = try await store.append(request(other, effects: [.schedule(install())]))
            let worker = try await TestWorker(store)
            let held = try #require(try await worker.claim().first)
            _ = try await store.append(request(stream, at: 1, effects: [.cancelPending]))
            #expect(try await worker.claim(10).map(\.stream) == [other])
            #expect(try await worker.queue.dueTimers(limit: 10).isEmpty)
            _ = try await store.append(request(stream, at: 2).using(held.claim, .complete))
        }
    }

    /// A restore of the database raises the incarnation: fences given out since the backup, which
    /// it has forgotten, stay below all new ones (I5).
    @Test func aRestoreRaisesAllFences() async throws {
        try await withStore { store, options in
            _ = try await store.append(
                request(newStream(), effects: [.schedule(install()), .schedule(install())]))
            let worker = try await TestWorker(store)
            let before = try #require(try await worker.claim().first).claim.fence
            try await withSQL(options) {
                try await $0.script(
                    """
                    update patchflow.incarnation set number = number + 1;
                    select setval('patchflow.fences', 1, false);
                    """)
            }
            let after = try #require(try await worker.claim().first).claim.fence
            #expect(after > before)
        }
    }
}
