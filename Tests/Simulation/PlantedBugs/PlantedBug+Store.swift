import FoundationEssentials
import PatchManagement

@testable import EventSourcing

/// Stores that make mistakes: each tells the real rules what they want to hear, or says that it has
/// done what it hasn't.
extension PlantedBug {
    func commit(_ request: AppendRequest, _ system: SimulatedSystem) async throws -> AppendReceipt {
        let store = system.store
        let id = request.context.commandID
        switch self {
        case .acknowledgesBeforeCommit where system.scheduler.chance(perMille: 30):
            return store.withState { state in
                AppendReceipt(
                    firstPosition: Int64(state.log.count + 1),
                    lastPosition: Int64(state.log.count + 1), recordedAt: system.scheduler.now,
                    repeated: false)
            }
        case .actsBeforeTheIntent where request.permit != nil:
            if system.scheduler.chance(perMille: 100) {
                return AppendReceipt(
                    firstPosition: 0, lastPosition: 0, recordedAt: system.scheduler.now,
                    repeated: false)
            }
            return try await store.append(request)
        case .retriesWithoutAProbe, .succeedsWithoutAScan, .goesBackWithoutAWay,
            .reportsSkippedItemsAsDone:
            return try await store.append(
                CarelessDeployments.rewritten(request, for: self, store))
        case .forgetsCommands:
            store.withState { $0.commands[id] = nil }
            return try await store.append(request)
        case .takesAnotherBody:
            if let known = store.withState({ $0.commands[id] }) { return known.receipt }
            return try await store.append(request)
        case .forgetsVersions: return try await store.append(withCurrentVersions(request, store))
        case .neverEndsAttempts:
            var request = request
            request.effects.removeAll { if case .endAttempt = $0.effect { true } else { false } }
            return try await store.append(request)
        case .forgetsWorkNowAndThen where system.scheduler.chance(perMille: 30):
            var request = request
            request.effects.removeAll { if case .schedule = $0.effect { true } else { false } }
            return try await store.append(request)
        case .writesEventsTwice where system.scheduler.chance(perMille: 10):
            let receipt = try await store.append(request)
            writeAgain(receipt, store)
            return receipt
        case .forgetsToCheckFences:
            return try await grant(request, store) { state in
                guard let use = request.claim else { return }
                let activity = use.claim.activity
                if use.mode == .rescue { return }
                state.workers[use.claim.worker] = system.scheduler.now + .seconds(15)
                state.activities[activity]?.claim = use.claim
                for asset in state.attempts.keys { state.attempts[asset]?.fence = 0 }
            }
        case .forgetsWhatIsUnderWay:
            let sets = request.effects.contains {
                if case .calendar(.cap) = $0.effect { true } else { false }
            }
            if sets { store.withState { $0.slots.forgetUnderWay() } }
            return try await store.append(request)
        case .ignoresHalts, .releasesAllBatches, .givesOneSlotTooMany,
            .givesOneSlotTooManyAtASite, .letsTwoAttemptsOntoAnAsset:
            guard let permit = request.permit else { return try await store.append(request) }
            return try await grant(request, store) { soften(&$0, permit) }
        default: return try await store.append(request)
        }
    }

    private func soften(_ state: inout InMemoryState, _ permit: Permit) {
        let scope = ControlChange.rolloutScope(permit.rollout)
        switch self {
        case .ignoresHalts: state.controls[scope]?.halted = false
        case .releasesAllBatches: state.controls[scope]?.releasedBatch = .max
        case .givesOneSlotTooMany:
            if let capacity = state.slots.capacity(of: scope) {
                state.slots.setCapacity(capacity + 1, of: scope)
            }
        case .givesOneSlotTooManyAtASite:
            let site = ControlChange.siteScope(permit.site)
            if let capacity = state.slots.capacity(of: site) {
                state.slots.setCapacity(capacity + 1, of: site)
            }
        case .letsTwoAttemptsOntoAnAsset: state.attempts[permit.asset]?.attempt = nil
        default: break
        }
    }

    /// Appends while the store believes what `change` makes of it, and then has its beliefs back,
    /// but for what the append itself changed.
    private func grant(
        _ request: AppendRequest, _ store: InMemoryStore, _ change: (inout InMemoryState) -> Void
    ) async throws -> AppendReceipt {
        let before = store.withState { state in
            defer { change(&state) }
            return (state.controls, state.slots)
        }
        defer {
            store.withState { state in
                guard let permit = request.permit else { return }
                let scope = ControlChange.rolloutScope(permit.rollout)
                let isChanged = request.effects.contains { effect in
                    if case .control = effect.effect { true } else { false }
                }
                for other in [scope, ControlChange.siteScope(permit.site)] {
                    if let capacity = before.1.capacity(of: other), !isChanged {
                        state.slots.setCapacity(capacity, of: other)
                    }
                }
                guard !isChanged, let old = before.0[scope] else { return }
                state.controls[scope]?.halted = old.halted
                state.controls[scope]?.releasedBatch = old.releasedBatch
            }
        }
        return try await store.append(request)
    }

    private func withCurrentVersions(
        _ request: AppendRequest, _ store: InMemoryStore
    ) -> AppendRequest {
        var request = request
        request.guards = []
        request.streams = request.streams.map { append in
            StreamAppend(
                stream: append.stream,
                expectedVersion: store.withState { $0.streams[append.stream, default: []].count },
                events: append.events)
        }
        return request
    }

    private func writeAgain(_ receipt: AppendReceipt, _ store: InMemoryStore) {
        guard receipt.firstPosition > 0, !receipt.repeated else { return }
        store.withState { state in
            let event = state.log[Int(receipt.lastPosition) - 1]
            state.streams[event.stream, default: []].append(state.log.count)
            state.log.append(
                RecordedEvent(
                    position: Int64(state.log.count + 1), stream: event.stream,
                    version: event.version + 1, id: event.id, type: event.type,
                    schemaVersion: event.schemaVersion, occurredAt: event.occurredAt,
                    recordedAt: event.recordedAt, actor: event.actor,
                    commandID: event.commandID, correlationID: event.correlationID,
                    causationID: event.causationID, data: event.data))
        }
    }
}
