import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Testing

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
            let large = "\"" + String(repeating: "x", count: 59_998) + "\""
            let receipt = try await store.append(request(newStream(), body: large))
            #expect(receipt.firstPosition == 1)
            await #expect(throws: AppendRefusal.eventTooLarge(type: "Tested", bytes: 60_001)) {
                try await store.append(request(newStream(), body: large + " "))
            }
            #expect(try await store.head() == 1)
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
