import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Support
import Testing

/// Commands that wait at the same time are appended together, and yet each is answered as if it had
/// come alone.
@Suite(.timeLimit(.minutes(1))) struct BatchTests {
    private enum Fate: CaseIterable {
        case appended, appendedBesideAnOldStream, appendedWithoutEvents, repeated, reused
        case conflictOnANewStream, conflictOnAnOldStream, conflictOnAGuard
    }

    /// I9, I10, I11: whatever its neighbours are, positions stay dense and receipts tell the truth.
    @Test(arguments: Backend.allCases)
    func neighboursDontChangeWhatACommandIsAnswered(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            var random = SeededRandom.fresh("neighbours in a batch")
            let known = request(newStream())
            let first = try await store.append(known)
            for _ in 0..<20 {
                let old = newStream()
                _ = try await store.append(request(old))
                let fates = (0..<60).map { _ in random.pick(Fate.allCases) }
                // One old stream serves one command only, the others would rightly conflict.
                var isFree = true
                let commands = fates.map { fate -> (fate: Fate, request: AppendRequest) in
                    if fate == .appendedBesideAnOldStream, !isFree {
                        return (.appended, request(newStream()))
                    }
                    if fate == .appendedBesideAnOldStream { isFree = false }
                    return (fate, command(fate, known, old))
                }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (fate, command) in commands {
                        group.addTask {
                            try await expect(fate, command, first: first, store)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let log = try await store.wholeLog()
            expectDense(log)
            #expect(log.count > 300)
        }
    }

    /// Where the rows of new streams can't be made beforehand, the append itself decides.
    @Test func anAppendIsAnsweredByItselfNotByWhatCameBeforeIt() async throws {
        try await withStore { store, options in
            try await withSQL(options) { owner in
                try await owner.script("drop function patchflow.name_streams")
            }
            let guarded = newStream()
            var command = request(newStream())
            command.guards = [StreamGuard(stream: guarded, version: 0)]
            #expect(try await store.append(command).firstPosition == 1)
            #expect(try await store.append(command).repeated)
            // The row that the guard has left bears no position of anybody's event.
            #expect(try await store.append(request(guarded)).firstPosition == 2)
            let first = try await withSQL(options) { owner in
                try await owner.query(
                    "select first_position from patchflow.streams where key = \(guarded.text)")
            }
            #expect(try first[0].decode(Int64.self, at: 0) == 2)
        }
    }

    private func command(_ fate: Fate, _ known: AppendRequest, _ old: StreamID) -> AppendRequest {
        let new = StreamAppend(
            stream: newStream(), expectedVersion: 0, events: [event(), event(#"{"a":1}"#)])
        switch fate {
        case .appended: return request([new])
        case .appendedBesideAnOldStream:
            return request([
                StreamAppend(stream: old, expectedVersion: 1, events: [event()]), new,
            ])
        case .appendedWithoutEvents: return request([])
        case .repeated: return known
        case .reused:
            var other = request([new], id: known.context.commandID)
            other.requestDigest = Digest(of: "another body")
            return other
        case .conflictOnANewStream:
            return request([
                new,
                StreamAppend(
                    stream: known.streams[0].stream, expectedVersion: 0, events: [event()]),
            ])
        case .conflictOnAnOldStream:
            return request([
                new,
                StreamAppend(
                    stream: known.streams[0].stream, expectedVersion: 7, events: [event()]),
            ])
        case .conflictOnAGuard:
            var guarded = request([new])
            guarded.guards = [StreamGuard(stream: known.streams[0].stream, version: 0)]
            return guarded
        }
    }

    private func expect(
        _ fate: Fate, _ command: AppendRequest, first: AppendReceipt, _ store: any EventStore
    ) async throws {
        switch fate {
        case .appended, .appendedBesideAnOldStream, .appendedWithoutEvents:
            let receipt = try await store.append(command)
            #expect(!receipt.repeated)
            let count = command.streams.reduce(0) { $0 + $1.events.count }
            guard count > 0 else {
                #expect(receipt.firstPosition == 0 && receipt.lastPosition == 0)
                return
            }
            #expect(receipt.lastPosition - receipt.firstPosition == Int64(count) - 1)
            let events = try await store.read(after: receipt.firstPosition - 1, limit: count)
            #expect(events.allSatisfy { $0.commandID == command.context.commandID })
            #expect(events.map(\.recordedAt).allSatisfy { $0 == receipt.recordedAt })
            for append in command.streams {
                let stream = try await store.read(append.stream, after: 0, limit: 10)
                #expect(stream.last?.version == append.expectedVersion + append.events.count)
            }
        case .repeated:
            let receipt = try await store.append(command)
            #expect(receipt.repeated)
            #expect(receipt.firstPosition == first.firstPosition)
            #expect(receipt.recordedAt == first.recordedAt)
        case .reused:
            await #expect(throws: AppendRefusal.commandReused) { try await store.append(command) }
        case .conflictOnANewStream, .conflictOnAnOldStream, .conflictOnAGuard:
            let error = await #expect(throws: AppendRefusal.self) {
                try await store.append(command)
            }
            guard case .versionConflict = error else {
                Issue.record("answered \(String(describing: error))")
                return
            }
            for append in command.streams where append.expectedVersion == 0 {
                let stream = try await store.read(append.stream, after: 0, limit: 10)
                #expect(!stream.contains { $0.commandID == command.context.commandID })
            }
        }
    }
}
