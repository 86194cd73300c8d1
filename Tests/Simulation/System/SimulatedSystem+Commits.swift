import FoundationEssentials
import PatchManagement

@testable import EventSourcing

extension SimulatedSystem {
    /// What the database does with an append.
    func commit(_ request: AppendRequest) async throws -> AppendReceipt {
        let known = store.withState { $0.commands[request.context.commandID] }
        let receipt: AppendReceipt
        if let bug {
            receipt = try await bug.commit(request, self)
        } else {
            receipt = try await store.append(request)
        }
        if let known, known.receipt.firstPosition != receipt.firstPosition {
            with {
                $0.testimony.contradictions.append(
                    "I10: command \(request.context.commandID.text) got positions from "
                        + "\(known.receipt.firstPosition), then from \(receipt.firstPosition)")
            }
        }
        try note(request)
        return receipt
    }

    /// Whoever sent it has heard that it is durable.
    func acknowledge(_ request: AppendRequest, _ receipt: AppendReceipt) {
        let events = request.streams.reduce(0) { $0 + $1.events.count }
        with {
            $0.testimony.acknowledged.append(
                Testimony.Acknowledged(
                    commandID: request.context.commandID, receipt: receipt, events: events))
        }
    }

    /// I5: no fence is given out twice, whatever happened to the database.
    func note(_ claimed: [ClaimedActivity]) {
        with { contents in
            for activity in claimed
            where !contents.testimony.fences.insert(activity.claim.fence).inserted {
                contents.testimony.contradictions.append(
                    "I5: fence \(activity.claim.fence) was given out twice")
            }
        }
    }

    private func note(_ request: AppendRequest) throws {
        let now = scheduler.now
        for append in request.streams {
            for event in append.events {
                guard let intent = try Intent(event) else { continue }
                with { contents in
                    let earlier = contents.testimony.intents[intent.key]
                    contents.testimony.intents[intent.key] = earlier ?? now
                }
            }
        }
    }

    /// A standby that was behind takes over: the log ends where that one's did, everything with it,
    /// and what was acknowledged since then is gone. The operator raises the incarnation, as after a
    /// restored backup (sql/functions/next_fence.sql), and everything is started anew.
    func failOver(to standby: InMemoryState) {
        let head = Int64(standby.log.count)
        store.withState { state in
            let fence = state.lastFence
            let leaders = state.leaders
            state = standby
            let next = ((fence >> 40) + 1) << 40
            state.lastFence = bug == .keepsTheIncarnation ? standby.lastFence : next
            state.leaders = leaders
        }
        with { contents in
            for place in contents.testimony.acknowledged.indices
            where contents.testimony.acknowledged[place].receipt.lastPosition > head
                || standby.commands[contents.testimony.acknowledged[place].commandID] == nil
            {
                contents.testimony.acknowledged[place].isLost = true
            }
        }
    }
}

/// What an event says is about to be done on a host.
struct Intent {
    let key: String

    static func key(_ attempt: UUID, _ step: AttemptStep) -> String {
        "\(attempt.text) \(step.rawValue)"
    }

    init?(_ event: NewEvent) throws {
        switch event.type {
        case InstallStarted.type:
            let started = try InstallStarted.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            key = Self.key(started.attemptID, .install)
        case RebootStarted.type:
            let started = try RebootStarted.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            key = Self.key(started.attemptID, .reboot)
        case RollbackStarted.type:
            let started = try RollbackStarted.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            key = Self.key(started.attemptID, .rollBack)
        case LeaseGranted.type:
            let granted = try LeaseGranted.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            guard granted.step == .backUp else { return nil }
            key = Self.key(granted.attemptID, .backUp)
        case QualificationStepBegun.type:
            let begun = try QualificationStepBegun.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            key = "\(begun.attempt.text) \(begun.step.rawValue)"
        default: return nil
        }
    }
}
