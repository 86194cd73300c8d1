import EventSourcing
import Foundation
import PostgresStore
import Testing

/// I18: hosts of one rollout that found no slot don't ask again and again, and none is forgotten.
@Suite(.timeLimit(.minutes(2))) struct SlotWaitTests {
    private struct Waiting {
        let queue: String
        let claim: Claim
    }

    /// One that found no slot, and was given back until there is one.
    private func wait(_ dispatch: Dispatch, _ scope: String) async throws -> Waiting {
        let (queue, asset) = (UUID().text, newStream("as"))
        _ = try await dispatch.store.append(
            request(newStream(), effects: [.schedule(install(on: asset, queue: queue))]))
        let activity = try #require(try await dispatch.worker.claim(of: [queue]).first)
        let ticket = Dispatch.Ticket(claim: activity.claim, attempt: UUID())
        await #expect(throws: AppendRefusal.noSlot(scope: scope)) {
            try await dispatch.intend(asset, ticket)
        }
        return Waiting(queue: queue, claim: activity.claim)
    }

    private func giveBack(_ waiting: Waiting, _ dispatch: Dispatch, _ scope: String) async throws {
        try await dispatch.store.queue.release(
            waiting.claim, after: .seconds(300), reason: "no free slot", until: scope)
    }

    private func due(_ all: [Waiting], _ dispatch: Dispatch) async throws -> Int {
        try await dispatch.worker.claim(10, of: all.map(\.queue)).count
    }

    @Test(arguments: Backend.allCases)
    func theEndOfAnAttemptWakesWhoWaitsForItsSlot(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let (dispatch, other) = (try await Dispatch(store), try await Dispatch(store))
            let scopes = [dispatch, other].map { ControlChange.rolloutScope($0.rollout) }
            for (dispatch, scope) in zip([dispatch, other], scopes) {
                try await dispatch.control(ControlChange(scope: scope, capacity: 1))
            }
            let (asset, elsewhere) = (newStream("as"), newStream("as"))
            let ticket = try await dispatch.claim(asset)
            _ = try await dispatch.intend(asset, ticket)
            _ = try await other.intend(elsewhere, try await other.claim(elsewhere))
            var waiting: [Waiting] = []
            for _ in 0..<4 { waiting.append(try await wait(dispatch, scopes[0])) }
            let foreign = try await wait(other, scopes[1])
            for one in waiting { try await giveBack(one, dispatch, scopes[0]) }
            try await giveBack(foreign, other, scopes[1])
            #expect(try await due(waiting, dispatch) == 0)
            _ = try await dispatch.end(asset, ticket)
            // One for the slot, and one for whoever may have been overlooked.
            #expect(try await due(waiting, dispatch) == 2)
            #expect(try await due([foreign], other) == 0)
        }
    }

    @Test(arguments: Backend.allCases)
    func aSlotThatWasFreedMeanwhileIsNotSleptThrough(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let dispatch = try await Dispatch(store)
            let scope = ControlChange.rolloutScope(dispatch.rollout)
            try await dispatch.control(ControlChange(scope: scope, capacity: 1))
            let asset = newStream("as")
            let ticket = try await dispatch.claim(asset)
            _ = try await dispatch.intend(asset, ticket)
            let waiting = try await wait(dispatch, scope)
            _ = try await dispatch.end(asset, ticket)
            try await giveBack(waiting, dispatch, scope)
            try await Task.sleep(for: .milliseconds(200))
            #expect(try await due([waiting], dispatch) == 1)
        }
    }
}
