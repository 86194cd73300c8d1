import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Testing

/// Expected versions over several streams, and guards on streams that are only read.
@Suite(.timeLimit(.minutes(1))) struct VersionTests {
    @Test(arguments: Backend.allCases)
    func eventsComeBackAsTheyWereAppended(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let (one, two) = (newStream(), newStream())
            let command = UUID()
            let cause = UUID()
            var append = AppendRequest(
                context: CommandContext(
                    actor: Actor(id: "pe_2", role: "approver", onBehalfOf: "pe_3"),
                    at: Timestamp(microseconds: 1_700_000_000_123_456), commandID: command,
                    correlationID: cause, causationID: cause),
                requestDigest: Digest(of: "x"),
                streams: [
                    StreamAppend(
                        stream: one, expectedVersion: 0,
                        events: [event(#"{"a":1}"#), event(#"{ "b" : "ü" }"#)]),
                    StreamAppend(stream: two, expectedVersion: 0, events: [event()]),
                ])
            append.guards = [StreamGuard(stream: newStream(), version: 0)]
            let receipt = try await store.append(append)
            #expect(receipt.firstPosition == 1)
            #expect(receipt.lastPosition == 3)
            #expect(!receipt.repeated)

            let log = try await store.wholeLog()
            expectDense(log)
            #expect(log.map(\.stream) == [one, one, two])
            // The exact bytes: they are what is hashed.
            #expect(String(decoding: log[1].data, as: UTF8.self) == #"{ "b" : "ü" }"#)
            #expect(log[0].occurredAt == append.context.at)
            #expect(log[0].recordedAt == receipt.recordedAt)
            #expect(log[2].actor == append.context.actor)
            #expect(log[2].commandID == command)
            #expect(log[2].correlationID == cause)
            #expect(log[2].causationID == cause)
            #expect(log[2].id == AppendRequest.eventID(commandID: command, index: 2))
            #expect(try await store.read(one, after: 1, limit: 10) == [log[1]])
            #expect(try await store.read(two, after: 0, limit: 10) == [log[2]])
            #expect(try await store.head() == 3)
        }
    }

    @Test(arguments: Backend.allCases)
    func ofManyWithTheSameExpectationOneWins(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let stream = newStream()
            for version in 0..<5 {
                let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 0..<10 {
                        group.addTask {
                            do {
                                _ = try await store.append(request(stream, at: version))
                                return true
                            } catch AppendRefusal.versionConflict(stream) {
                                return false
                            }
                        }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(won == 1)
            }
            let log = try await store.wholeLog()
            expectDense(log)
            #expect(log.count == 5)
        }
    }

    @Test(arguments: Backend.allCases)
    func oneStaleStreamRefusesTheWholeCommand(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let (one, two) = (newStream(), newStream())
            _ = try await store.append(request(two))
            await #expect(throws: AppendRefusal.versionConflict(two)) {
                try await store.append(
                    request([
                        StreamAppend(stream: one, expectedVersion: 0, events: [event()]),
                        StreamAppend(stream: two, expectedVersion: 0, events: [event()]),
                    ]))
            }
            #expect(try await store.read(one, after: 0, limit: 1).isEmpty)
            // The name that was refused is free.
            let receipt = try await store.append(request(one))
            #expect(receipt.firstPosition == 2)
        }
    }

    @Test(arguments: Backend.allCases)
    func aGuardRefusesWhenItsStreamHasMoved(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let (plan, rollout) = (newStream(), newStream())
            _ = try await store.append(request(plan))
            var start = request(rollout)
            start.guards = [StreamGuard(stream: plan, version: 1)]
            _ = try await store.append(start)
            _ = try await store.append(request(plan, at: 1))
            var again = request(rollout, at: 1)
            again.guards = [StreamGuard(stream: plan, version: 1)]
            await #expect(throws: AppendRefusal.versionConflict(plan)) {
                try await store.append(again)
            }
            var missing = request(rollout, at: 1)
            missing.guards = [StreamGuard(stream: newStream(), version: 3)]
            await #expect(throws: AppendRefusal.self) { try await store.append(missing) }
        }
    }

    /// What a guard was accepted on still held at the position of its command: in the log nothing
    /// on the guarded stream comes between.
    @Test(arguments: Backend.allCases)
    func aGuardHoldsAtTheMomentOfItsCommandsPosition(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            for _ in 0..<60 {
                let approval = newStream("ap")
                _ = try await store.append(request(approval))
                let revocation = request(approval, at: 1)
                let guarded = (0..<4).map { _ in
                    var start = request(newStream("ro"))
                    start.guards = [StreamGuard(stream: approval, version: 1)]
                    return start
                }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for append in guarded.prefix(2) + [revocation] + guarded.suffix(2) {
                        group.addTask {
                            do {
                                _ = try await store.append(append)
                            } catch AppendRefusal.versionConflict(approval) {}
                        }
                    }
                    try await group.waitForAll()
                }
                let revoked = try #require(
                    await store.read(approval, after: 1, limit: 1).first?.position)
                for start in guarded {
                    let stream = start.streams[0].stream
                    for started in try await store.read(stream, after: 0, limit: 1) {
                        #expect(started.position < revoked)
                    }
                }
            }
        }
    }
}
