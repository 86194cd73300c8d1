internal import FoundationEssentials

/// Everything that an `InMemoryStore` holds, and what one append does to it. A value: a refusal
/// throws before anything is changed, but for who waits for a slot.
struct InMemoryState {
    struct ActivityRow {
        let activity: NewActivity
        let id: UUID
        let stream: StreamID
        let correlationID: UUID
        var availableAt: Timestamp
        var tries = 0
        var claim: Claim?
        var claimedAt = Timestamp(microseconds: 0)
        /// The rollout's in which it found no slot last.
        var awaitedScope: String?
    }

    struct TimerKey: Hashable {
        let stream: StreamID
        let name: String
    }

    struct Control {
        var halted = false
        var releasedBatch: Int?
    }

    struct AssetAttempt {
        var attempt: UUID?
        var fence: Int64 = 0
    }

    var log: [RecordedEvent] = []
    /// Indices into the log.
    var streams: [StreamID: [Int]] = [:]
    var commands: [UUID: (digest: Digest, receipt: AppendReceipt)] = [:]
    var documents: [Digest: Document] = [:]
    var workers: [UUID: Timestamp] = [:]
    var activities: [UUID: ActivityRow] = [:]
    var timers: [TimerKey: DueTimer] = [:]
    var controls: [String: Control] = [ControlChange.globe: Control()]
    var calendar = InMemoryCalendar()
    var slots = InMemorySlots()
    var attempts: [StreamID: AssetAttempt] = [:]
    var lastFence: Int64 = 1 << 40
    var checkpoints: [String: Int64] = [:]
    var notes: [String: [String: [UInt8]]] = [:]
    var leaders: Set<String> = []

    func receipt(for commandID: UUID, _ digest: Digest) throws(AppendRefusal) -> AppendReceipt? {
        guard let known = commands[commandID] else { return nil }
        guard known.digest == digest else { throw .commandReused }
        return AppendReceipt(
            firstPosition: known.receipt.firstPosition, lastPosition: known.receipt.lastPosition,
            recordedAt: known.receipt.recordedAt, repeated: true)
    }

    mutating func append(_ request: AppendRequest, at: Timestamp) throws -> AppendReceipt {
        try EntryLimit.check(request)
        let commandID = request.context.commandID
        if let known = try receipt(for: commandID, request.requestDigest) { return known }
        try checkVersions(request)
        try checkUses(request, at: at)

        try moveAttempts(request, at: at)
        schedule(request, at: at)
        for document in request.documents { documents[document.digest] = document }
        let receipt = record(request, at: max(at, log.last?.recordedAt ?? at))
        commands[commandID] = (request.requestDigest, receipt)
        return receipt
    }

    private func checkVersions(_ request: AppendRequest) throws(AppendRefusal) {
        let expected =
            request.streams.map { ($0.stream, $0.expectedVersion) }
            + request.guards.map { ($0.stream, $0.version) }
        for (stream, version) in expected where streams[stream, default: []].count != version {
            throw .versionConflict(stream)
        }
    }

    private func checkUses(_ request: AppendRequest, at: Timestamp) throws(AppendRefusal) {
        if let use = request.claim {
            let hasExpired = workers[use.claim.worker].map { $0 <= at } ?? true
            guard activities[use.claim.activity]?.claim == use.claim,
                hasExpired == (use.mode == .rescue)
            else { throw .staleClaim }
        }
        if let timer = request.timer, !timers.values.contains(where: { $0.id == timer.id }) {
            throw .staleClaim
        }
    }

    /// The last that can refuse, and then it leaves all as it was. A command ends attempts when its
    /// permit is granted.
    private mutating func moveAttempts(_ request: AppendRequest, at: Timestamp) throws {
        if let permit = request.permit {
            let before = (slots, attempts)
            do {
                guard let claim = request.claim?.claim else {
                    throw EventStoreError(.failed, "a permit needs a claim, whose fence it raises")
                }
                let clocks = [at, request.context.at, log.last?.recordedAt ?? at]
                try take(permit, claim, clocks)
            } catch AppendRefusal.noSlot(let scope) {
                // Who waits stays written down.
                attempts = before.1
                throw AppendRefusal.noSlot(scope: scope)
            } catch {
                (slots, attempts) = before
                if error is AppendRefusal { slots.leave(permit.asset) }
                throw error
            }
        }
        for case .endAttempt(let asset, let attempt) in request.effects.map(\.effect) {
            if attempts[asset]?.attempt == attempt { attempts[asset]?.attempt = nil }
            let rollouts = slots.rollouts(of: attempt)
            wake(slots.end(attempt, on: asset, at: at), at: at)
            wakeParked(by: rollouts, at: at)
        }
    }

    mutating func wake(_ due: [UUID], at: Timestamp) {
        for id in due where activities[id]?.claim == nil {
            if let row = activities[id] {
                activities[id]?.availableAt = min(row.availableAt, at)
            }
        }
    }

    private mutating func take(
        _ permit: Permit, _ claim: Claim, _ clocks: [Timestamp]
    ) throws(AppendRefusal) {
        let holder = attempts[permit.asset, default: AssetAttempt()]
        if let attempt = holder.attempt, attempt != permit.attempt {
            throw .assetBusy(attempt: attempt.text)
        }
        if claim.fence < holder.fence { throw .staleClaim }
        try calendar.check(
            permit, from: min(clocks[0], clocks[1]), to: clocks.max() ?? clocks[0])
        let rollout = ControlChange.rolloutScope(permit.rollout)
        let scopes =
            [ControlChange.globe, rollout, ControlChange.siteScope(permit.site)]
            + permit.freezeScopes.filter { !$0.hasPrefix("asset/") }
        for scope in scopes.sorted() {
            let control = controls[scope, default: Control()]
            if control.halted { throw .halted(scope: scope) }
            if scope == rollout, control.releasedBatch ?? -1 < permit.batch {
                throw .batchNotReleased
            }
        }
        let asker = InMemorySlots.Asker(
            permit, activity: claim.activity,
            rank: activities[claim.activity]?.activity.priority ?? 0)
        if let full = slots.take(asker, in: scopes, at: clocks[0]) { throw .noSlot(scope: full) }
        attempts[permit.asset] = AssetAttempt(attempt: permit.attempt, fence: claim.fence)
    }

    private mutating func record(_ request: AppendRequest, at: Timestamp) -> AppendReceipt {
        let context = request.context
        let first = log.count + 1
        var index = 0
        for append in request.streams {
            for event in append.events {
                streams[append.stream, default: []].append(log.count)
                log.append(
                    RecordedEvent(
                        position: Int64(log.count + 1), stream: append.stream,
                        version: streams[append.stream, default: []].count,
                        id: AppendRequest.eventID(commandID: context.commandID, index: index),
                        type: event.type, schemaVersion: event.schemaVersion,
                        occurredAt: context.at, recordedAt: at, actor: context.actor,
                        commandID: context.commandID, correlationID: context.correlationID,
                        causationID: context.causationID, data: event.data))
                index += 1
            }
        }
        return AppendReceipt(
            firstPosition: index == 0 ? 0 : Int64(first),
            lastPosition: index == 0 ? 0 : Int64(log.count), recordedAt: at, repeated: false)
    }
}
