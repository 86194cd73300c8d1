import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Testing

@Suite(.timeLimit(.minutes(1))) struct TimerTests {
    @Test(arguments: Backend.allCases)
    func aTimerStaysUntilAnAppendFiresIt(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let stream = newStream()
            let queue = store.queue
            #expect(try await queue.untilNextDue() == nil)
            let command = request(
                stream,
                effects: [
                    .start(
                        NewTimer(
                            name: "soak", due: Timestamp(Date()) + .seconds(5),
                            data: Array(#"{"batch":1}"#.utf8)))
                ])
            _ = try await store.append(command)
            let wait = try #require(try await queue.untilNextDue())
            #expect(wait <= .seconds(5))
            #expect(try await queue.dueTimers(limit: 10).isEmpty)
            try await eventually { try await !queue.dueTimers(limit: 10).isEmpty }
            #expect(try await queue.untilNextDue() == .zero)
            let due = try #require(try await queue.dueTimers(limit: 10).first)
            #expect(due.id == command.effects[0].timerID)
            #expect(due.stream == stream)
            #expect(due.name == "soak")
            #expect(due.data == Array(#"{"batch":1}"#.utf8))
            #expect(due.correlationID == command.context.correlationID)

            var fire = request(stream, at: 1)
            fire.timer = TimerUse(id: due.id)
            _ = try await store.append(fire)
            #expect(try await queue.dueTimers(limit: 10).isEmpty)
            var late = request(stream, at: 2)
            late.timer = TimerUse(id: due.id)
            await #expect(throws: AppendRefusal.staleClaim) { try await store.append(late) }
        }
    }

    @Test(arguments: Backend.allCases)
    func aLaterTimerOfTheSameNameReplacesTheEarlier(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let stream = newStream()
            let queue = store.queue
            let past = Timestamp(Date()) + .seconds(-1)
            let first = request(stream, effects: [.start(NewTimer(name: "soak", due: past))])
            _ = try await store.append(first)
            let second = request(
                stream, at: 1,
                effects: [
                    .start(NewTimer(name: "soak", due: past)),
                    .start(NewTimer(name: "deadline", due: past)),
                ])
            _ = try await store.append(second)
            let due = try await queue.dueTimers(limit: 10)
            #expect(Set(due.map(\.id)) == Set(second.effects.map(\.timerID)))
            var fire = request(stream, at: 2)
            fire.timer = TimerUse(id: first.effects[0].timerID)
            await #expect(throws: AppendRefusal.staleClaim) { try await store.append(fire) }
        }
    }

    @Test(arguments: Backend.allCases)
    func ofTwoTimersOfOneNameInACommandTheLastCounts(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let stream = newStream()
            let past = Timestamp(Date()) + .seconds(-1)
            let command = request(
                stream,
                effects: [
                    .start(NewTimer(name: "deadline", due: past, data: Array("1".utf8))),
                    .start(NewTimer(name: "soak", due: past)),
                    .start(NewTimer(name: "deadline", due: past, data: Array("2".utf8))),
                ])
            _ = try await store.append(command)
            let due = try await store.queue.dueTimers(limit: 10)
            #expect(Set(due.map(\.id)) == Set(command.effects.dropFirst().map(\.timerID)))
            #expect(due.first { $0.name == "deadline" }?.data == Array("2".utf8))
        }
    }

    /// Several timer services may see the same timer; one append wins.
    @Test(arguments: Backend.allCases)
    func aTimerFiresOnce(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let stream = newStream()
            let start = request(
                stream, effects: [.start(NewTimer(name: "soak", due: Timestamp(Date())))])
            _ = try await store.append(start)
            let fired = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var fire = request(newStream())
                        fire.timer = TimerUse(id: start.effects[0].timerID)
                        do {
                            _ = try await store.append(fire)
                            return true
                        } catch AppendRefusal.staleClaim {
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(fired == 1)
        }
    }
}
