import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Testing

/// I10: the same command is answered as it was; the same id with another body is refused.
@Suite(.timeLimit(.minutes(1))) struct IdempotencyTests {
    @Test(arguments: Backend.allCases)
    func theSameCommandGetsTheSameReceipt(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let stream = newStream()
            let command = request(stream, events: 2)
            let first = try await store.append(command)
            _ = try await store.append(request(stream, at: 2))
            let second = try await store.append(command)
            #expect(second.repeated)
            #expect(second.firstPosition == first.firstPosition)
            #expect(second.lastPosition == first.lastPosition)
            #expect(second.recordedAt == first.recordedAt)
            #expect(try await store.head() == 3)
            let receipt = try await store.receipt(
                for: command.context.commandID, requestDigest: command.requestDigest)
            #expect(receipt == second)
            let unknown = try await store.receipt(
                for: UUID(), requestDigest: command.requestDigest)
            #expect(unknown == nil)
        }
    }

    @Test(arguments: Backend.allCases)
    func anotherBodyUnderTheSameIDIsRefused(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let stream = newStream()
            let command = request(stream)
            _ = try await store.append(command)
            var other = command
            other.requestDigest = Digest(of: "another body")
            await #expect(throws: AppendRefusal.commandReused) { try await store.append(other) }
            // Also when it names other streams.
            var elsewhere = request(newStream(), id: command.context.commandID)
            elsewhere.requestDigest = Digest(of: "another body")
            await #expect(throws: AppendRefusal.commandReused) {
                try await store.append(elsewhere)
            }
            await #expect(throws: AppendRefusal.commandReused) {
                try await store.receipt(
                    for: command.context.commandID, requestDigest: other.requestDigest)
            }
            #expect(try await store.head() == 1)
        }
    }

    /// What follows from a command has ids that derive from the command's: they are taken.
    @Test(arguments: Backend.allCases)
    func anotherBodyThatStartsATimerIsRefusedToo(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let timer = NewTimer(
                name: "expiry", due: Timestamp(Date()) + .seconds(600), data: Array("{}".utf8))
            let command = request(newStream(), effects: [.start(timer)])
            _ = try await store.append(command)
            var elsewhere = request(
                newStream(), id: command.context.commandID, effects: [.start(timer)])
            elsewhere.requestDigest = Digest(of: "another body")
            await #expect(throws: AppendRefusal.commandReused) {
                try await store.append(elsewhere)
            }
            // Decided again on a stream that has moved, under another name.
            let known = newStream()
            _ = try await store.append(request(known))
            var again = request(known, at: 1, id: command.context.commandID)
            again.effects = [.start(timer)].enumerated().map { index, effect in
                ScheduledEffect(
                    stream: known, eventID: AppendRequest.eventID(commandID: UUID(), index: 0),
                    index: index, effect: effect)
            }
            #expect(try await store.append(again).repeated)
            #expect(try await store.head() == 2)
        }
    }

    /// As when a client gives up and sends again while the first is still under way, through
    /// another process.
    @Test(arguments: Backend.allCases)
    func manyAtOnceAppendOnce(on backend: Backend) async throws {
        try await withStore(on: backend) { store, other in
            for _ in 0..<20 {
                let command = request(newStream())
                let receipts = try await withThrowingTaskGroup(of: AppendReceipt.self) {
                    group in
                    for number in 0..<6 {
                        group.addTask {
                            try await (number % 2 == 0 ? store : other).append(command)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(receipts.count { !$0.repeated } == 1)
                #expect(Set(receipts.map(\.firstPosition)).count == 1)
            }
            #expect(try await store.head() == 20)
        }
    }

    /// Two bodies meet on no stream, so only the id tells.
    @Test(arguments: Backend.allCases)
    func twoBodiesAtOnceUnderOneID(on backend: Backend) async throws {
        try await withStore(on: backend) { store, other in
            for _ in 0..<20 {
                let id = UUID()
                let outcomes = await withTaskGroup(of: String.self) { group in
                    for number in 0..<4 {
                        group.addTask {
                            var command = request(newStream(), id: id)
                            command.requestDigest = Digest(of: "body \(number)")
                            do {
                                _ = try await (number % 2 == 0 ? store : other).append(command)
                                return "appended"
                            } catch {
                                return "\(error)"
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(
                    outcomes.sorted() == ["appended"]
                        + Array(repeating: "commandReused", count: 3))
            }
            let head = try await store.head()
            #expect(head == 20)
        }
    }

    @Test(arguments: Backend.allCases)
    func aRefusedCommandIsNotRemembered(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let stream = newStream()
            let early = request(stream, at: 1)
            await #expect(throws: AppendRefusal.versionConflict(stream)) {
                try await store.append(early)
            }
            _ = try await store.append(request(stream))
            let receipt = try await store.append(early)
            #expect(!receipt.repeated)
        }
    }

    @Test(arguments: Backend.allCases)
    func aCommandWithoutEventsIsRememberedToo(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let command = request([])
            let first = try await store.append(command)
            #expect(first.firstPosition == 0)
            #expect(try await store.append(command).repeated)
            #expect(try await store.head() == 0)
        }
    }
}
