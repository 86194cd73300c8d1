import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Testing
import TransparencyLog

/// One bad command does not take its neighbours of the same batch down with it.
@Suite(.timeLimit(.minutes(1))) struct PoisonTests {
    @Test func neighboursOfAPoisonedCommandAreAppended() async throws {
        try await withStore { store, _ in
            let outcomes = await withTaskGroup(of: (Bool, Bool).self) { group in
                for number in 0..<60 {
                    let isPoisoned = number % 13 == 5
                    group.addTask {
                        // Not JSON: the database refuses the whole statement.
                        let command = request(newStream(), body: isPoisoned ? "{oops" : "{}")
                        do {
                            _ = try await store.append(command)
                            return (isPoisoned, true)
                        } catch let error as EventStoreError {
                            #expect(error.code == .failed)
                            #expect(!error.isRetryable)
                            return (isPoisoned, false)
                        } catch {
                            Issue.record(error)
                            return (isPoisoned, false)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (isPoisoned, appended) in outcomes { #expect(appended == !isPoisoned) }
            let log = try await store.wholeLog()
            expectDense(log)
            #expect(log.count == outcomes.count { $0.1 })
        }
    }

    @Test func anEntryOverTheLimitIsRefusedByName() async throws {
        try await withStore { store, _ in
            let stream = newStream()
            let empty = request(stream)
            let frame = EntryLimit.entryBytes(
                of: event(""), empty.context, stream: stream, version: 1)
            let large = "\"" + String(repeating: "x", count: 60_000 - frame - 2) + "\""
            _ = try await store.append(request(stream, body: large))
            await #expect(throws: AppendRefusal.eventTooLarge(type: "Tested", bytes: 60_001)) {
                try await store.append(request(newStream(), body: large + " "))
            }
            // The envelope counts as well as the data.
            var longer = request(newStream(), body: large)
            longer.context = CommandContext(
                actor: Actor(id: "pe_1", role: "tester", onBehalfOf: "pe_2"), at: empty.context.at,
                commandID: UUID())
            await #expect(throws: AppendRefusal.eventTooLarge(type: "Tested", bytes: 60_022)) {
                try await store.append(longer)
            }
            let stored = try #require(try await store.wholeLog().first)
            #expect(try await store.head() == 1)
            // At position 1, which has fifteen digits less than there can be.
            #expect(try LogEntry(stored).bytes.count == 59_985)
        }
    }

    @Test(arguments: ["010000-01-01T00:00:00.000000Z", "-0001-12-31T23:59:59.999999Z"])
    func aTimeThatNoEntryCanHoldIsRefused(text: String) async throws {
        let moment =
            text.hasPrefix("-")
            ? Timestamp.fourDigitYears.lowerBound + .microseconds(-1)
            : Timestamp.fourDigitYears.upperBound
        #expect(moment.description == text)
        try await withStore { store, _ in
            var command = request(newStream())
            command.context = CommandContext(
                actor: Actor(id: "pe_1", role: "tester"), at: moment, commandID: UUID())
            let error = await #expect(throws: EventStoreError.self) {
                try await store.append(command)
            }
            #expect(error?.message.contains("occurred_at '\(text)'") == true)
            let head = try await store.head()
            #expect(head == 0)
        }
    }

    @Test func aPermitWithoutAClaimIsAnError() async throws {
        try await withStore { store, _ in
            let dispatch = try await Dispatch(store)
            var command = request(newStream())
            command.permit = Permit(
                asset: newStream("as"), attempt: UUID(), rollout: dispatch.rollout, batch: 0,
                site: "home")
            let error = await #expect(throws: EventStoreError.self) {
                try await store.append(command)
            }
            #expect(error?.code == .failed)
            let head = try await store.head()
            // Only the rollout's release.
            #expect(head == 1)
        }
    }
}
