internal import EventSourcing
internal import FoundationEssentials
private import Logging
internal import Postgres
private import Synchronization

/// Merges what waits to be appended and keeps two connections busy (group commit).
///
/// A batch is one transaction whose commit doesn't wait for the flush, so the sequencing lock is
/// short, followed by an empty flushing transaction; nothing is acknowledged before that one has
/// returned. Commit records are flushed in the order of positions, so what is durable is always a
/// prefix of the log.
final class Appender: Sendable {
    private struct Pending {
        let request: AppendRequest
        let continuation: CheckedContinuation<AppendReceipt, any Error>
    }

    private struct Contents {
        var waiting: [Pending] = []
        /// Streams in a batch that is under way: no other batch touches them meanwhile.
        var busy: Set<StreamID> = []
        var stopped = false
        /// Lanes that carry no batch.
        var idleLanes = Appender.lanes
    }

    private static let lanes = 2

    private let options: ConnectionOptions
    private let contents = Mutex(Contents())
    private let news = LocalBell()
    private let limit = 20_000
    private let largestBatch = 256
    /// As few as this go into one batch, also while another lane is idle.
    private let smallestShare = 8
    /// How long a batch is tried again after the connection broke, before its senders are told.
    private let patience: Duration
    private let appended: @Sendable (_ work: Bool) -> Void
    private let logger = Logger(label: "patchflow.appender")

    /// - Parameter appended: Called after each durable batch; `work` when it scheduled some.
    init(
        options: ConnectionOptions, patience: Duration,
        appended: @escaping @Sendable (_ work: Bool) -> Void
    ) {
        var options = options
        options.cancellable = false
        self.options = options
        self.patience = patience
        self.appended = appended
    }

    /// - Throws: see `EventStore.append`.
    func append(_ request: AppendRequest) async throws -> AppendReceipt {
        try EntryLimit.check(request)
        return try await withCheckedThrowingContinuation { continuation in
            let refusal: EventStoreError? = contents.withLock { contents in
                if contents.stopped { return EventStoreError(.unavailable, "shutting down") }
                if contents.waiting.count >= limit {
                    return EventStoreError(.overloaded, "\(limit) appends wait already")
                }
                contents.waiting.append(Pending(request: request, continuation: continuation))
                return nil
            }
            if let refusal {
                continuation.resume(throwing: refusal)
            } else {
                news.ring()
            }
        }
    }

    /// Serves until the task is cancelled; what is under way then is finished first.
    func run() async {
        await withTaskExecutorPreference(Reactor.shared) {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.lanes { group.addTask { await self.serve() } }
            }
        }
        let left = contents.withLock { contents in
            contents.stopped = true
            defer { contents.waiting = [] }
            return contents.waiting
        }
        for pending in left {
            pending.continuation.resume(throwing: EventStoreError(.unavailable, "shutting down"))
        }
    }

    private func serve() async {
        var lane = Lane()
        while !Task.isCancelled {
            let seen = news.rings
            let batch = takeBatch()
            if batch.isEmpty {
                await news.wait(past: seen)
                continue
            }
            // What has begun is brought to its end, also when the process is told to stop.
            // A new task has no preference of its own, and each hop off the reactor costs dear.
            lane = await Task(executorPreference: Reactor.shared) { [lane] in
                var lane = lane
                await self.carryOut(batch, &lane)
                return lane
            }.value
            finish(batch)
        }
        await lane.connection?.close()
    }

    /// The oldest waiting requests, none of which meet on a stream, in order.
    private func takeBatch() -> [Pending] {
        contents.withLock { contents in
            guard !contents.waiting.isEmpty else { return [] }
            var taken: [Pending] = []
            var left: [Pending] = []
            // A request that must wait holds back later ones on its streams.
            var closed = contents.busy
            // What the requests of one batch are judged by is the state before the batch. So one
            // that relies on a stream, or on control, never shares it with one that changes that.
            var written: Set<StreamID> = []
            var controls: (relied: Bool, changed: Bool) = (false, false)
            // Activities and timers: only one of several that use one up can be right.
            var used: Set<UUID> = []
            var looked = 0
            // What waits is shared out among the lanes that are idle, so that one encodes while the
            // database works for the other. Senders that were answered together come back together:
            // one lane would take them all, and each side would wait for the other.
            let share = max(smallestShare, contents.waiting.count / max(1, contents.idleLanes))
            let most = min(largestBatch, share)
            for pending in contents.waiting {
                if taken.count == most || looked == 4 * largestBatch { break }
                looked += 1
                let request = pending.request
                let streams = request.streams.lazy.map(\.stream)
                let changesControl = request.changesControl
                if streams.contains(where: closed.contains)
                    || request.guards.contains(where: { written.contains($0.stream) })
                    || (request.permit != nil && controls.changed)
                    || (changesControl && controls.relied)
                    || request.uses.contains(where: used.contains)
                {
                    left.append(pending)
                } else {
                    taken.append(pending)
                    contents.busy.formUnion(streams)
                    written.formUnion(streams)
                    used.formUnion(request.uses)
                    controls.relied = controls.relied || request.permit != nil
                    controls.changed = controls.changed || changesControl
                }
                closed.formUnion(streams)
            }
            contents.waiting.replaceSubrange(0..<looked, with: left)
            if !taken.isEmpty { contents.idleLanes -= 1 }
            return taken
        }
    }

    private func finish(_ batch: [Pending]) {
        let more = contents.withLock { contents in
            contents.idleLanes += 1
            for pending in batch {
                for stream in pending.request.streams { contents.busy.remove(stream.stream) }
            }
            return !contents.waiting.isEmpty
        }
        if more { news.ring() }
    }

    // MARK: One batch

    private struct Lane {
        var connection: Connection?
    }

    /// Sends the batch until every sender has an answer. Sending it again after a lost connection,
    /// or a flush that was cut short, is safe: a command that was committed then is answered as
    /// repeated (I9).
    ///
    /// - Parameter isCareful: Whether some of it may have been sent before, or be there already.
    private func carryOut(
        _ batch: [Pending], _ lane: inout Lane, isCareful: Bool = false
    ) async {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        var isCareful = isCareful
        var inDoubt = false
        var isRetry = false
        while true {
            let failure: PostgresError
            do throws(PostgresError) {
                try await send(batch, &lane, isCareful: isCareful)
                return
            } catch {
                failure = error
            }
            inDoubt = inDoubt || failure.mayHaveTakenEffect
            if !isCareful, !failure.isPassing {
                isCareful = true
                continue
            }
            if failure.isPassing || (batch.count == 1 && failure.isTwin) {
                if failure.isConnectionLoss || failure.code == .closed { lane.connection = nil }
                if clock.now < deadline {
                    if !isRetry {
                        logger.warning("appending again", metadata: ["error": "\(failure)"])
                    }
                    isRetry = true
                    isCareful = true
                    try? await Task.sleep(for: .milliseconds(100))
                    continue
                }
                let code: EventStoreError.Code = inDoubt ? .inDoubt : .unavailable
                for pending in batch {
                    pending.continuation.resume(
                        throwing: EventStoreError(code, failure.description))
                }
                return
            }
            // One of them is bad: find it without failing its neighbours.
            if batch.count == 1 {
                batch[0].continuation.resume(
                    throwing: EventStoreError(.failed, failure.description))
                return
            }
            logger.warning(
                "a batch was refused and is halved",
                metadata: ["commands": "\(batch.count)", "error": "\(failure)"])
            let half = batch.count / 2
            await carryOut(Array(batch[..<half]), &lane, isCareful: isCareful)
            await carryOut(Array(batch[half...]), &lane, isCareful: isCareful)
            return
        }
    }

    private func send(
        _ batch: [Pending], _ lane: inout Lane, isCareful: Bool
    ) async throws(PostgresError) {
        let connection = try await connect(&lane)
        let sent = AppendBatch(batch.lazy.map(\.request), isCareful: isCareful)
        var outcomes = await connection.pipeline(sent.transactions)
        let flush = outcomes.removeLast()
        // What counts is whether the append took place, though rows may not have been made before.
        let answer = try outcomes.removeLast().get()
        // Without this one the batch is committed but perhaps not durable.
        do throws(PostgresError) {
            try flush.get().expectFlushed()
        } catch {
            var error = error
            error.effect = .unknown
            throw error
        }
        guard let row = answer[0].first else {
            throw PostgresError(.protocolViolation, "append_events answered nothing")
        }
        let verdicts = try AppendVerdicts(row, to: sent)
        let work = batch.contains { !$0.request.effects.isEmpty }
        appended(work)
        for (index, pending) in batch.enumerated() {
            pending.continuation.resume(with: verdicts.result(of: index))
        }
    }

    private func connect(_ lane: inout Lane) async throws(PostgresError) -> Connection {
        if let connection = lane.connection, !connection.isClosed { return connection }
        do {
            let connection = try await Connection.open(options)
            lane.connection = connection
            return connection
        } catch let error as PostgresError {
            throw error
        } catch {
            throw PostgresError(.connectionLost, "\(error)")
        }
    }
}

extension AppendRequest {
    /// The activity and the timer that it needs to be there.
    fileprivate var uses: [UUID] {
        [claim?.claim.activity, timer?.id].compactMap { $0 }
    }

    fileprivate var changesControl: Bool {
        effects.contains {
            switch $0.effect {
            case .control: true
            case .schedule, .start, .cancelPending, .endAttempt: false
            }
        }
    }
}

extension PostgresError {
    /// The same command id comes through another process at this moment, and they met on no stream:
    /// asked again, it is answered as repeated or refused as reused.
    fileprivate var isTwin: Bool { sqlState == .uniqueViolation }
}
